"""Painting of curves: few points as smooth lines, many as one upright stroke a pixel.

A noisy curve of thousands of points looks the same drawn either way, but a path of it takes Qt
twenty times as long to stroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from cnnstudio.gui.plots.band import Band
from cnnstudio.gui.plots.lines import Line

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CROWDED = 1.2
"""Points a pixel from which a curve may be drawn in strokes."""
NOISY = 3.0
"""Mean height in pixels of its strokes from which it is: a calm curve looks better as a line."""
FEW = 400
"""Points up to which a curve is one path, with its corners joined."""


ROUGH = 1.0
"""Such a height from which, among many lines, it is drawn without smoothed edges."""
SAMPLED = 64
"""Of a line's heights about so many are looked at."""
MANY = 8
"""Lines of a plot from which rough ones are drawn thin and without smoothed edges."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its shown part in pixels of the plot: columns, and rows from top to foot."""

    line: Line
    x: Floats
    top: Floats
    foot: Floats


def curves(
    painter: QPainter, band: Band, low: float, high: float, area: QRectF, vector: bool = False
) -> None:
    """All lines of a band over low..high of the axis, within `area`.

    With `vector` nothing is drawn as pixels, for files that scale.
    """
    if not area.isValid() or high <= low or band.high <= band.low:
        return
    scale = area.width() / (high - low), area.height() / (band.high - band.low)
    painter.save()
    painter.setClipRect(area)
    columns = area.width() * painter.device().devicePixelRatio()
    noisy: list[Placed] = []
    calm: list[Placed] = []
    # Thick lines above thin ones; what only lies behind, below all.
    for line in sorted(band.lines.values(), key=lambda one: (not one.look.fill, one.look.width)):
        if not len(line.shown):
            continue
        x = (line.shown.x - low) * scale[0]
        top = (band.high - line.shown.greatest) * scale[1]
        same = line.shown.least is line.shown.greatest
        foot = top if same else (band.high - line.shown.least) * scale[1]
        placed = Placed(line, x, top, foot)
        crowd = not vector and _is_crowded(placed, area.width(), columns)
        (noisy if crowd else calm).append(placed)
    painter.translate(area.topLeft())
    if noisy:
        _paint_strokes(painter, noisy, area)
    for one in calm:
        hasty = not vector and len(calm) > MANY and _roughness(one) > ROUGH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not hasty)
        if one.line.ground is not None:
            _paint_ground(painter, one.line, one.x, one.top, band.high * scale[1])
        painter.setPen(QPen(one.line.pen.color(), 1.0) if hasty else one.line.pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if one.top is one.foot:
            joined = vector or (len(one.x) <= FEW and not hasty)
            _paint_line(painter, one.line, one.x, one.top, joined)
        elif vector:
            _paint_line(painter, one.line, *_zigzag(one.x, one.top, one.foot), joined=True)
        else:
            _paint_line(painter, one.line, one.x, (one.top + one.foot) / 2, joined=False)
    painter.restore()


def _is_crowded(one: Placed, width: float, columns: float) -> bool:
    look, x = one.line.look, one.x
    if len(x) < 3 or look.style != Qt.PenStyle.SolidLine or look.fill:
        return False
    # A young run fills only the beginning of the axis, and is as crowded there as an old one.
    taken = min(float(x[-1]), width) - max(float(x[0]), 0.0)
    return len(x) >= CROWDED * max(taken, 1.0) * columns / width and _roughness(one) > NOISY


def _roughness(one: Placed) -> float:
    """How many pixels the curve goes up or down from point to point, or within a stretch."""
    # A sample of them tells; a chart of many lines asks often.
    every = max(len(one.top) // SAMPLED, 1)
    if one.top is one.foot:
        heights = np.abs(one.top[1::every] - one.top[:-1:every])
    else:
        heights = one.foot[::every] - one.top[::every]
    known = heights[np.isfinite(heights)]
    return float(known.mean()) if len(known) else 0.0


def strokes(x: Floats, top: Floats, foot: Floats, columns: int) -> tuple[Integers, Floats, Floats]:
    """One upright stroke for each of the columns 0..columns-1 that the curve crosses.

    Takes pixel columns (ascending) and rows from `top` down to `foot`, float64[n]; NaN: a gap.
    Strokes of neighbouring columns touch, so that the curve has no holes.
    """
    known = np.isfinite(top) & (x > -1) & (x < columns + 1)
    if not known.all():
        x, top, foot = x[known], top[known], foot[known]
    if not len(x):
        return np.empty(0, dtype=np.int64), np.empty(0), np.empty(0)
    column = np.minimum(np.maximum(x, 0.0), columns - 1).astype(np.int64)
    first = np.concatenate([[0], np.flatnonzero(column[1:] != column[:-1]) + 1])
    column = column[first]
    upper = np.minimum.reduceat(top, first)
    lower = np.maximum.reduceat(foot, first)
    # A stroke reaches down to where the next one begins, or up to where it ends.
    apart = column[1:] - column[:-1] > 1
    touched_lower, touched_upper = lower.copy(), upper.copy()
    np.maximum(lower[:-1], upper[1:], out=touched_lower[:-1])
    np.minimum(upper[:-1], lower[1:], out=touched_upper[:-1])
    if apart.any():
        touched_lower[:-1][apart], touched_upper[:-1][apart] = lower[:-1][apart], upper[:-1][apart]
    return column, touched_upper, touched_lower


def _paint_strokes(painter: QPainter, noisy: Sequence[Placed], area: QRectF) -> None:
    """Into a picture that lies on its side: strokes along its rows are quickly filled."""
    ratio = painter.device().devicePixelRatio()
    width, height = int(area.width() * ratio), int(area.height() * ratio)
    if width < 1 or height < 1:
        return
    lying = QImage(height, width, QImage.Format.Format_ARGB32_Premultiplied)
    lying.fill(0)
    inner = QPainter(lying)
    inner.setPen(Qt.PenStyle.NoPen)
    rectangles: Any = PrimitiveArray(QRectF, 4)
    for one in noisy:
        # Among many, those that are faded anyway are drawn in strokes of twice the width.
        broad = 2 if len(noisy) > MANY and one.line.look.opacity < 1 else 1
        x, columns = one.x * (ratio / broad), -(-width // broad)
        column, upper, lower = strokes(x, one.top * ratio, one.foot * ratio, columns)
        seen = (lower >= 0) & (upper <= height)
        if not seen.all():
            column, upper, lower = column[seen], upper[seen], lower[seen]
        if not len(column):
            continue
        rectangles.resize(len(column))
        memory = rectangles.ndarray()
        begin = np.rint(np.maximum(upper, 0))
        end = np.rint(np.minimum(lower, height))
        memory[:, 0] = begin
        memory[:, 1] = column * broad
        memory[:, 2] = np.maximum(end - begin, np.round(one.line.look.width * ratio))
        memory[:, 3] = broad
        inner.setBrush(one.line.pen.color())
        inner.drawRects(*rectangles.drawargs())
    inner.end()
    pixels = np.frombuffer(lying.constBits(), dtype=np.uint32).reshape(width, height)
    upright = np.ascontiguousarray(pixels.T)
    image = QImage(upright.data, width, height, 4 * width, lying.format())
    painter.drawImage(QRectF(0, 0, width / ratio, height / ratio), image)


def _paint_line(painter: QPainter, line: Line, x: Floats, y: Floats, joined: bool) -> None:
    """As one path with its corners joined, or in single pieces, which is quicker."""
    if joined or line.look.style != Qt.PenStyle.SolidLine:
        painter.drawPath(pg.arrayToQPath(x, y, connect="finite"))
        return
    known = np.isfinite(y[:-1]) & np.isfinite(y[1:])
    pieces: Any = PrimitiveArray(QLineF, 4)
    pieces.resize(int(known.sum()))
    memory = pieces.ndarray()
    memory[:, 0], memory[:, 1] = x[:-1][known], y[:-1][known]
    memory[:, 2], memory[:, 3] = x[1:][known], y[1:][known]
    painter.drawLines(*pieces.drawargs())


def _paint_ground(painter: QPainter, line: Line, x: Floats, y: Floats, base: float) -> None:
    known = np.isfinite(y)
    if not known.any() or line.ground is None:
        return
    ends = x[known][[0, -1]]
    around = np.concatenate([ends[:1], x[known], ends[1:]])
    level = np.concatenate([[base], y[known], [base]])
    painter.fillPath(pg.arrayToQPath(around, level), line.ground)


def _zigzag(x: Floats, top: Floats, foot: Floats) -> tuple[Floats, Floats]:
    """A line through both ends of every stretch."""
    return np.repeat(x, 2), np.stack([top, foot], axis=1).ravel()
