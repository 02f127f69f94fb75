"""At the start of the program: is there a run that goes on without a window, or was cut off?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from cnnstudio.gui.run.watch import cut_runs, mark, run_at_work

MOST_PROJECTS = 20
"""How many projects are looked into at most: some may lie on a slow network drive."""


@dataclass(frozen=True, slots=True)
class Found:
    """A run, whether it is at work or was cut off, and what to open to see it."""

    run: Path
    at_work: bool
    project: Path


class RunSearch(QObject):
    """Looks once, beside the window's thread; `found` carries a `Found` if there is something."""

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def start(self, files: Sequence[Path], homes: Path, left: Sequence[str]) -> None:
        """Look beside these experiment files, and in each project folder inside `homes`.

        `left` are the marks of runs that are not to be offered.
        """
        self._pool.start(_Search(tuple(files), homes, tuple(left), self))

    def stop(self) -> None:
        """Returns when no thread is left."""
        self._pool.clear()
        self._pool.waitForDone()


class _Search(QRunnable):
    def __init__(
        self, files: tuple[Path, ...], homes: Path, left: tuple[str, ...], search: RunSearch
    ) -> None:
        super().__init__()
        self._files, self._homes, self._left, self._search = files, homes, left, search

    def run(self) -> None:
        """Look; called by Qt on a thread of its pool."""
        found = search(self._files, self._homes, self._left)
        if found is not None:
            self._search.found.emit(found)


def search(files: Sequence[Path], homes: Path, left: Sequence[str] = ()) -> Found | None:
    """The first run at work of any project; else the last run cut off of the first project.

    A run that has no file of an experiment is opened by its own folder.
    """
    places = [(file.parent / "runs", file) for file in files if file.is_file()]
    known = {runs for runs, _ in places}
    try:
        unsaved = sorted(home / "runs" for home in homes.iterdir())
    except OSError:
        unsaved = []
    places += [(runs, Path()) for runs in unsaved if runs not in known]
    for runs, file in places[:MOST_PROJECTS]:
        if (run := run_at_work(runs)) is not None:
            return Found(run, True, file if file.name else run)
    for runs, file in places[:1]:
        for cut in cut_runs(runs):
            if mark(cut) not in left:
                return Found(cut.path, False, file if file.name else cut.path)
    return None
