"""How often each level occurs in an image, as three curves on one small ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEIGHT = 44
CHANNELS = {False: ("#C0271D", "#1B7A43", "#0B5FB0"), True: ("#FF8A80", "#5CC98A", "#5AA9F5")}
"""Red, green and blue, for light and dark."""


class Histogram(QWidget):
    """Levels from dark at the left to bright at the right; gray images have one curve."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: NDArray[np.int64] | None = None
        self._theme: Theme = LIGHT
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram")
        self.setToolTip("How many pixels have each brightness, from black at the left to white")

    def set_counts(self, counts: NDArray[np.int64] | None) -> None:
        """int64[1 or 3, 256]; None for an empty ground."""
        self._counts = counts
        self.update()

    @property
    def counts(self) -> NDArray[np.int64] | None:
        """What is shown."""
        return self._counts

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(220, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the curves."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mixed("surface", "text", 0.05)))
        painter.drawRoundedRect(room, 6, 6)
        if self._counts is not None:
            for color, line in zip(self._colors(), self._lines(room), strict=False):
                edge = QColor(color)
                ground = QColor(color)
                ground.setAlphaF(0.18)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ground)
                painter.drawPolygon(QPolygonF([*line, room.bottomRight(), room.bottomLeft()]))
                painter.setPen(QPen(edge, 1.2))
                painter.drawPolyline(QPolygonF(line))
        painter.end()

    def _colors(self) -> tuple[str, ...]:
        gray = self._counts is not None and len(self._counts) == 1
        return (self._theme.muted,) if gray else CHANNELS[self._theme.dark]

    def _lines(self, room: QRectF) -> list[list[QPointF]]:
        """One point for every fourth level; the root keeps rare levels visible beside a peak."""
        if self._counts is None:
            return []
        bins = self._counts.reshape(len(self._counts), 64, 4).sum(axis=2) ** 0.5
        top = max(1.0, float(bins.max()))
        step, height = (room.width() - 8) / 63, room.height() - 8
        return [
            [
                QPointF(room.left() + 4 + at * step, room.bottom() - 1 - height * value / top)
                for at, value in enumerate(row)
            ]
            for row in bins.tolist()
        ]
