"""The picture wall of the preview: the original at twice the size, draws around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.gui.augmentation.tiles import Tiles
from cnnstudio.gui.dataset.pictures import paint_rounded, paint_skeleton
from cnnstudio.gui.fonts import font
from cnnstudio.gui.theme import LIGHT, Theme

GAP, MOST_GAP, LINES = 12, 28.0, 34
LEAST, MOST = 84, 230
LIKED = 12
"""About as many draws as one takes in at a glance."""


@dataclass(frozen=True, slots=True)
class Wall:
    """Columns, rows and the size of a tile."""

    columns: int
    rows: int
    tile: QSizeF

    @property
    def draws(self) -> int:
        """Cells left beside the original, which takes two by two."""
        return max(1, self.columns * self.rows - 4)

    def cells(self) -> list[tuple[int, int]]:
        """(row, column) of each draw."""
        return [
            (row, column)
            for row in range(self.rows)
            for column in range(self.columns)
            if row > 1 or column > 1
        ]


def arrange(width: float, height: float, aspect: float) -> Wall:
    """The wall that fills the room best with tiles of that aspect (width divided by height)."""
    best, best_score = Wall(3, 2, QSizeF(LEAST, LEAST / aspect)), -1.0
    for columns in range(3, 9):
        for rows in range(2, 8):
            tile_width = min(
                (width - (columns - 1) * GAP) / columns,
                ((height - (rows - 1) * GAP) / rows - LINES) * aspect,
                float(MOST),
            )
            if tile_width < LEAST:
                continue
            covered = columns * rows * tile_width * tile_width / aspect / (width * height)
            draws = columns * rows - 4
            score = covered - 0.015 * abs(draws - LIKED)
            if score > best_score:
                best = Wall(columns, rows, QSizeF(tile_width, tile_width / aspect))
                best_score = score
    return best


class TileView(QWidget):
    """Paints the wall. `room_changed` carries how many draws fit; `again` asks for other draws."""

    room_changed = Signal(int)
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tiles: Tiles | None = None
        self._titles: tuple[str, ...] = ()
        self._original_words = ("", "")
        self._aspect = 1.0
        self._wall = arrange(700, 600, 1.0)
        self._words = ""
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(290, 240)
        self.setAccessibleName("Augmentation preview")

    def show_tiles(
        self, tiles: Tiles, titles: tuple[str, ...], original_words: tuple[str, str]
    ) -> None:
        """Show these draws; `titles` stand on the tiles, `original_words` under the original."""
        self._tiles, self._titles, self._original_words = tiles, titles, original_words
        self._words = ""
        self.setAccessibleDescription("; ".join(tile.label for tile in tiles.tiles))
        self.update()

    def show_words(self, words: str) -> None:
        """Show a sentence instead: why there is nothing to see."""
        self._tiles, self._words = None, words
        self.update()

    def set_aspect(self, aspect: float) -> None:
        """Width divided by height of the network's images."""
        if aspect != self._aspect:
            self._aspect = aspect
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    @property
    def room(self) -> int:
        """Draws that fit."""
        return self._wall.draws

    def sizeHint(self) -> QSize:
        """The wall at 1440 pixels."""
        return QSize(776, 600)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the wall anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        before = self._wall.draws
        self._wall = arrange(max(1, self.width()), max(1, self.height()), self._aspect)
        self.update()
        if self._wall.draws != before:
            self.room_changed.emit(self._wall.draws)

    def _gap(self) -> float:
        """Between columns: what is left of the width, unless that tears the wall apart."""
        wall = self._wall
        rest = self.width() - wall.columns * wall.tile.width()
        return max(0.0, min(MOST_GAP, rest / (wall.columns - 1)))

    def _cell(self, row: int, column: int, span: int = 1) -> QRectF:
        """The picture's place; its words stand below."""
        size, gap = self._wall.tile, self._gap()
        whole = self._wall.columns * size.width() + (self._wall.columns - 1) * gap
        left = max(0.0, (self.width() - whole) / 2)
        x = left + column * (size.width() + gap)
        y = row * (size.height() + LINES + GAP)
        width = span * size.width() + (span - 1) * gap
        height = span * size.height() + (span - 1) * (LINES + GAP)
        return QRectF(x, y, width, min(height, width / self._aspect))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the original, the draws and their words."""
        painter = QPainter(self)
        theme = self._theme
        ground = QColor(theme.mixed("surface", "text", 0.07))
        if self._words:
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(40, 0, -40, 0), flags, self._words)
            painter.end()
            return
        tiles = self._tiles
        place = self._cell(0, 0, span=2)
        if tiles is None:
            paint_skeleton(painter, place, ground, 6)
        else:
            paint_rounded(painter, tiles.original, place, 6)
            self._pill(painter, place, "original")
            self._caption(painter, place, *self._original_words)
        for number, (row, column) in enumerate(self._wall.cells()):
            place = self._cell(row, column)
            if tiles is None or number >= len(tiles.tiles):
                paint_skeleton(painter, place, ground, 6)
                continue
            tile = tiles.tiles[number]
            paint_rounded(painter, tile.picture, place, 6)
            if number < len(self._titles):
                self._pill(painter, place, self._titles[number])
            words = QRectF(place.left(), place.bottom() + 4, place.width(), LINES - 6)
            painter.setFont(font(11, tabular=True))
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(words, flags, _unbroken(tile.label))
        painter.end()

    def _caption(self, painter: QPainter, place: QRectF, first: str, second: str) -> None:
        line = QRectF(place.left(), place.bottom() + 4, place.width(), 15)
        for words, color in ((first, "text"), (second, "muted")):
            painter.setFont(font(11, strong=color == "text"))
            painter.setPen(self._theme.color(color))
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.translate(0, 15)

    def _pill(self, painter: QPainter, place: QRectF, words: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(10, strong=True))
        width = painter.fontMetrics().horizontalAdvance(words) + 12
        pill = QRectF(place.left() + 6, place.top() + 6, width, 16)
        ground = QColor("#16181D")
        ground.setAlphaF(0.78)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(pill, 8, 8)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    def event(self, event: QEvent) -> bool:
        """Explain a tile when the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.details_at(event.pos()), self)
            return True
        return super().event(event)

    def details_at(self, point: QPoint) -> str:
        """What was drawn for the tile under a point."""
        if self._tiles is None:
            return ""
        for tile, (row, column) in zip(self._tiles.tiles, self._wall.cells(), strict=False):
            if self._cell(row, column).contains(point.toPointF()):
                return tile.details
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space draws again."""
        if event.key() == Qt.Key.Key_Space:
            self.again.emit()
        else:
            super().keyPressEvent(event)


def _unbroken(label: str) -> str:
    """The label with breaks between values only, never between a number and its unit."""
    return "  ".join(part.replace(" ", "\u00a0") for part in label.split("  "))
