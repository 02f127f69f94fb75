"""The chart of the program: bands of curves over one shared axis, drawn in the program's own way.

pyqtgraph does the curves, zoom and pan; rules, words, names at the ends and the crosshair are
painted here, because they are what makes a plot legible.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsView, QPushButton

from cnnstudio.gui.fonts import BODY, CAPTION, font
from cnnstudio.gui.pane import ToolButton
from cnnstudio.gui.plots import marks, paint, strokes
from cnnstudio.gui.plots.band import Band
from cnnstudio.gui.plots.lines import Line
from cnnstudio.gui.plots.marks import Mark
from cnnstudio.gui.plots.paint import Tick
from cnnstudio.gui.plots.saving import PlotFiles
from cnnstudio.gui.plots.scale import number_words, ticks
from cnnstudio.gui.theme import LIGHT, Theme

LEFT, RIGHT, TOP, BOTTOM, GAP = 48, 92, 26, 24, 34
SECOND_ROW = 15
BUTTON = 24
Floats = NDArray[np.float64]


class Chart(pg.GraphicsLayoutWidget):
    """Bands below each other over one axis (steps).

    Give the lines their numbers, then call `redraw`; `spent` says how many seconds a drawing
    took, painting included. Wheel and drag zoom and move along the axis; `zoomed` says whether
    the whole is still to be seen, `show_all` goes back to it.
    """

    spent = Signal(float)
    zoomed = Signal(bool)
    message_pressed = Signal()
    """A person clicked the words in the middle of an empty chart."""

    def __init__(
        self, bands: Sequence[Band], right: int = RIGHT, axis_rows: int = 1, left: int = LEFT
    ) -> None:
        super().__init__()
        self.bands = tuple(bands)
        self._theme = LIGHT
        self._span = (0.0, 1.0)
        self._is_zoomed = False
        self._cursor: QPointF | None = None
        self._drawn_for = 0.0
        self._pressed_words = False
        self._vector = False
        self.message = ""
        self.submessage = ""
        self.marks: tuple[Mark, ...] = ()
        self.axis_captions: tuple[str, ...] = ()
        self.ticks_of: Callable[[float, float, int], list[Tick]] = plain_ticks
        self.words_at: Callable[[float], str] = number_words
        self.title = ""
        """Heads the figure and names the file that it is saved to."""
        self.places: Callable[[Floats], Mapping[str, Floats]] = self._plain_places
        """The places of the axis in the units of the table that it is saved to."""
        self.files = PlotFiles(self, self)
        self.setFrameShape(self.Shape.NoFrame)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(QSize(160, 80))
        layout = self.ci.layout
        layout.setContentsMargins(left, TOP, right, BOTTOM + SECOND_ROW * (axis_rows - 1))
        layout.setVerticalSpacing(GAP)
        for row, band in enumerate(self.bands):
            self.ci.addItem(band.view, row, 0)
            if not band.height:
                layout.setRowStretchFactor(row, band.share)
            if row:
                band.view.setXLink(self.bands[0].view)
            band.view.sigRangeChangedManually.connect(self._moved_by_hand)
        self.bands[0].view.sigXRangeChanged.connect(self._range_changed)
        self.menu_button = ToolButton("download", "Save the curves as PNG, SVG or CSV")
        self.menu_button.setParent(self.viewport())
        self.menu_button.clicked.connect(self._open_menu)
        self.back = QPushButton("Show all", self.viewport())
        self.back.setProperty("role", "chip")
        self.back.setToolTip("Show the whole axis again (or double-click the plot)")
        self.back.clicked.connect(self.show_all)
        self.back.hide()
        self.set_theme(LIGHT)

    # ---- what is shown

    def set_span(self, low: float, high: float) -> None:
        """The whole axis; kept in view unless a person has zoomed."""
        if high <= low or (low, high) == self._span:
            return
        self._span = (low, high)
        for band in self.bands:
            band.view.setLimits(xMin=low, xMax=high, minXRange=min(2.0, high - low))
        if not self._is_zoomed:
            self.bands[0].view.setXRange(low, high, padding=0)

    def show_all(self) -> None:
        """Back from a zoom to the whole axis."""
        self._set_zoomed(False)
        self.bands[0].view.setXRange(*self._span, padding=0)
        self.redraw()

    @property
    def theme(self) -> Theme:
        """The colours it is drawn in."""
        return self._theme

    @property
    def shown(self) -> tuple[float, float]:
        """The stretch of the axis in view."""
        low, high = self.bands[0].view.viewRange()[0]
        return float(low), float(high)

    def redraw(self) -> None:
        """Draw the lines' numbers as they are now."""
        begun = time.perf_counter()
        self._choose_points(self.devicePixelRatioF())
        self._refresh()
        self._drawn_for = time.perf_counter() - begun

    def _choose_points(self, ratio: float) -> None:
        low, high = self.shown
        pixels = max(2, int(self.bands[0].area().width() * ratio))
        for band in self.bands:
            for line in band.lines.values():
                line.draw(low, high, pixels)

    def set_theme(self, theme: Theme) -> None:
        """Colour everything."""
        self.setBackground(None)
        self._paint_in(theme)
        if hasattr(self, "menu_button"):
            self.menu_button.set_theme(theme)
        self._refresh()

    @property
    def has_data(self) -> bool:
        """Whether any line has numbers."""
        return any(len(line.x) for band in self.bands for line in band.lines.values())

    def content(self, kind: str) -> bytes:
        """The chart as a file: a figure on white as png or svg, or its numbers as csv."""
        # Imported here: what makes files is not needed to open the window.
        from cnnstudio.gui.plots import figure, table

        if kind == "csv":
            lines = table.columns(self.bands)
            return table.as_csv(lines, self.places(table.rows(lines))).encode("utf-8")
        return figure.png(self) if kind == "png" else figure.svg(self)

    @contextmanager
    def resized(self, size: QSize) -> Iterator[None]:
        """Another size for the time of a block, for a figure; nothing of it is seen."""
        before = self.size()
        if size == before:
            yield
            return
        self.setUpdatesEnabled(False)
        try:
            self.resize(size)
            yield
        finally:
            self.resize(before)
            self.setUpdatesEnabled(True)

    def paint_on(self, painter: QPainter, theme: Theme, ratio: float, vector: bool) -> None:
        """Paint the chart as it is now somewhere else, in another theme and without crosshair.

        `ratio` is how fine it is painted there; with `vector` nothing is painted as pixels.
        """
        before, cursor = self._theme, self._cursor
        self._cursor, self._vector = None, vector
        try:
            self._paint_in(theme)
            self._choose_points(ratio)
            whole = QRectF(self.viewport().rect())
            self.drawBackground(painter, whole)
            self.drawForeground(painter, whole)
        finally:
            self._cursor, self._vector = cursor, False
            self._paint_in(before)
            self.redraw()

    def _paint_in(self, theme: Theme) -> None:
        self._theme = theme
        for band in self.bands:
            for line in band.lines.values():
                line.set_theme(theme)

    def _plain_places(self, x: Floats) -> dict[str, Floats]:
        return {self.axis_captions[-1] if self.axis_captions else "x": x}

    # ---- painting

    def _refresh(self) -> None:
        self.resetCachedContent()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell what the drawing cost."""
        begun = time.perf_counter()
        super().paintEvent(event)
        if self._drawn_for:
            self.spent.emit(self._drawn_for + time.perf_counter() - begun)
            self._drawn_for = 0.0

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Rules, ticks, titles and the curves: kept as a picture until the next `redraw`."""
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        low, high = self.shown
        area = self.bands[0].area()
        at = self.ticks_of(low, high, max(2, int(area.width() / 64)))
        paint.grid(painter, self._theme, self.bands, at, self._x)
        painter.setFont(font(CAPTION, tabular=True))
        paint.axis(painter, self._theme, self.bands[-1].area(), at, self._x, self.axis_captions)
        for band in self.bands:
            paint.heading(painter, self._theme, band, font(BODY, strong=True))
            strokes.curves(painter, band, low, high, band.area(), self._vector)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Names at the ends, marks, words of an empty chart, the crosshair: above the curves."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for band in self.bands:
            paint.names(painter, self._theme, band, self._ends(band), self._x)
        marks.paint_marks(painter, self._theme, self.bands[0].area(), self.marks, self._x)
        if self.message:
            paint.message(painter, self._theme, self.bands[0].area(), self.message, self.submessage)
        if self._cursor is not None:
            self._draw_crosshair(painter, self._cursor)

    def _draw_crosshair(self, painter: QPainter, cursor: QPointF) -> None:
        areas = [band.area() for band in self.bands]
        if not areas[0].left() <= cursor.x() <= areas[0].right():
            return
        low, high = self.shown
        x = low + (cursor.x() - areas[0].left()) / areas[0].width() * (high - low)
        rows: list[tuple[QColor, str, str]] = []
        dots: list[tuple[QColor, QPointF]] = []
        for band in self.bands:
            for line in band.lines.values():
                if not line.name or (point := line.at(x)) is None:
                    continue
                color = line.color(self._theme)
                words = line.words or band.fine
                rows.append((color, self._label(band, line), words(point[1])))
                if band.low <= point[1] <= band.high:
                    dots.append((color, QPointF(self._x(point[0]), band.y(point[1]))))
        happened = marks.near(self.marks, cursor.x(), self._x)
        notes = [(self._theme.color(mark.color), mark.word) for mark in happened]
        if rows or notes:
            whole = areas[0].united(areas[-1])
            title = self.words_at(x)
            paint.crosshair(painter, self._theme, whole, cursor, title, rows, dots, notes)

    def _label(self, band: Band, line: Line) -> str:
        words = band.name_of(line.name)
        return line.name if len(self.bands) == 1 else words

    def _ends(self, band: Band) -> list[tuple[str, QColor, float, float]]:
        """(name, colour, x, y) of every named line's last point in view."""
        low, high = self.shown
        found = []
        for line in band.lines.values():
            if band.named and line.name and (end := line.end(low, high)) is not None:
                found.append((line.name, line.color(self._theme), *end))
        return found

    def _x(self, value: float) -> float:
        area = self.bands[0].area()
        low, high = self.shown
        return area.left() + (value - low) / (high - low) * area.width()

    def close(self) -> bool:
        """Hide, as any widget does: pyqtgraph's own way tears the scene out of a living view."""
        return bool(QGraphicsView.close(self))

    # ---- a person's gestures

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the crosshair along."""
        super().mouseMoveEvent(event)
        self._cursor = event.position()
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the crosshair away."""
        super().leaveEvent(event)
        self._cursor = None
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the words of an empty chart begins on them."""
        super().mousePressEvent(event)
        self._pressed_words = self._on_words(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the words of an empty chart asks for what they say."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed_words = self._pressed_words, False
        if pressed and self._on_words(event):
            self.message_pressed.emit()

    def _on_words(self, event: QMouseEvent) -> bool:
        if not self.message or event.button() != Qt.MouseButton.LeftButton:
            return False
        box = paint.message_box(self.bands[0].area(), self.message, self.submessage)
        return box.contains(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click shows the whole axis again."""
        super().mouseDoubleClickEvent(event)
        event.accept()
        self.show_all()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the chart: save it, go back from a zoom."""
        self.files.open_at(event.globalPos())
        event.accept()

    def _open_menu(self) -> None:
        corner = self.menu_button.rect().bottomLeft()
        self.files.open_at(self.menu_button.mapToGlobal(corner))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Another width can show another number of points."""
        super().resizeEvent(event)
        if event is not None and hasattr(self, "menu_button"):
            self._place_buttons()
            self.redraw()

    def _place_buttons(self) -> None:
        right = self.viewport().width() - BUTTON
        self.menu_button.setGeometry(right, 0, BUTTON, BUTTON)
        self.back.adjustSize()
        self.back.move(right - self.back.width() - 4, (BUTTON - self.back.height()) // 2)
        self.back.raise_()

    def set_back_words(self, words: str) -> None:
        """What the button says that goes back from a zoom: `Show all`, `Back to live`."""
        if self.back.text() != words:
            self.back.setText(words)
            self._place_buttons()

    def _moved_by_hand(self, *_: object) -> None:
        self._set_zoomed(True)

    def _range_changed(self, *_: object) -> None:
        self.redraw()

    def _set_zoomed(self, zoomed: bool) -> None:
        if zoomed != self._is_zoomed:
            self._is_zoomed = zoomed
            self.back.setVisible(zoomed)
            self._place_buttons()
            self.zoomed.emit(zoomed)


def plain_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Round numbers with their words."""
    return [Tick(value, (number_words(value),)) for value in ticks(low, high, most)]
