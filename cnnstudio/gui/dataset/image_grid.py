"""The grid of thumbnails: only what is on the screen is decoded and painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.gui.dataset.pictures import paint_rounded, paint_skeleton
from cnnstudio.gui.fonts import font
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.thumbnails import Thumbnails

GAP = 8
RADIUS = 6
CAPTION = 20
MARKS = {"validation": "val", "test": "test"}


class ImageGrid(QAbstractScrollArea):
    """Square tiles in as many columns as fit; arrows, Home, End and page keys move the choice.

    `chosen` carries the Sample that a person picked.
    """

    chosen = Signal(object)

    def __init__(self, thumbnails: Thumbnails, side: int, *, captions: bool) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._least = side
        self._caption = CAPTION if captions else 0
        self._samples: Sequence[Sample] = ()
        self._names: tuple[str, ...] = ()
        self._at: dict[str, int] = {}
        self._current = -1
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumSize(2 * side + GAP + 12, side)
        self.setAccessibleName("Images")
        self.viewport().setAutoFillBackground(False)
        thumbnails.arrived.connect(self.viewport().update)

    # ---- what is shown ----

    def set_samples(self, samples: Sequence[Sample], class_names: tuple[str, ...]) -> None:
        """Show these images from the top; the current one stays current if it is among them."""
        key = self._samples[self._current].key if self._current >= 0 else None
        self._samples, self._names = samples, class_names
        self._at = {sample.key: place for place, sample in enumerate(samples)}
        self._current = self._at.get(key, -1) if key is not None else -1
        self._measure()
        if self._current < 0:
            self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def set_current(self, sample: Sample | None) -> None:
        """Mark this image and bring it into view. Never emits."""
        self._current = self._at.get(sample.key, -1) if sample is not None else -1
        self.setAccessibleDescription(self._words(self._current))
        self._reveal()
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.viewport().update()

    def samples(self) -> Sequence[Sample]:
        """What is shown, in order."""
        return self._samples

    # ---- geometry ----

    def columns(self) -> int:
        """Tiles in a row."""
        return max(1, (self.viewport().width() + GAP) // (self._least + GAP))

    def tile(self, place: int) -> QRect:
        """Where the picture of the image at `place` lies in the viewport."""
        columns, side = self.columns(), self._side()
        row, column = divmod(place, columns)
        top = row * self._pitch() - self.verticalScrollBar().value()
        return QRect(column * (side + GAP), top, side, side)

    def _side(self) -> int:
        columns = self.columns()
        return max(16, (self.viewport().width() - (columns - 1) * GAP) // columns)

    def _pitch(self) -> int:
        return self._side() + self._caption + GAP

    def _measure(self) -> None:
        rows = -(-len(self._samples) // self.columns())
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, rows * self._pitch() - GAP - height))
        bar.setPageStep(max(1, height))
        bar.setSingleStep(max(1, self._pitch() // 3))

    def _visible(self) -> range:
        top, pitch = self.verticalScrollBar().value(), self._pitch()
        first = top // pitch * self.columns()
        last = ((top + self.viewport().height()) // pitch + 1) * self.columns()
        return range(min(first, len(self._samples)), min(last, len(self._samples)))

    def _reveal(self) -> None:
        if self._current < 0 or not self.isVisible():
            return
        tile = self.tile(self._current)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top())
        elif tile.bottom() + self._caption > height:
            bar.setValue(bar.value() + tile.bottom() + self._caption - height + 2)

    def _place_at(self, point: QPoint) -> int:
        for place in self._visible():
            if self.tile(place).adjusted(0, 0, 0, self._caption).contains(point):
                return place
        return -1

    # ---- painting ----

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what an image is when the pointer rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._place_at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(place), self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles on the screen; those without a picture ask for it."""
        painter = QPainter(self.viewport())
        # The topmost row is asked for last, so it is decoded first.
        for place in reversed(self._visible()):
            self._paint_tile(painter, place)
        painter.end()

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        theme, sample = self._theme, self._samples[place]
        tile = QRectF(self.tile(place))
        picture = self._thumbnails.get(sample)
        if picture is not None:
            paint_rounded(painter, picture, tile, RADIUS)
        else:
            paint_skeleton(painter, tile, QColor(theme.mixed("surface", "text", 0.07)), RADIUS)
            if self._thumbnails.reason(sample):
                painter.setPen(theme.color("error"))
                painter.setFont(font(11))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(tile.adjusted(6, 6, -6, -6), flags, "cannot be read")
        if sample.split in MARKS:
            self._paint_mark(painter, tile, MARKS[sample.split])
        if place == self._current:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("surface"), 2))
            painter.drawRoundedRect(tile.adjusted(3, 3, -3, -3), RADIUS - 3, RADIUS - 3)
            painter.setPen(QPen(theme.color("accent"), 2.5 if self.hasFocus() else 2))
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
        if self._caption:
            painter.setFont(font(11))
            painter.setPen(theme.color("text" if place == self._current else "muted"))
            line = QRectF(tile.left(), tile.bottom() + 2, tile.width(), self._caption - 2)
            name = self._names[sample.label] if sample.label < len(self._names) else ""
            words = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideMiddle, int(line.width())
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)

    def _paint_mark(self, painter: QPainter, tile: QRectF, words: str) -> None:
        """The part of an image that does not train, in its corner."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(10, strong=True))
        width = painter.fontMetrics().horizontalAdvance(words) + 10
        place = QRectF(tile.right() - width - 4, tile.top() + 4, width, 15)
        ground = QColor("#16181D")
        ground.setAlphaF(0.78)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, 7.5, 7.5)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _words(self, place: int) -> str:
        if not 0 <= place < len(self._samples):
            return ""
        sample = self._samples[place]
        words = f"{sample.key}\n{self._names[sample.label]} · {SPLIT_NAMES[sample.split]}"
        reason = self._thumbnails.reason(sample)
        return f"{words}\n{reason}" if reason else words

    # ---- gestures ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        place = self._place_at(event.position().toPoint())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice."""
        columns, last = self.columns(), len(self._samples) - 1
        page = max(1, self.viewport().height() // self._pitch()) * columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self._samples),
            Qt.Key.Key_End: len(self._samples),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or last < 0:
            super().keyPressEvent(event)
            return
        wanted = self._current + step
        if abs(step) == columns and not 0 <= wanted <= last:
            return
        self._choose(min(last, max(0, wanted)))

    def _choose(self, place: int) -> None:
        self._current = place
        self.setAccessibleDescription(self._words(place))
        self._reveal()
        self.viewport().update()
        self.chosen.emit(self._samples[place])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the columns anew and keep the chosen image in view."""
        super().resizeEvent(event)
        self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the chosen image into view when the stage is entered."""
        super().showEvent(event)
        self._measure()
        self._reveal()
