"""A chart as a figure for a paper or a message: on white, with a title and a legend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from cnnstudio.gui.fonts import BODY, SECTION, font
from cnnstudio.gui.plots.lines import Line
from cnnstudio.gui.theme import LIGHT

if TYPE_CHECKING:
    from cnnstudio.gui.plots.chart import Chart

FINE = 2.0
"""Pixels of a picture for each one on the screen."""
MARGIN, TITLE, ROW, SAMPLE = 16.0, 26.0, 20.0, 22.0
SMALLEST = QSize(560, 300)
"""A figure is no smaller than this, however small its plot is in the window."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line in the legend, and where its sample begins."""

    line: Line
    place: QPointF


Paint = Callable[[QPainter], None]


def png(chart: Chart) -> bytes:
    """The figure as PNG with two pixels for each of the screen, light in either theme."""
    with chart.resized(_size(chart)):
        return pixels(_whole(chart), partial(_paint, chart=chart, vector=False))


def svg(chart: Chart) -> bytes:
    """The figure as SVG: lines and words stay lines and words."""
    with chart.resized(_size(chart)):
        return drawing(_whole(chart), chart.title, partial(_paint, chart=chart, vector=True))


def pixels(size: QSize, paint: Paint) -> bytes:
    """A PNG on white, `size` as on the screen, with two pixels for each of it."""
    image = QImage(size * FINE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(FINE)
    image.setDotsPerMeterX(round(96 * FINE / 0.0254))
    image.setDotsPerMeterY(round(96 * FINE / 0.0254))
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint(painter)
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 takes bytes, not str, here
    buffer.close()
    return bytes(kept.data())


def drawing(size: QSize, title: str, paint: Paint) -> bytes:
    """An SVG on white of that size."""
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor("white"))
    paint(painter)
    painter.end()
    buffer.close()
    return bytes(kept.data())


def heading(painter: QPainter, title: str, width: float) -> float:
    """A title at the top; returns how much room it took."""
    if not title:
        return 0.0
    painter.setFont(font(SECTION, strong=True))
    painter.setPen(LIGHT.color("text"))
    flat = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0, 0, width, TITLE - 4), flat, title)
    return TITLE


def _size(chart: Chart) -> QSize:
    return QSize(chart.size()).expandedTo(SMALLEST)


def _whole(chart: Chart) -> QSize:
    head = _head(chart)
    return QSize(chart.width() + round(2 * MARGIN), round(chart.height() + head + 2 * MARGIN))


def _head(chart: Chart) -> float:
    entries, rows = _legend(chart)
    return TITLE * bool(chart.title) + ROW * rows * bool(entries) + 8


def _paint(painter: QPainter, chart: Chart, vector: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(MARGIN, MARGIN)
    top = heading(painter, chart.title, chart.width())
    for entry in _legend(chart)[0]:
        _paint_entry(painter, entry, top)
    painter.translate(0, _head(chart))
    chart.paint_on(painter, LIGHT, FINE, vector)


def _paint_entry(painter: QPainter, entry: Entry, top: float) -> None:
    line = Line(entry.line.name, entry.line.look, entry.line.title)
    line.set_theme(LIGHT)
    middle = top + entry.place.y() + ROW / 2
    begin = QPointF(entry.place.x(), middle)
    if line.ground is not None:
        painter.fillRect(QRectF(begin.x(), middle - 1, SAMPLE, 6), line.ground)
    painter.setPen(line.pen)
    painter.drawLine(begin, begin + QPointF(SAMPLE, 0))
    painter.setFont(font(BODY))
    painter.setPen(LIGHT.color("text"))
    box = QRectF(begin.x() + SAMPLE + 6, middle - ROW / 2, 600, ROW)
    flat = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, flat, line.title)


def _legend(chart: Chart) -> tuple[list[Entry], int]:
    """Every line with numbers once, from left to right in as many rows as they need."""
    metrics = QFontMetricsF(font(BODY))
    entries: list[Entry] = []
    seen: set[tuple[str, object]] = set()
    x, row = 0.0, 0
    for band in chart.bands:
        for line in band.lines.values():
            if not len(line.x) or not line.title or (line.title, line.look) in seen:
                continue
            seen.add((line.title, line.look))
            width = SAMPLE + 6 + metrics.horizontalAdvance(line.title) + 20
            if x and x + width > chart.width():
                x, row = 0.0, row + 1
            entries.append(Entry(line, QPointF(x, row * ROW)))
            x += width
    return entries, row + 1
