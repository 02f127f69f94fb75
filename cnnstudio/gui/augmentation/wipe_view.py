"""One draw large, with a slider that wipes between the original and it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.gui.augmentation.tile_painter import (
    GROUND,
    WORDS,
    paint_cautions,
    paint_lines,
    paint_pill,
)
from cnnstudio.gui.augmentation.tiles import Tile
from cnnstudio.gui.dataset.pictures import ENLARGED_AS_PIXELS, fitted
from cnnstudio.gui.theme import LIGHT, Theme

STEP, SMALL_STEP = 0.05, 0.01
HELP = "Drag or ← → to wipe · ↑ ↓ for other draws · P to pin · Esc to go back"
BELOW = 40.0
"""Room for two lines of words."""


class WipeView(QWidget):
    """Left of the divider the original, right of it the draw.

    Left and right move the divider (with Shift by little), Home and End show one of the two, up
    and down go to other draws (`stepped` carries -1 or 1), P asks to pin, Esc to go `back`.
    """

    back = Signal()
    stepped = Signal(int)
    pin = Signal()
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tile: Tile | None = None
        self._share = 0.5
        self._exact = False
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setMinimumSize(290, 240)
        self.setAccessibleName("Original and draw")

    def show_tile(self, tile: Tile) -> None:
        """Show this draw; the divider stays."""
        self._tile = tile
        self.setAccessibleDescription(tile.details)
        self.update()

    def set_exact(self, exact: bool) -> None:
        """Enlarge by a whole number, so that each pixel of the network's image is a square."""
        self._exact = exact
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    @property
    def tile(self) -> Tile | None:
        """What is shown."""
        return self._tile

    @property
    def share(self) -> float:
        """Where the divider is, 0 (all draw) to 1 (all original)."""
        return self._share

    def set_share(self, share: float) -> None:
        """Move the divider."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def place(self) -> QRectF:
        """Where the picture is."""
        room = QRectF(0, 0, self.width(), max(1.0, self.height() - BELOW))
        if self._tile is None:
            return room
        size = self._tile.picture.size()
        place = fitted(QSizeF(size), room)
        if self._exact:
            ratio = self.devicePixelRatioF()
            factor = int(place.width() * ratio / max(1, size.width()))
            if factor >= 1:
                width, height = size.width() * factor / ratio, size.height() * factor / ratio
                left, top = int((room.width() - width) / 2), int((room.height() - height) / 2)
                return QRectF(left, top, width, height)
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both pictures, the divider and what was drawn."""
        tile = self._tile
        if tile is None:
            return
        painter, place = QPainter(self), self.place()
        at = place.left() + self._share * place.width()
        enlarged = place.width() * self.devicePixelRatioF() / max(1, tile.picture.width())
        hint = QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHint(hint, enlarged < ENLARGED_AS_PIXELS and not self._exact)
        painter.drawImage(place, tile.picture)
        painter.save()
        painter.setClipRect(QRectF(place.left(), place.top(), at - place.left(), place.height()))
        painter.drawImage(place, tile.original)
        painter.restore()
        left, right = QRectF(place), QRectF(place)
        left.setRight(at)
        right.setLeft(at)
        if left.width() > 80:
            paint_pill(painter, left, "original")
        if right.width() > 80:
            paint_pill(painter, right, tile.title or "draw")
            paint_cautions(painter, right, tile.cautions)
        self._paint_divider(painter, place, at)
        name = tile.sample.key.rsplit("/", 1)[-1]
        first = "   ".join(filter(None, (name, tile.shares, tile.label)))
        second = tile.cautions[0].sentence if tile.cautions else tile.values or HELP
        # Words are as wide as the picture, unless that is too narrow for them.
        words = (
            place if place.width() > 360 else QRectF(0, place.top(), self.width(), place.height())
        )
        color = self._theme.warn if tile.cautions else self._theme.muted
        paint_lines(painter, words, ((first, self._theme.text), (second, color)))
        painter.end()

    def _paint_divider(self, painter: QPainter, place: QRectF, at: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        # A light line between two dark ones is seen on any picture.
        painter.setBrush(QColor(GROUND))
        painter.drawRect(QRectF(at - 2, place.top(), 4, place.height()))
        painter.setBrush(QColor(WORDS))
        painter.drawRect(QRectF(at - 1, place.top(), 2, place.height()))
        middle = QPointF(at, place.center().y())
        painter.setBrush(QColor(GROUND))
        painter.drawEllipse(middle, 14, 14)
        painter.setBrush(QColor(WORDS))
        for side in (-1, 1):
            tip = middle + QPointF(side * 9, 0)
            back = middle + QPointF(side * 4, 0)
            painter.drawPolygon([tip, back + QPointF(0, 4), back - QPointF(0, 4)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The divider goes where the pointer is."""
        self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The divider follows."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(event)

    def _move(self, event: QMouseEvent) -> None:
        place = self.place()
        self.set_share((event.position().x() - place.left()) / max(1.0, place.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Wipe, step, pin, draw again or go back."""
        little = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = SMALL_STEP if little else STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.set_share(self._share - step)
            case Qt.Key.Key_Right:
                self.set_share(self._share + step)
            case Qt.Key.Key_Home:
                self.set_share(0.0)
            case Qt.Key.Key_End:
                self.set_share(1.0)
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_P:
                self.pin.emit()
            case Qt.Key.Key_Space:
                self.again.emit()
            case Qt.Key.Key_Escape:
                self.back.emit()
            case _:
                super().keyPressEvent(event)
