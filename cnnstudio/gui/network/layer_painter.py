"""Draws the rows of the layer list: a figure of the output, the words, shape and parameters."""

from __future__ import annotations

from math import log2, prod, sqrt

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnnstudio.gui.fonts import font
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.network.layer_rows import ROW, Row
from cnnstudio.gui.network.words import shape_words
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.layers.layer import Shape

HEIGHT = 31
FIGURE, SHAPE, PARAMETERS = 52, 118, 84
NARROW = 520
"""Below this width the figure gives way to the words."""


class LayerPainter(QStyledItemDelegate):
    """Paints one row as wide as the list; a problem stands below in its own lines."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self.theme: Theme = LIGHT
        self.first_shape: Shape = (1, 1, 1)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Taller where a problem is told."""
        row = index.data(ROW)
        width = max(120, self._view.viewport().width())
        if not isinstance(row, Row) or not row.problem:
            return QSize(80, HEIGHT)
        room = QRect(0, 0, width - self._left(width) - 16, 400)
        words = QFontMetrics(font(12)).boundingRect(room, Qt.TextFlag.TextWordWrap, row.problem)
        return QSize(80, HEIGHT + words.height() + 6)

    def _left(self, width: int) -> int:
        return (FIGURE if width >= NARROW else 0) + 34

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground, figure, words and numbers."""
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        theme, place = self.theme, QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(
            painter, place, row, chosen, bool(option.state & QStyle.StateFlag.State_MouseOver)
        )
        width = option.rect.width()
        left = place.left() + self._left(width)
        line = QRectF(place.left(), place.top(), width, HEIGHT)
        if width >= NARROW:
            cell = QRectF(place.left() + 6, place.top() + 4, FIGURE - 8, HEIGHT - 8)
            self._figure(painter, cell, row)
        ratio = self._view.devicePixelRatioF()
        color = theme.error if row.problem else theme.accent if chosen else theme.muted
        drawing = pixmap(row.icon, color, 16, ratio)
        painter.drawPixmap(QPoint(int(left - 26), int(line.center().y() - 8)), drawing)
        right = self._numbers(painter, line, row)
        self._words(painter, QRectF(left, line.top(), right - left - 8, HEIGHT), row, chosen)
        if row.problem:
            painter.setFont(font(12))
            painter.setPen(theme.color("error"))
            below = place.adjusted(left - place.left(), HEIGHT - 4, -16, 0)
            painter.drawText(below, Qt.TextFlag.TextWordWrap, row.problem)
        painter.restore()

    def _ground(
        self, painter: QPainter, place: QRectF, row: Row, chosen: bool, under_mouse: bool
    ) -> None:
        theme = self.theme
        ground = place.adjusted(0, 1, 0, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if row.problem:
            painter.setBrush(QColor(theme.mixed("surface", "error", 0.12)))
            painter.drawRoundedRect(ground, 6, 6)
        elif chosen:
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(ground, 6, 6)
        elif under_mouse:
            painter.setBrush(QColor(theme.mixed("surface", "text", 0.05)))
            painter.drawRoundedRect(ground, 6, 6)
        if chosen and (self._view.hasFocus() or row.problem):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("error" if row.problem else "accent"), 1))
            painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _figure(self, painter: QPainter, cell: QRectF, row: Row) -> None:
        """A block as high as the image is large and as wide as its channels are many."""
        if row.shape is None:
            return
        color = self.theme.color("error" if row.problem else "training")
        if len(row.shape) == 3:
            height, width, channels = row.shape
            first = max(1.0, sqrt(self.first_shape[0] * self.first_shape[1]))
            tall = max(4.0, cell.height() * min(1.0, sqrt(sqrt(height * width) / first)))
            wide = min(cell.width(), 3.0 + 4.0 * log2(1 + channels))
        else:
            tall, wide = cell.height(), 3.0
            tall = min(tall, 5.0 + 2.0 * log2(1 + prod(row.shape)))
        figure = QRectF(0, 0, wide, tall)
        figure.moveCenter(cell.center())
        ground = QColor(color)
        ground.setAlphaF(0.22)
        painter.setPen(QPen(color, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(figure, 2, 2)

    def _numbers(self, painter: QPainter, line: QRectF, row: Row) -> float:
        """Draw shape and parameters; gives the left end of what they need."""
        theme = self.theme
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12, tabular=True))
        place = QRectF(line.right() - PARAMETERS - 10, line.top(), PARAMETERS, HEIGHT)
        painter.setPen(theme.color("muted"))
        painter.drawText(place, right, row.parameters)
        place = QRectF(place.left() - SHAPE, line.top(), SHAPE, HEIGHT)
        painter.setPen(theme.color("text"))
        painter.drawText(place, right, shape_words(row.shape))
        return place.left()

    def _words(self, painter: QPainter, room: QRectF, row: Row, chosen: bool) -> None:
        theme, left = self.theme, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(13, strong=chosen))
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, left, title)
        room.setLeft(room.left() + metrics.horizontalAdvance(title) + 10)
        painter.setFont(font(12))
        metrics = painter.fontMetrics()
        tags = sum(metrics.horizontalAdvance(tag) + 20 for tag in row.tags)
        painter.setPen(theme.color("muted"))
        space = max(0, int(room.width() - tags))
        words = metrics.elidedText(row.words, Qt.TextElideMode.ElideRight, space)
        if len(words) < min(4, len(row.words)):
            words = ""
        painter.drawText(room, left, words)
        x = room.left() + (metrics.horizontalAdvance(words) + 10 if words else 0)
        for tag in row.tags:
            wide = metrics.horizontalAdvance(tag) + 12
            if x + wide > room.right():
                break
            pill = QRectF(x, room.center().y() - 9, wide, 18)
            color = theme.color("rate")
            ground = QColor(color)
            ground.setAlphaF(0.16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(pill, 9, 9)
            painter.setPen(color)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, tag)
            x += wide + 6
