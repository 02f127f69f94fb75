"""A heat map: rows of names over one axis of steps, one colour for each value, with its legend.

The whole map is one small picture, a column a pixel, that is scaled; never one item a cell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from cnnstudio.gui.fonts import BODY, CAPTION, font
from cnnstudio.gui.pane import ToolButton
from cnnstudio.gui.plots import paint
from cnnstudio.gui.plots.chart import plain_ticks
from cnnstudio.gui.plots.heat_legend import legend
from cnnstudio.gui.plots.heat_scale import HeatScale, share_scale
from cnnstudio.gui.plots.paint import FLAT, MIDDLE, Tick
from cnnstudio.gui.plots.saving import PlotFiles
from cnnstudio.gui.plots.scale import number_words
from cnnstudio.gui.theme import LIGHT, Theme

Floats = NDArray[np.float64]

TOP, BOTTOM, RIGHT, BUTTON = 38, 42, 12, 24
NARROWEST_NAMES, WIDEST_NAMES = 48, 148
LARGEST_ROW = 44
ROW_WITH_GAP = 6
"""Pixels of a row from which a gap parts it from the next."""
ROW_WITH_NAME = 11
SMALLEST = QSize(160, 120)
FEWEST_POINTS = 560
"""Width of a saved figure at least."""


class HeatMap(QWidget):
    """Give it rows with `show_rows`, then call `redraw`; `spent` tells what drawing cost.

    A value holds around its step, half way to the next sample, and up to the last step.
    """

    spent = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._names: tuple[str, ...] = ()
        self._x: Floats = np.empty(0)
        self._values: Floats = np.empty((0, 0))
        self._end = 0.0
        self._span = (0.0, 1.0)
        self._cursor: QPointF | None = None
        self._is_new = False
        self._picture: tuple[tuple[object, ...], QImage] | None = None
        self.scale: HeatScale = share_scale()
        self.caption = ""
        """What the colours stand for, beside the legend."""
        self.message = self.submessage = ""
        self.axis_captions: tuple[str, ...] = ()
        self.ticks_of: Callable[[float, float, int], list[Tick]] = plain_ticks
        self.words_at: Callable[[float], str] = number_words
        self.title = ""
        """Heads the figure and names the file that it is saved to."""
        self.places: Callable[[Floats], Mapping[str, Floats]] = lambda x: {"x": x}
        """The places of the axis in the units of the table that it is saved to."""
        self.files = PlotFiles(self, self)
        self.menu_button = ToolButton("download", "Save the map as PNG, SVG or CSV")
        self.menu_button.setParent(self)
        self.menu_button.clicked.connect(self._open_menu)
        self.setMouseTracking(True)
        self.setMinimumSize(SMALLEST)

    # ---- what is shown

    def show_rows(self, names: Sequence[str], x: Floats, values: Floats, end: float) -> None:
        """Rows by name, first at the top: places float64[n], ascending, and float64[rows, n].

        NaN: not measured; infinity: no finite number. The last value holds up to the place `end`.
        """
        self._names, self._x, self._values, self._end = tuple(names), x, values, end
        self._picture = None

    def set_span(self, low: float, high: float) -> None:
        """The whole axis."""
        if high > low and (low, high) != self._span:
            self._span = (low, high)
            self._picture = None

    def redraw(self) -> None:
        """Draw what was given."""
        self._is_new = True
        self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """The rows, first at the top."""
        return self._names

    @property
    def values(self) -> Floats:
        """float64[rows, n]."""
        return self._values

    @property
    def natural_height(self) -> int:
        """The height at which no row is higher than it is useful; 0 without rows."""
        return TOP + LARGEST_ROW * len(self._names) + BOTTOM if self._names else 0

    @property
    def theme(self) -> Theme:
        """The colours it is drawn in."""
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        """Colour everything."""
        self._theme = theme
        self.menu_button.set_theme(theme)
        self.update()

    def words_under(self, place: QPointF) -> tuple[str, str, str] | None:
        """When, which row, and its value under a point of the widget; None beside the map."""
        area = self._area(self.size())
        if not self.has_data or not area.contains(place):
            return None
        row = min(int((place.y() - area.top()) / area.height() * len(self._names)), self._rows - 1)
        low, high = self._span
        x = low + (place.x() - area.left()) / area.width() * (high - low)
        if x > max(self._end, float(self._x[-1])):
            return None
        sample = int(np.abs(self._x - x).argmin())
        value = float(self._values[row, sample])
        words = "not measured" if np.isnan(value) else self.scale.fine(value)
        words = "no number" if np.isinf(value) else words
        return self.words_at(float(self._x[sample])), self._names[row], words

    # ---- saving

    @property
    def has_data(self) -> bool:
        """Whether there is a map."""
        return bool(self._names) and bool(len(self._x))

    def content(self, kind: str) -> bytes:
        """The map as a file: a figure on white as png or svg, or its numbers as csv."""
        # Imported here: what makes files is not needed to open the window.
        from cnnstudio.gui.plots import figure, table

        if kind == "csv":
            lines = {
                name: (self._x, row) for name, row in zip(self._names, self._values, strict=True)
            }
            return table.as_csv(lines, self.places(table.rows(lines))).encode("utf-8")
        size = QSize(max(self.width(), FEWEST_POINTS), self.natural_height)
        head, margin = round(figure.TITLE), round(figure.MARGIN)

        def draw(painter: QPainter) -> None:
            painter.translate(margin, margin)
            figure.heading(painter, self.title, size.width())
            painter.translate(0, head)
            self._paint(painter, size, LIGHT, figure.FINE)

        whole = size + QSize(2 * margin, head + 2 * margin)
        return (
            figure.pixels(whole, draw) if kind == "png" else figure.drawing(whole, self.title, draw)
        )

    def _open_menu(self) -> None:
        corner = self.menu_button.rect().bottomLeft()
        self.files.open_at(self.menu_button.mapToGlobal(corner))

    # ---- painting

    @property
    def _rows(self) -> int:
        return len(self._names)

    def _area(self, size: QSize) -> QRectF:
        metrics = QFontMetricsF(font(CAPTION, tabular=True))
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        left = min(max(widest + 12, NARROWEST_NAMES), WIDEST_NAMES, size.width() / 3)
        room = max(size.height() - TOP - BOTTOM, 1)
        height = min(room, LARGEST_ROW * self._rows) if self._rows else room
        return QRectF(left, TOP, max(size.width() - left - RIGHT, 1.0), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the map, and tell what it cost where there was something new."""
        begun = time.perf_counter()
        painter = QPainter(self)
        if self.message:
            whole = QRectF(self.rect())
            paint.message(painter, self._theme, whole, self.message, self.submessage)
        elif self.has_data:
            self._paint(painter, self.size(), self._theme, self.devicePixelRatioF())
            if self._cursor is not None:
                self._paint_cursor(painter, self._cursor)
        painter.end()
        if self._is_new:
            self._is_new = False
            self.spent.emit(time.perf_counter() - begun)

    def _paint(self, painter: QPainter, size: QSize, theme: Theme, ratio: float) -> None:
        area = self._area(size)
        low, high = self._span
        painter.drawImage(area, self._image(theme, max(1, int(area.width() * ratio))))
        row = area.height() / self._rows
        if row >= ROW_WITH_GAP:
            for index in range(1, self._rows):
                gap = QRectF(area.left(), area.top() + index * row - 0.5, area.width(), 1)
                painter.fillRect(gap, theme.color("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(CAPTION, tabular=True))
        painter.setPen(theme.color("text"))
        every = max(1, -(-ROW_WITH_NAME // max(int(row), 1)))
        metrics = QFontMetricsF(painter.font())
        for index in range(0, self._rows, every):
            middle = area.top() + (index + 0.5) * row
            box = QRectF(0, middle - 8, area.left() - 8, 16)
            words = metrics.elidedText(
                self._names[index], Qt.TextElideMode.ElideMiddle, box.width()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | MIDDLE, words)
        at = self.ticks_of(low, high, max(2, int(area.width() / 64)))
        x_of = partial(_x_of, area=area, span=self._span)
        paint.axis(painter, theme, area, at, x_of, self.axis_captions)
        self._paint_head(painter, QRectF(0, 0, size.width() - BUTTON - 8, TOP), theme)

    def _paint_head(self, painter: QPainter, box: QRectF, theme: Theme) -> None:
        """The legend at the right, and beside it what its colours stand for."""
        broken = bool(np.isinf(self._values).any())
        left = legend(painter, theme, box, self.scale, broken)
        painter.setFont(font(BODY, strong=True))
        painter.setPen(theme.color("text"))
        words = QFontMetricsF(painter.font()).elidedText(
            self.caption, Qt.TextElideMode.ElideRight, max(left, 0.0)
        )
        painter.drawText(QRectF(0, 0, max(left, 0.0), 18), FLAT, words)

    def _image(self, theme: Theme, count: int) -> QImage:
        key = (count, theme.name, self.scale)
        if self._picture is None or self._picture[0] != key:
            spread = spread_out(self._x, self._values, self._span, self._end, count)
            pixels = np.ascontiguousarray(self.scale.pixels(spread, theme))
            form = QImage.Format.Format_ARGB32
            image = QImage(pixels.tobytes(), count, self._rows, 4 * count, form).copy()
            self._picture = (key, image)
        return self._picture[1]

    def _paint_cursor(self, painter: QPainter, cursor: QPointF) -> None:
        told = self.words_under(cursor)
        if told is None:
            return
        when, name, value = told
        # The card may reach a little over the right edge of a chart; here there is no room for it.
        area = self._area(self.size()).adjusted(0, 0, RIGHT - 80, 0)
        rows = [(self._theme.color("control"), name, value)]
        paint.crosshair(painter, self._theme, area, cursor, when, rows, ())

    # ---- a person's gestures

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing any more."""
        self._cursor = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Save it, as any plot."""
        self.files.open_at(event.globalPos())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the small button in its corner."""
        super().resizeEvent(event)
        self.menu_button.setGeometry(self.width() - BUTTON, -4, BUTTON, BUTTON)


def spread_out(
    x: Floats, values: Floats, span: tuple[float, float], end: float, count: int
) -> Floats:
    """float64[rows, count]: the value of the sample that is nearest to each of so many columns.

    Takes places float64[n], ascending, and values float64[rows, n]. Where several samples fall
    into one column, the largest is shown, so that no peak and no break is lost; after `end` and
    the last sample there is nothing (NaN).
    """
    low, high = span
    found = np.full((len(values), count), np.nan)
    if not len(x) or high <= low:
        return found
    scale = count / (high - low)
    column = np.clip(np.floor((x - low) * scale), 0, count - 1).astype(np.int64)
    first = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    largest = np.fmax.reduceat(values, first, axis=1)
    taken = column[first]
    nearest = np.searchsorted((taken[1:] + taken[:-1]) / 2, np.arange(count))
    last = min(max(int(np.ceil((end - low) * scale)), int(taken[-1]) + 1), count)
    found[:, :last] = largest[:, nearest[:last]]
    return found


def _x_of(value: float, area: QRectF, span: tuple[float, float]) -> float:
    return area.left() + (value - span[0]) / (span[1] - span[0]) * area.width()
