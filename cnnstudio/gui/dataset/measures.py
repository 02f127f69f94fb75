"""Sizes and dates of image files, read away from the window's thread when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample

CHUNK = 1000
"""Files of one piece of work: the end of the program waits for one piece, never for all."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One file: bytes, time of its last change in seconds since 1970, pixels of both sides.

    A file that is gone has zero bytes; one that cannot be read has no pixels.
    """

    file_bytes: int
    changed: float
    height: int
    width: int

    @property
    def short_side(self) -> int:
        """Pixels of the shorter side."""
        return min(self.height, self.width)


UNKNOWN = Measure(0, 0.0, 0, 0)


class Measures(QObject):
    """What is known of the files so far; `grew` carries (known, wanted), `complete` nothing."""

    grew = Signal(int, int)
    complete = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._threads = NewestFirst(self, threads=1)
        self._known: dict[str, Measure] = {}
        self._samples: Sequence[Sample] = ()
        self._wanted = False
        self._round = 0

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """The files of another folder: forget the earlier ones."""
        self._samples = samples
        self._known = {}
        self._round += 1
        self._threads.clear()
        if self._wanted:
            self._next(0)

    def want(self) -> None:
        """Measure everything, if that has not begun."""
        if not self._wanted:
            self._wanted = True
            self._next(0)

    @property
    def known(self) -> dict[str, Measure]:
        """Measures by key; it grows while files are read."""
        return self._known

    def _next(self, start: int) -> None:
        part = self._samples[start : start + CHUNK]
        if part:
            work = partial(_measure, part)
            self._threads.request("measure", work, partial(self._take, self._round, start))

    def _take(self, round: int, start: int, outcome: Outcome[dict[str, Measure]]) -> None:
        if round != self._round:
            return
        self._known.update(outcome.value or {})
        self.grew.emit(len(self._known), len(self._samples))
        if start + CHUNK < len(self._samples):
            self._next(start + CHUNK)
        else:
            self.complete.emit()


def _measure(samples: Sequence[Sample]) -> dict[str, Measure]:
    from cnnstudio.data.decode import UnreadableImage, size

    found: dict[str, Measure] = {}
    for sample in samples:
        try:
            state = sample.path.stat()
        except OSError:
            found[sample.key] = UNKNOWN
            continue
        try:
            height, width = size(sample.picture)
        except UnreadableImage:
            height = width = 0
        found[sample.key] = Measure(state.st_size, state.st_mtime, height, width)
    return found
