"""The health check off the window's thread: measured once, judged anew after every edit."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.data.health.check import Examined
    from cnnstudio.data.health.report import HealthReport
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.spec.experiment import Experiment

PROGRESS_STEPS = 100


@dataclass(frozen=True, slots=True)
class _Answer:
    report: HealthReport
    examined: Examined
    examined_for: object


class _CheckThread(QThread):
    """One check; everything it has to say comes out as signals."""

    progressed = Signal(int, int)
    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self, experiment: Experiment, index: ImageIndex, known: tuple[object, Examined] | None
    ) -> None:
        super().__init__()
        self._experiment = experiment
        self._index = index
        self._known = known
        self._stop = threading.Event()
        self._told = -1

    def stop(self) -> None:
        """Ask for an end; nothing more is emitted."""
        self._stop.set()

    def run(self) -> None:
        """Check; a mistake of the program becomes a sentence with its details."""
        from cnnstudio.data.stopping import Stopped

        try:
            answer = self._check()
        except Stopped:
            return
        except Exception as error:
            if not self._stop.is_set():
                self.failed.emit(error if isinstance(error, UserError) else _unforeseen(error))
            return
        if not self._stop.is_set():
            self.done.emit(answer)

    def _check(self) -> _Answer:
        from cnnstudio.data.health.check import examine, report

        images = _images(self._experiment, self._index)
        if self._known is not None and self._known[0] == images:
            examined = self._known[1]
        else:
            source = self._experiment.dataset.source.path
            examined = examine(source, self._index, self._progress, self._stop.is_set)
        return _Answer(report(self._experiment, self._index, examined), examined, images)

    def _progress(self, done: int, total: int) -> None:
        share = done * PROGRESS_STEPS // max(1, total)
        if share != self._told and not self._stop.is_set():
            self._told = share
            self.progressed.emit(done, total)


class HealthWorker(QObject):
    """Runs at most one check at a time; a new one makes the former silent.

    `progressed` carries (done, total) images, `finished` a `HealthReport`, `failed` a `UserError`,
    `busy_changed` whether there is something to cancel.
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _CheckThread | None = None
        self._leaving: list[_CheckThread] = []
        self._known: tuple[object, Examined] | None = None

    @property
    def busy(self) -> bool:
        """Whether a check is running."""
        return self._thread is not None

    def check(self, experiment: Experiment, index: ImageIndex, again: bool = False) -> None:
        """Check the images of `index` as `experiment` labels and splits them.

        The same images are judged from what was measured before, which is quick enough to follow
        every edit; `again` looks at the files once more.
        """
        if self._thread is not None:
            self._release(self._thread)
        thread = _CheckThread(experiment, index, None if again else self._known)
        self._thread = thread
        thread.progressed.connect(self._on_progress)
        thread.done.connect(self._on_done)
        thread.failed.connect(self._on_failed)
        thread.start(QThread.Priority.LowPriority)
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop the check; what was measured is kept for the next one."""
        if self._thread is not None:
            self._release(self._thread)
            self._thread = None
            self.busy_changed.emit(False)

    def shutdown(self) -> None:
        """End every thread and wait for it; call before the program leaves."""
        self.cancel()
        for thread in list(self._leaving):
            thread.wait()
        self._leaving.clear()

    def _release(self, thread: _CheckThread) -> None:
        """Let a thread end by itself; a running QThread must not be destroyed."""
        thread.stop()
        self._leaving = [old for old in self._leaving if old.isRunning()]
        self._leaving.append(thread)

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is self._thread:
            self.progressed.emit(done, total)

    def _on_done(self, answer: _Answer) -> None:
        if self._ends():
            self._known = (answer.examined_for, answer.examined)
            self.finished.emit(answer.report)

    def _on_failed(self, error: UserError) -> None:
        if self._ends():
            self.failed.emit(error)

    def _ends(self) -> bool:
        if self._thread is None or self.sender() is not self._thread:
            return False
        self._release(self._thread)
        self._thread = None
        self.busy_changed.emit(False)
        return True


def _images(experiment: Experiment, index: ImageIndex) -> object:
    """What has to be the same for measurements to hold: the source and its images."""
    keys = frozenset(sample.key for sample in (*index.samples, *index.excluded))
    reading = {sample.reading for sample in index.samples[:1]}
    return experiment.dataset.source, keys, frozenset(reading)


def _unforeseen(error: Exception) -> UserError:
    import traceback

    return UserError(
        "The images could not be checked.",
        details="".join(traceback.format_exception(error)),
    )
