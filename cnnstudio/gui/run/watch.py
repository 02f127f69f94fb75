"""Looks into a project's folder of runs: which were cut off, and which go on elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from cnnstudio.runs.catalog import RunSummary, is_run, summary
from cnnstudio.runs.control_file import NAME, is_alive
from cnnstudio.runs.events import NOBODY_LEFT, RunFinished, parse
from cnnstudio.runs.folder import RunFolder

EVERY = 2000
"""Milliseconds between two looks for runs that somebody else has started."""
_TAIL = 65_536


class RunWatch(QObject):
    """`live_found` carries the `RunFolder` of a run at work, newest first, at every look.

    `cut_found` carries a tuple of `RunSummary`, newest first, after `set_folder` and `look_again`:
    runs that nobody asked to end and that can go on from a checkpoint.
    """

    live_found = Signal(object)
    cut_found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._number = 0
        self._news = 0
        # A pool of its own, so that ending the window can wait for it alone.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._answer = _Answer(self)
        self._answer.live.connect(self._take_live)
        self._answer.cut.connect(self._take_cut)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._look)

    def set_folder(self, folder: Path | None) -> None:
        """Look into this folder of runs from now on; None: into none."""
        if folder == self._folder:
            return
        self._folder = folder
        self._number += 1
        self.cut_found.emit(())
        if folder is None:
            self._timer.stop()
        else:
            self._timer.start()
            self.look_again()

    def look_again(self) -> None:
        """Look for runs that were cut off, too."""
        if self._folder is not None:
            self._pool.start(_Look((self._number, self._news), self._folder, True, self._answer))

    def forget_live(self) -> None:
        """What is being looked at now may have ended: wait for the next look."""
        self._news += 1

    def stop(self) -> None:
        """Look no more; returns when no thread is left."""
        self._timer.stop()
        self._folder = None
        self._number += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _look(self) -> None:
        if self._folder is not None and not self._pool.activeThreadCount():
            self._pool.start(_Look((self._number, self._news), self._folder, False, self._answer))

    def _take_live(self, asked: tuple[int, int], folder: RunFolder) -> None:
        if asked == (self._number, self._news):
            self.live_found.emit(folder)

    def _take_cut(self, asked: tuple[int, int], runs: tuple[RunSummary, ...]) -> None:
        if asked[0] == self._number:
            self.cut_found.emit(runs)


class _Answer(QObject):
    live = Signal(object, object)
    cut = Signal(object, object)


class _Look(QRunnable):
    def __init__(
        self, asked: tuple[int, int], folder: Path, closely: bool, answer: _Answer
    ) -> None:
        super().__init__()
        self._asked, self._folder, self._closely = asked, folder, closely
        self._answer = answer

    def run(self) -> None:
        """Look into the folder; called by Qt on a thread of its pool."""
        at_work = run_at_work(self._folder)
        if at_work is not None:
            self._answer.live.emit(self._asked, RunFolder(at_work))
        if self._closely:
            self._answer.cut.emit(self._asked, cut_runs(self._folder))


def run_at_work(folder: Path) -> Path | None:
    """The newest run in `folder` that somebody works on now."""
    return next((p for p in _newest_first(folder) if (p / NAME).is_file() and is_alive(p)), None)


def cut_runs(folder: Path) -> tuple[RunSummary, ...]:
    """The runs in `folder` that nobody asked to end and that can go on, newest first."""
    places = (p for p in _newest_first(folder) if is_run(p) and not _ended_by_itself(p))
    return tuple(run for run in map(summary, places) if run.resumable)


def mark(run: RunSummary) -> str:
    """Tells a run as it was cut: cut again later, it is another one."""
    return f"{run.path}|{run.epochs}"


def _newest_first(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), reverse=True)
    except OSError:
        return []


def _ended_by_itself(run: Path) -> bool:
    """Whether the last line says how the run ended, unless that was for want of its program.

    Reads no more than the end of the file.
    """
    try:
        with (run / "events.jsonl").open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - _TAIL, 0))
            lines = stream.read().splitlines()
        last = parse(lines[-1])
    except (OSError, ValueError, IndexError):
        return False
    return isinstance(last, RunFinished) and last.details != NOBODY_LEFT
