"""The picture wall of the preview: the original and draws around it, to look at and to choose."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.gui.augmentation.tile_painter import (
    PIN,
    paint_cautions,
    paint_focus,
    paint_lines,
    paint_pill,
    paint_pin,
    pin_place,
    shares_within,
)
from cnnstudio.gui.augmentation.tiles import Tile, Tiles
from cnnstudio.gui.augmentation.wall import ENOUGH, LIKED, LINES, arrange, arrange_exactly
from cnnstudio.gui.dataset.pictures import paint_rounded, paint_skeleton
from cnnstudio.gui.fonts import font
from cnnstudio.gui.theme import LIGHT, Theme

RADIUS = 6.0


class TileView(QWidget):
    """Paints the wall and says what a person does on it.

    `room_changed` carries how many draws fit; `again` asks for other draws; `opened` and `pinned`
    carry the number of a tile, counted from the first that was handed over.
    """

    room_changed = Signal(int)
    again = Signal()
    opened = Signal(int)
    pinned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._tiles: Tiles | None = None
        self._original_words = ("", "")
        self._image = (96, 96)
        self._liked = LIKED
        self._exact = False
        self._first = 0
        self._at: int | None = None
        self._under: int | None = None
        self._pressed: int | None = None
        self._wall = arrange(700, 600, 1.0)
        self._words = ""
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(290, 240)
        self.setAccessibleName("Augmentation preview")

    # ---- setters ----

    def show_tiles(self, tiles: Tiles, original_words: tuple[str, str]) -> None:
        """Show these draws; `original_words` stand under the original."""
        self._tiles, self._original_words = tiles, original_words
        self._words = ""
        self._liked = max(1, len(tiles.tiles)) if tiles.wanted.ends else LIKED
        self._arrange()
        if self._first >= max(1, len(tiles.tiles)):
            self._first = 0
        self.setAccessibleDescription("; ".join(tile.label for tile in tiles.tiles))
        self.update()

    def show_words(self, words: str) -> None:
        """Show a sentence instead: why there is nothing to see."""
        self._tiles, self._words = None, words
        self.update()

    def set_image_size(self, size: tuple[int, int]) -> None:
        """(height, width) of the network's images."""
        if size != self._image:
            self._image = size
            self._arrange()

    def set_exact(self, exact: bool) -> None:
        """Show each pixel of the network's images as a whole number of the screen's."""
        if exact != self._exact:
            self._exact = exact
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def turn_page(self) -> None:
        """Show the tiles that did not fit, from the first again after the last."""
        count = len(self._tiles.tiles) if self._tiles else 0
        following = self._first + self.room
        self._first = following if following < count else 0
        self._at = None
        self.update()

    # ---- what there is ----

    @property
    def tiles(self) -> Tiles | None:
        """What is shown, None while there is nothing."""
        return self._tiles

    @property
    def room(self) -> int:
        """Draws that fit."""
        return self._wall.draws

    @property
    def is_exact(self) -> bool:
        """Whether single pixels are shown; larger images than the room are shrunk instead."""
        return self._wall.exact

    def sizeHint(self) -> QSize:
        """The wall at 1440 pixels."""
        return QSize(776, 600)

    def place_of(self, number: int) -> QRectF | None:
        """Where the tile of that number is painted, None where it is not on this page."""
        cells = self._wall.cells()
        if not 0 <= number - self._first < len(cells):
            return None
        return self._wall.place(*cells[number - self._first], self.width())

    def tile_at(self, point: QPointF) -> int | None:
        """The number of the tile under a point."""
        count = len(self._tiles.tiles) if self._tiles else 0
        for number in range(self._first, min(count, self._first + self.room)):
            place = self.place_of(number)
            if place is not None and place.contains(point):
                return number
        return None

    def _arrange(self) -> None:
        before = self._wall
        width, height = max(1, self.width()), max(1, self.height())
        made = None
        if self._exact:
            ratio, ends = self.devicePixelRatioF(), self._liked != LIKED
            enough = min(self._liked, 2 * LIKED) if ends else ENOUGH
            made = arrange_exactly(width, height, self._image, ratio, enough)
        aspect = self._image[1] / self._image[0]
        self._wall = made or arrange(width, height, aspect, self._liked)
        self.update()
        if self._wall.draws != before.draws:
            self.room_changed.emit(self._wall.draws)

    # ---- painting ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the original, the draws and their words."""
        painter = QPainter(self)
        theme = self._theme
        if self._words:
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(40, 0, -40, 0), flags, self._words)
            painter.end()
            return
        tiles, wall = self._tiles, self._wall
        ground = QColor(theme.mixed("surface", "text", 0.07))
        radius = 0.0 if wall.exact else RADIUS
        place = wall.place(0, 0, self.width(), wall.span)
        if tiles is None:
            paint_skeleton(painter, place, ground, radius)
        else:
            paint_rounded(painter, tiles.original, place, radius)
            paint_pill(painter, place, "original")
            first, second = self._original_words
            lines = ((first, theme.text), (tiles.values or second, theme.muted))
            paint_lines(painter, place, lines, strong=True)
        shown = tiles.tiles[self._first :] if tiles is not None else ()
        for number, cell in enumerate(wall.cells()):
            place = wall.place(*cell, self.width())
            if number < len(shown):
                self._paint_tile(painter, place, shown[number], number + self._first, radius)
            elif tiles is None or not tiles.wanted.ends:
                paint_skeleton(painter, place, ground, radius)
        painter.end()

    def _paint_tile(
        self, painter: QPainter, place: QRectF, tile: Tile, number: int, radius: float
    ) -> None:
        paint_rounded(painter, tile.picture, place, radius)
        lit = number == self._under
        on_it = number == self._at and self.hasFocus()
        pin = tile.epoch is not None and (tile.pinned or lit or on_it)
        if tile.title:
            paint_pill(painter, place, tile.title, PIN if pin else 0.0)
        if pin:
            paint_pin(painter, place, tile.pinned, lit)
        paint_cautions(painter, place, tile.cautions)
        if on_it:
            paint_focus(painter, place, self._theme, radius)
        muted, text = self._theme.muted, self._theme.text
        if tile.shares or tile.values:
            shares = shares_within(painter, tile.shares, place.width())
            first = "  ".join(filter(None, (shares, tile.label if tile.values else "")))
            second = tile.values or tile.label
            tones = (text, muted) if tile.shares else (muted, text)
            paint_lines(painter, place, ((first, tones[0]), (second, tones[1])))
            return
        words = QRectF(place.left(), place.bottom() + 4, place.width(), LINES - 6)
        painter.setFont(font(11, tabular=True))
        painter.setPen(QColor(muted))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, unbroken(tile.label))

    # ---- events ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the wall anew."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Explain a tile when the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.details_at(event.pos().toPointF())
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def details_at(self, point: QPointF) -> str:
        """What was drawn for the tile under a point."""
        number = self.tile_at(point)
        if number is None or self._tiles is None:
            return ""
        tile = self._tiles.tiles[number]
        if self._on_pin(number, point):
            return "Let this draw go (P)" if tile.pinned else "Keep this draw on the wall (P)"
        return f"{tile.details}\nClick to compare it with the original."

    def _on_pin(self, number: int, point: QPointF) -> bool:
        place = self.place_of(number)
        if place is None or self._tiles is None or self._tiles.tiles[number].epoch is None:
            return False
        return pin_place(place).contains(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the pin of the tile under the pointer."""
        self._set_under(self.tile_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._set_under(None)

    def _set_under(self, number: int | None) -> None:
        if number != self._under:
            self._under = number
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(Qt.CursorShape.ArrowCursor if number is None else hand)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember which tile was pressed."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = self.tile_at(event.position()) if left else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens a tile, on its pin it keeps it."""
        pressed, self._pressed = self._pressed, None
        number = self.tile_at(event.position())
        if number is None or number != pressed:
            return
        self._at = number
        (self.pinned if self._on_pin(number, event.position()) else self.opened).emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space draws again, arrows go from tile to tile, Enter opens, P pins."""
        key, number = event.key(), self._at if self._under is None else self._under
        if key == Qt.Key.Key_Space:
            self.again.emit()
        elif key in _STEPS and self._tiles is not None and self._tiles.tiles:
            self._step(*_STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.opened.emit(self._at)
        elif key == Qt.Key.Key_P and number is not None:
            self.pinned.emit(number)
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, right: int) -> None:
        """Go to the nearest tile in that direction, to the first one where none was chosen."""
        assert self._tiles is not None
        cells = self._wall.cells()[: len(self._tiles.tiles) - self._first]
        if self._at is None or not 0 <= self._at - self._first < len(cells):
            self._at = self._first
        else:
            row, column = cells[self._at - self._first]
            ahead = [
                (abs(r - row) + abs(c - column), number)
                for number, (r, c) in enumerate(cells)
                if (r - row) * down + (c - column) * right > 0
                and (r == row if right else c == column)
            ]
            if ahead:
                self._at = self._first + min(ahead)[1]
        self.update()


_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


def unbroken(label: str) -> str:
    """The label with breaks between values only, never between a number and its unit."""
    return "  ".join(part.replace(" ", "\u00a0") for part in label.split("  "))
