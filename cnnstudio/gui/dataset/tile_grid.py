"""Where the tiles of a grid lie: columns, rows, and what of them is in sight."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea

GAP = 8


class TileGrid(QAbstractScrollArea):
    """Square tiles with room for a caption, in as many columns as fit; it scrolls by pixels."""

    def __init__(self, least: int, caption: int) -> None:
        super().__init__()
        self._least = least
        self._caption = caption
        self._count = 0

    def columns(self) -> int:
        """Tiles in a row."""
        return max(1, (self.viewport().width() + GAP) // (self._least + GAP))

    def tile(self, place: int) -> QRect:
        """Where the picture of the image at `place` lies in the viewport."""
        columns, side = self.columns(), self._side()
        row, column = divmod(place, columns)
        top = row * self._pitch() - self.verticalScrollBar().value()
        return QRect(column * (side + GAP), top, side, side)

    def place_at(self, point: QPoint) -> int:
        """The image at a point of the viewport, its caption included; -1 beside all of them."""
        for place in self.in_sight():
            if self.tile(place).adjusted(0, 0, 0, self._caption).contains(point):
                return place
        return -1

    def in_sight(self) -> range:
        """The places on the screen, whole rows."""
        top, pitch = self.verticalScrollBar().value(), self._pitch()
        first = top // pitch * self.columns()
        last = ((top + self.viewport().height()) // pitch + 1) * self.columns()
        return range(min(first, self._count), min(last, self._count))

    def page(self) -> int:
        """Images on one page, whole rows."""
        return max(1, self.viewport().height() // self._pitch()) * self.columns()

    def _side(self) -> int:
        columns = self.columns()
        return max(16, (self.viewport().width() - (columns - 1) * GAP) // columns)

    def _pitch(self) -> int:
        return self._side() + self._caption + GAP

    def _measure(self) -> None:
        rows = -(-self._count // self.columns())
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, rows * self._pitch() - GAP - height))
        bar.setPageStep(max(1, height))
        bar.setSingleStep(max(1, self._pitch() // 3))

    def _reveal(self, place: int) -> None:
        if place < 0 or not self.isVisible():
            return
        tile = self.tile(place)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top())
        elif tile.bottom() + self._caption > height:
            bar.setValue(bar.value() + tile.bottom() + self._caption - height + 2)
