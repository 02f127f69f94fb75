"""Reads the list of runs beside the window's thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from cnnstudio.runs.catalog import RunSummary, list_runs


class _Answer(QObject):
    ready = Signal(int, object)


class _Job(QRunnable):
    def __init__(self, number: int, folder: Path, answer: _Answer) -> None:
        super().__init__()
        self._number, self._folder, self._answer = number, folder, answer

    def run(self) -> None:
        """Read the folder; called by Qt on a thread of its pool."""
        self._answer.ready.emit(self._number, list_runs(self._folder))


class RunList(QObject):
    """`read` returns at once; `loaded` carries the runs of the folder that was asked for last."""

    loaded = Signal(object)
    """A tuple of `RunSummary`, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = 0
        self._answer = _Answer(self)
        self._answer.ready.connect(self._take)
        # A pool of its own, so that ending the window can wait for it alone.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def read(self, folder: Path) -> None:
        """List the runs in `folder`."""
        self._asked += 1
        self._pool.clear()
        self._pool.start(_Job(self._asked, folder, self._answer))

    def wait(self) -> None:
        """Return when no thread is reading any more."""
        self._pool.clear()
        self._pool.waitForDone()

    def _take(self, number: int, runs: tuple[RunSummary, ...]) -> None:
        if number == self._asked:
            self.loaded.emit(runs)
