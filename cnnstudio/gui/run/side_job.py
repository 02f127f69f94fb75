"""A job in a child process of its own, beside whatever else runs: it holds nothing to be lost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.events import Event, PhaseChanged, RunFinished
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

PATIENCE = 4.0
"""Seconds from Cancel until a child that hangs, in native code or on a silent server, is killed."""


class SideJob(QObject):
    """Does one job at a time. Every method returns at once, except `shutdown`.

    `progressed` carries a `PhaseChanged`; `ended` the `RunFinished`, after the child is gone and
    the job's folder with it.
    """

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        """`command` starts a worker; None means this program's own."""
        super().__init__(parent)
        self._command = command
        self._thread: WorkerThread | None = None
        self._litter = Path()
        self._last: RunFinished | None = None

    @property
    def busy(self) -> bool:
        """Whether the job is under way."""
        return self._thread is not None

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
            self._tidy()

    def _begin(self, request: Request, litter: Path, experiment: Experiment | None = None) -> None:
        """Start the job; the folder `litter` is removed at its end."""
        # No parent: Qt must never destroy a running thread along with this object.
        thread = WorkerThread(Engine(self._command), request, experiment, PATIENCE)
        thread.events.connect(self._take)
        thread.finished.connect(self._finish)
        self._thread, self._litter, self._last = thread, litter, None
        thread.start()

    def _hear(self, event: Event) -> None:
        """An event of the job while it goes on; for those who want more than its end."""

    def _take(self, events: tuple[Event, ...]) -> None:
        if self._thread is None:
            return
        for event in events:
            if isinstance(event, RunFinished):
                self._last = event
            else:
                self._hear(event)
        phases = [event for event in events if isinstance(event, PhaseChanged)]
        if phases and self._last is None:
            self.progressed.emit(phases[-1])

    def _finish(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()
        self._tidy()
        thread.deleteLater()
        self.ended.emit(self._last)

    def _tidy(self) -> None:
        shutil.rmtree(self._litter, ignore_errors=True)
