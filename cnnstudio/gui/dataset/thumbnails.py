"""Thumbnails for the browser: decoded by threads, newest request first, the latest ones kept."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.pictures import as_image, square

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstudio.data.index import Sample

SIDE = 160
"""Pixels of a kept tile, enough for the largest one on a screen of ordinary density."""
DECODED = 224
"""Longer side that is decoded, so that the shorter one of a photo fills the tile."""
KEPT = 900
"""Tiles in memory: 900 × 160 × 160 × 4 bytes are 92 MB."""


class Thumbnails(QObject):
    """Square thumbnails by sample; `get` answers at once, `arrived` tells that more are there."""

    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._threads = NewestFirst(self)
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._reasons: dict[str, str] = {}

    def get(self, sample: Sample) -> QPixmap | None:
        """The thumbnail if it is there; otherwise it is asked for, before all earlier requests."""
        picture = self._kept.get(sample.key)
        if picture is not None:
            self._kept.move_to_end(sample.key)
        elif sample.key not in self._reasons and not self._threads.is_running(sample.key):
            work = partial(_decode, sample.path)
            self._threads.request(sample.key, work, partial(self._take, sample.key))
        return picture

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
        self.arrived.emit()


def _decode(path: Path) -> QImage:
    from cnnstudio.data.thumbnails import thumbnail

    return square(as_image(thumbnail(path, DECODED)), SIDE)
