"""How one image of the grid is drawn: picture, marks of its state, ring of the choice, caption."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from cnnstudio.gui.dataset.pictures import paint_skeleton
from cnnstudio.gui.fonts import font
from cnnstudio.gui.icons import pixmap

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme

RADIUS = 6
MARKS = {"validation": "val", "test": "test"}
FADED = 0.3


@dataclass(slots=True)
class Tile:
    """What is drawn of one image."""

    picture: QPixmap | None
    reason: str
    split: str
    caption: str
    excluded: bool = False
    relabelled: bool = False
    tagged: bool = False
    current: bool = False
    selected: bool = False
    focused: bool = False


class TilePainter:
    """Draws tiles of one size in one theme; what is the same for many is drawn once and copied.

    `side` and the height of the `caption` line below (zero for none) are in pixels of the window,
    `ratio` is the screen's pixels for each of them.
    """

    def __init__(self, theme: Theme, side: int, caption: int, ratio: float) -> None:
        self._theme, self._side, self._caption, self._ratio = theme, side, caption, ratio
        self._text, self._muted = theme.color("text"), theme.color("muted")
        self._small = font(11)
        self._struck = font(11)
        self._struck.setStrikeOut(True)
        self._skeleton = self._drawn_skeleton()
        self._elided = lru_cache(maxsize=512)(self._elide)
        self._words = {words: _word(words, ratio) for words in MARKS.values()}

    def paint(self, painter: QPainter, place: QRect, tile: Tile) -> None:
        """Draw one tile whose picture lies at `place`."""
        if tile.selected:
            self._paint_ground(painter, place)
        if tile.excluded:
            painter.setOpacity(FADED)
        painter.drawPixmap(place, tile.picture or self._skeleton)
        if tile.picture is None and tile.reason:
            painter.setPen(self._theme.color("error"))
            painter.setFont(self._small)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(place).adjusted(6, 6, -6, -6), flags, "cannot be read")
        if tile.excluded:
            painter.setOpacity(1.0)
            self._paint_icon(painter, place.left() + 4, place.top() + 4, "ban")
        elif (words := MARKS.get(tile.split)) is not None:
            mark = self._words[words]
            left = place.right() - 3 - round(mark.width() / self._ratio)
            painter.drawPixmap(left, place.top() + 4, mark)
        if tile.relabelled:
            self._paint_icon(painter, place.left() + 4, place.bottom() - 19, "pencil")
        if tile.tagged:
            self._paint_dot(painter, place)
        if tile.current or tile.selected:
            self._paint_ring(painter, QRectF(place), tile)
        if self._caption:
            painter.setFont(self._struck if tile.excluded else self._small)
            painter.setPen(self._text if tile.current or tile.selected else self._muted)
            baseline = QPointF(place.left(), place.bottom() + 13)
            painter.drawText(baseline, self._elided(tile.caption))

    def _elide(self, words: str) -> str:
        middle = Qt.TextElideMode.ElideMiddle
        return QFontMetrics(self._small).elidedText(words, middle, self._side)

    def _drawn_skeleton(self) -> QPixmap:
        made = _blank(self._side, self._side, self._ratio)
        painter = QPainter(made)
        color = QColor(self._theme.mixed("surface", "text", 0.07))
        paint_skeleton(painter, QRectF(0, 0, self._side, self._side), color, RADIUS)
        painter.end()
        return made

    def _paint_ground(self, painter: QPainter, place: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("selection"))
        painter.drawRoundedRect(QRectF(place).adjusted(-3, -3, 3, 3 + self._caption), 8, 8)

    def _paint_icon(self, painter: QPainter, left: int, top: int, name: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_ground())
        painter.drawRoundedRect(QRectF(left, top, 16, 16), 8, 8)
        painter.drawPixmap(left + 2, top + 2, pixmap(name, "#FFFFFF", 12, self._ratio))

    def _paint_dot(self, painter: QPainter, place: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#FFFFFF"), 1.5))
        painter.setBrush(self._theme.color("accent"))
        painter.drawEllipse(QRectF(place.right() - 14, place.bottom() - 14, 10, 10))

    def _paint_ring(self, painter: QPainter, place: QRectF, tile: Tile) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if tile.current:
            painter.setPen(QPen(self._theme.color("surface"), 2))
            painter.drawRoundedRect(place.adjusted(3, 3, -3, -3), RADIUS - 3, RADIUS - 3)
        width = 2.5 if tile.current and tile.focused else 2
        painter.setPen(QPen(self._theme.color("accent"), width))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)


def _word(words: str, ratio: float) -> QPixmap:
    """The name of a part on a dark pill."""
    made: QFont = font(10, strong=True)
    width = QFontMetrics(made).horizontalAdvance(words) + 10
    pill = _blank(width, 15, ratio)
    painter = QPainter(pill)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(made)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ground())
    painter.drawRoundedRect(QRectF(0, 0, width, 15), 7.5, 7.5)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(QRectF(0, 0, width, 15), Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return pill


def _blank(width: int, height: int, ratio: float) -> QPixmap:
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _ground() -> QColor:
    ground = QColor("#16181D")
    ground.setAlphaF(0.78)
    return ground
