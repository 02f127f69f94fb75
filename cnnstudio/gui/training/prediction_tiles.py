"""Images as tiles with what the network says of them: right or wrong, the answer, the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.gui.dataset.pictures import paint_skeleton
from cnnstudio.gui.fonts import CAPTION, font
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.training.told import Told, percent

if TYPE_CHECKING:
    from cnnstudio.gui.dataset.thumbnails import Thumbnails

LEAST, GAP, LINE = 60, 6, 14
WORDS = 2 * LINE + 4
RADIUS, BADGE, PILL = 6.0, 18.0, 15.0
GROUND, ON_GROUND = "#16181D", "#FFFFFF"
"""On pictures of any colour the same in both themes."""


class PredictionTiles(QWidget):
    """Paints the tiles; as high as they need, so that what holds it can scroll.

    `opened` carries the Sample of a click or of Return, `moved_to` where (QRect) the keyboard is.
    """

    opened = Signal(object)
    moved_to = Signal(QRect)

    def __init__(self) -> None:
        super().__init__()
        self._thumbnails: Thumbnails | None = None
        self._tiles: Sequence[Told] = ()
        self._places: dict[str, int] = {}
        self._room = 0
        self._at = -1
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Predictions")

    # ---- setters ----

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Take the pictures from here."""
        self._thumbnails = thumbnails
        thumbnails.arrived.connect(self._arrived)
        self.update()

    def show_tiles(self, tiles: Sequence[Told], room: int) -> None:
        """Show these, with room kept for `room` of them; the keyboard stays on its place."""
        if room != self._room:
            self._room = room
            self.updateGeometry()
        self._tiles = tiles
        self._places = {tile.key: place for place, tile in enumerate(tiles)}
        self._at = min(self._at, len(tiles) - 1)
        self._describe()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    # ---- places ----

    @property
    def tiles(self) -> Sequence[Told]:
        """What is shown, in order."""
        return self._tiles

    def columns(self) -> int:
        """Tiles in a row."""
        return max(1, (self.width() + GAP) // (LEAST + GAP))

    def place(self, number: int) -> QRect:
        """Where the picture of a tile lies; its words stand below."""
        side = self._side(self.width())
        row, column = divmod(number, self.columns())
        return QRect(column * (side + GAP), row * (side + WORDS + GAP), side, side)

    def tile_at(self, point: QPointF) -> int:
        """The tile under a point, its words included; -1 beside all of them."""
        for number in range(len(self._tiles)):
            if self.place(number).adjusted(0, 0, 0, WORDS).contains(point.toPoint()):
                return number
        return -1

    def heightForWidth(self, width: int) -> int:
        """Whole rows for all there is room for."""
        if not self._room:
            return 0
        columns = max(1, (width + GAP) // (LEAST + GAP))
        return -(-self._room // columns) * (self._side(width) + WORDS + GAP) - GAP

    def sizeHint(self) -> QSize:
        """As wide as a side pane."""
        return QSize(240, self.heightForWidth(240))

    def _side(self, width: int) -> int:
        columns = max(1, (width + GAP) // (LEAST + GAP))
        return max(16, (width - (columns - 1) * GAP) // columns)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that are in sight; those without a picture ask for it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # The first is asked for last, so it is decoded first.
        for number in reversed(range(len(self._tiles))):
            place = self.place(number)
            if event.rect().intersects(place.adjusted(-3, -3, 3, WORDS)):
                self._paint_picture(painter, QRectF(place), self._tiles[number])
                self._paint_words(painter, QRectF(place), self._tiles[number])
                if number == self._at and self.hasFocus():
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(self._theme.color("accent"), 3))
                    painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    def _paint_picture(self, painter: QPainter, place: QRectF, tile: Told) -> None:
        theme, ratio = self._theme, self.devicePixelRatioF()
        picture = None
        if tile.sample is not None and self._thumbnails is not None:
            picture = self._thumbnails.get(tile.sample, round(place.width()), ratio)
        if picture is not None:
            painter.drawPixmap(place, picture, QRectF(picture.rect()))
        else:
            paint_skeleton(painter, place, QColor(theme.mixed("surface", "text", 0.07)), RADIUS)
            if self._missing(tile):
                gone = pixmap("image-off", theme.muted, 20, ratio)
                painter.drawPixmap(place.center() - QPointF(10, 10), gone)
        spot = QRectF(place.right() - BADGE - 3, place.top() + 3, BADGE, BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(spot)
        name, color = ("check", theme.ok) if tile.right else ("x", theme.error)
        painter.drawPixmap(spot.center() - QPointF(7, 7), pixmap(name, color, 14, ratio))
        if not tile.right:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("error"), 1.5))
            frame = place.adjusted(0.75, 0.75, -0.75, -0.75)
            painter.drawRoundedRect(frame, RADIUS - 0.75, RADIUS - 0.75)

    def _paint_words(self, painter: QPainter, place: QRectF, tile: Told) -> None:
        painter.setFont(font(10, strong=True, tabular=True))
        number = percent(tile.share)
        width = painter.fontMetrics().horizontalAdvance(number) + 8
        pill = QRectF(place.left() + 3, place.bottom() - PILL - 3, width, PILL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_ground())
        painter.drawRoundedRect(pill, PILL / 2, PILL / 2)
        painter.setPen(QColor(ON_GROUND))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, number)
        painter.setFont(font(CAPTION))
        theme, line = self._theme, QRectF(place.left(), place.bottom() + 3, place.width(), LINE)
        truth = "muted" if tile.right else "error"
        for words, color in ((tile.said, "text"), (f"is {tile.true}", truth)):
            end = Qt.TextElideMode.ElideRight
            shown = painter.fontMetrics().elidedText(words, end, int(line.width()))
            painter.setPen(theme.color(color))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.translate(0, LINE)

    def _missing(self, tile: Told) -> bool:
        if tile.sample is None or self._thumbnails is None:
            return True
        return bool(self._thumbnails.reason(tile.sample))

    def _arrived(self, key: str) -> None:
        number = self._places.get(key, -1)
        if number >= 0:
            self.update(self.place(number))

    # ---- words ----

    def words(self, number: int) -> str:
        """What a tile means, for its tooltip and for screen readers; empty for no tile."""
        if not 0 <= number < len(self._tiles):
            return ""
        tile = self._tiles[number]
        words = [tile.key, tile.sentence]
        if tile.sample is None:
            words.append("The image is not among those of this project.")
        elif self._thumbnails is not None and (reason := self._thumbnails.reason(tile.sample)):
            words.append(f"The image {reason}")
        else:
            words.append("Click to look at it under Data.")
        return "\n".join(words)

    def _describe(self) -> None:
        right = sum(tile.right for tile in self._tiles)
        words = self.words(self._at) or f"{right} of {len(self._tiles)} right"
        self.setAccessibleDescription(words)

    # ---- gestures ----

    def event(self, event: QEvent) -> bool:
        """Explain the tile under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words(self.tile_at(event.pos().toPointF()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be clicked."""
        number = self.tile_at(event.position())
        there = number >= 0 and self._tiles[number].sample is not None
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if there else arrow)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to the image."""
        number = self.tile_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._go(number)
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go from tile to tile, Return goes to the image."""
        key, last = Qt.Key(event.key()), len(self._tiles) - 1
        columns, far = self.columns(), len(self._tiles)
        along = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -far,
            Qt.Key.Key_End: far,
        }
        across = {Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if key in along and last >= 0:
            self._go(min(last, max(0, self._at + along[key])))
        elif key in across and last >= 0:
            wanted = self._at + across[key]
            if 0 <= wanted <= last:
                self._go(wanted)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at >= 0:
            self._open()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard begins at the first tile."""
        super().focusInEvent(event)
        mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        if self._at < 0 and self._tiles and not mouse:
            self._go(0)

    def _go(self, number: int) -> None:
        self._at = number
        self._describe()
        self.update()
        self.moved_to.emit(self.place(number).adjusted(0, 0, 0, WORDS))

    def _open(self) -> None:
        sample = self._tiles[self._at].sample
        if sample is not None:
            self.opened.emit(sample)


def _ground() -> QColor:
    ground = QColor(GROUND)
    ground.setAlphaF(0.78)
    return ground
