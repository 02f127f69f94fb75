"""The measurement of training speed in a child process of its own; no run is touched by it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.events import Event, PhaseChanged, RunFinished, SpeedMeasured
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

PATIENCE = 4.0
"""Seconds from Stop until a child that sits in native code is killed: it holds nothing."""


class SpeedMeasuring(QObject):
    """Measures one experiment at a time. Every method returns at once, except `shutdown`.

    `progressed` carries a `PhaseChanged`, `measured` the `SpeedMeasured`, `ended` the
    `RunFinished`, after the child is gone.
    """

    progressed = Signal(object)
    measured = Signal(object)
    ended = Signal(object)

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        """`command` starts a worker; None means this program's own."""
        super().__init__(parent)
        self._command = command
        self._thread: WorkerThread | None = None
        self._last: RunFinished | None = None

    @property
    def busy(self) -> bool:
        """Whether a measurement is under way."""
        return self._thread is not None

    def start(self, experiment: Experiment) -> None:
        """Measure; nothing happens while another measurement is under way.

        Raises `UserError` when the folder of the job cannot be written.
        """
        if self._thread is not None:
            return
        home = Path(tempfile.mkdtemp(prefix="cnnstudio-"))
        folder = RunFolder.claim(home, experiment.name)
        request = Request("measure", folder.path, folder.events_file)
        # No parent: Qt must never destroy a running thread along with this object.
        thread = WorkerThread(Engine(self._command), request, experiment, PATIENCE)
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
        if self._thread is None:
            return
        for event in events:
            if isinstance(event, RunFinished):
                self._last = event
            elif isinstance(event, SpeedMeasured):
                self.measured.emit(event)
        phases = [event for event in events if isinstance(event, PhaseChanged)]
        if phases and self._last is None:
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
        shutil.rmtree(thread.request.run.parent, ignore_errors=True)
