"""Thumbnails for the browser: decoded by threads, newest request first, the latest ones kept."""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.pictures import as_image, rounded, square

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.data.picture import Picture

SIDE = 160
"""Pixels of a tile where nobody says another."""
DECODED = 224
"""Longer side that is decoded, so that the shorter one of a photo fills the tile."""
KEPT = 400
"""Tiles in memory, ten screens full: 400 × 120 × 120 × 4 bytes are 23 MB."""
RADIUS = 6


class Thumbnails(QObject):
    """Square thumbnails by sample; `get` answers at once, `arrived` carries the key of a new one.

    A tile is made once, rounded and in the size it is painted in, so that scrolling only copies.
    """

    arrived = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # One core stays free for the window, which has to paint meanwhile.
        self._threads = NewestFirst(self, threads=max(1, min(4, (os.cpu_count() or 1) - 1)))
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._reasons: dict[str, str] = {}

    def get(self, sample: Sample, side: int = SIDE, ratio: float = 1.0) -> QPixmap | None:
        """The tile if it is there; otherwise it is asked for, before all earlier requests.

        `side` is in pixels of the window, `ratio` the pixels of the screen for each of them. A
        tile of another size is given until the right one is there.
        """
        tile = self._kept.get(sample.key)
        wanted = round(side * ratio)
        if tile is not None:
            self._kept.move_to_end(sample.key)
            if tile.width() == wanted:
                return tile
        if sample.key not in self._reasons and not self._threads.is_running(sample.key):
            work = partial(_decode, sample.picture, wanted, RADIUS * ratio)
            self._threads.request(sample.key, work, partial(self._take, sample.key))
        return tile

    def is_there(self, sample: Sample) -> bool:
        """Whether the tile of a sample can be painted now. Asks for nothing."""
        return sample.key in self._kept

    def reason(self, sample: Sample) -> str:
        """Why a sample has no thumbnail (`is damaged: …`), or nothing."""
        return self._reasons.get(sample.key, "")

    def clear(self) -> None:
        """Forget everything, as for another folder."""
        self._threads.clear()
        self._kept.clear()
        self._reasons.clear()

    def _take(self, key: str, outcome: Outcome[QImage]) -> None:
        if outcome.value is None:
            self._reasons[key] = getattr(outcome.error, "reason", "cannot be shown")
        else:
            self._kept[key] = QPixmap.fromImage(outcome.value)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self.arrived.emit(key)


def _decode(place: Picture, side: int, radius: float) -> QImage:
    from cnnstudio.data.thumbnails import thumbnail

    return rounded(square(as_image(thumbnail(place, DECODED)), side), side, radius)
