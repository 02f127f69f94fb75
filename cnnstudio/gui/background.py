"""Work beside the window's thread: one piece at a time, with progress, a result and an end."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal
from shiboken6 import isValid

from cnnstudio.spec.errors import UserError

PROGRESS_STEPS = 100
"""How often progress is told at most, however many images there are."""

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
Work = Callable[[Progress, Stop], object]
"""Work that tells (done, total) and leaves with `Stopped` once it may stop."""


class _Thread(QThread):
    """Runs one piece of work; everything it has to say comes out as signals.

    The first value of each is the number of the work. `sender()` could not tell whose word it is:
    Qt knows the sender by its address, and a thread may have that of one that has gone.
    """

    progressed = Signal(int, int, int)
    done = Signal(int, object)
    failed = Signal(int, object)

    def __init__(self, number: int, work: Work, mistake: str) -> None:
        super().__init__()
        self.number = number
        self._work = work
        self._mistake = mistake
        self._stop = threading.Event()
        self._told = -1

    def stop(self) -> None:
        """Ask for an end; nothing more is emitted."""
        self._stop.set()

    def run(self) -> None:
        """Do the work; a mistake of the program becomes a sentence with its details."""
        from cnnstudio.data.stopping import Stopped

        try:
            result = self._work(self._progress, self._stop.is_set)
        except Stopped:
            return
        except Exception as error:
            if not self._stop.is_set():
                self.failed.emit(
                    self.number, error if isinstance(error, UserError) else self._sentence(error)
                )
            return
        if not self._stop.is_set():
            self.done.emit(self.number, result)

    def _progress(self, done: int, total: int) -> None:
        share = done * PROGRESS_STEPS // max(1, total)
        if share != self._told and not self._stop.is_set():
            self._told = share
            self.progressed.emit(self.number, done, total)

    def _sentence(self, error: Exception) -> UserError:
        return UserError(self._mistake, details="".join(traceback.format_exception(error)))


class Background(QObject):
    """Does at most one piece of work at a time; a new one makes the former silent.

    `progressed` carries (done, total), `finished` what `answer` makes of the result, `failed` a
    `UserError`, `busy_changed` whether there is something to cancel. `mistake` is the sentence for
    an error that nobody foresaw.
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    mistake = "This could not be done."

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _Thread | None = None
        self._count = 0
        self._leaving: list[_Thread] = []
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Do this now, and nothing else; after `shutdown`, nothing."""
        if self._closed:
            return
        if self._thread is not None:
            self._release(self._thread)
        self._count += 1
        thread = _Thread(self._count, work, self.mistake)
        self._thread = thread
        thread.progressed.connect(self._on_progress)
        thread.done.connect(self._on_done)
        thread.failed.connect(self._on_failed)
        thread.start(QThread.Priority.LowPriority)
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Stop what is being done; nothing more is heard of it."""
        if self._thread is not None:
            self._release(self._thread)
            self._thread = None
            if not self._closed:
                self.busy_changed.emit(False)

    def shutdown(self) -> None:
        """End every thread, in silence, and wait for it; call before the program leaves.

        Whoever listens may be half destroyed by then, so that not even the end is told.
        """
        self._closed = True
        if isValid(self):
            self.blockSignals(True)
        self.cancel()
        for thread in self._leaving:
            if isValid(thread):  # at the very end Python may have taken those that had ended
                thread.wait()
        self._leaving.clear()

    def answer(self, result: object) -> object:
        """What `finished` carries for the result of the work; called in the window's thread."""
        return result

    def _release(self, thread: _Thread) -> None:
        """Let a thread end by itself; a running QThread must not be destroyed."""
        thread.stop()
        self._leaving = [old for old in self._leaving if old.isRunning()]
        self._leaving.append(thread)

    def _on_progress(self, number: int, done: int, total: int) -> None:
        if self._thread is not None and self._thread.number == number:
            self.progressed.emit(done, total)

    def _on_done(self, number: int, result: object) -> None:
        if self._ends(number):
            self.finished.emit(self.answer(result))

    def _on_failed(self, number: int, error: UserError) -> None:
        if self._ends(number):
            self.failed.emit(error)

    def _ends(self, number: int) -> bool:
        if self._thread is None or self._thread.number != number:
            return False
        self._release(self._thread)
        self._thread = None
        self.busy_changed.emit(False)
        return True
