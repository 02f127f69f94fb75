"""The download of a set of Keras in a child process of its own, beside whatever else runs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.events import Event, PhaseChanged, RunFinished
from cnnstudio.spec.keras_sets import SetName
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

PATIENCE = 4.0
"""Seconds from Cancel until a child that hangs on a silent server is killed."""


class SetFetching(QObject):
    """Fetches one set at a time. Every method returns at once, except `shutdown`.

    `progressed` carries a `PhaseChanged`; `ended` the `RunFinished`, after the child is gone.
    """

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        """`command` starts a worker; None means this program's own."""
        super().__init__(parent)
        self._command = command
        self._thread: WorkerThread | None = None
        self._last: RunFinished | None = None

    @property
    def busy(self) -> bool:
        """Whether a set is being fetched."""
        return self._thread is not None

    def start(self, name: SetName) -> None:
        """Fetch a set; nothing happens while another one is on its way."""
        from cnnstudio.data.keras_files import job_folder

        if self._thread is not None:
            return
        folder = job_folder(name)
        request = Request("fetch", folder, folder / "events.jsonl", dataset=name)
        # No parent: Qt must never destroy a running thread along with this object.
        thread = WorkerThread(Engine(self._command), request, patience=PATIENCE)
        thread.events.connect(self._take)
        thread.finished.connect(self._finish)
        self._thread, self._last = thread, None
        thread.start()

    def cancel(self) -> None:
        """Ask for an end; `ended` follows."""
        if self._thread is not None:
            self._thread.stop()

    def shutdown(self) -> None:
        """End the child and wait for it; nothing is told any more."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop()
            if not thread.wait(int(1000 * PATIENCE)):
                thread.kill()
                thread.wait()
            self._tidy(thread)

    def _take(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, RunFinished):
                self._last = event
        phases = [event for event in events if isinstance(event, PhaseChanged)]
        if phases and self._thread is not None:
            self.progressed.emit(phases[-1])

    def _finish(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()
        self._tidy(thread)
        thread.deleteLater()
        self.ended.emit(self._last)

    def _tidy(self, thread: WorkerThread) -> None:
        shutil.rmtree(thread.request.folder, ignore_errors=True)
