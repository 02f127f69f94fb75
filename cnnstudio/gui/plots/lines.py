"""One curve of a chart: its numbers, its look, and the few points of it that a screen can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from cnnstudio.gui.theme import Theme
from cnnstudio.runs.columns import thin

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is drawn: `color` names a colour of the theme or is `#RRGGBB`.

    `opacity` 0..1; `fill` 0..1 is the opacity of the ground between the line and zero.
    """

    color: str
    width: float = 1.5
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    opacity: float = 1.0
    fill: float = 0.0


TRAINING = Look("training", 1.5)
BATCHES = Look("training", 1.0, opacity=0.28)
CLEAN = Look("clean", 2.5)
VALIDATION = Look("validation", 2.0, Qt.PenStyle.DashLine)
RATE = Look("rate", 1.5)
PLANNED = Look("rate", 1.5, Qt.PenStyle.DotLine)
PENALTY = Look("reference", 1.0, fill=0.22)


class Line:
    """A curve by name. `name` is written at its end; an empty one is not, nor is its value read."""

    def __init__(self, name: str, look: Look) -> None:
        self.name = name
        self.look = look
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.item: Any = pg.PlotCurveItem(connect="finite", antialias=look.opacity == 1.0)
        # Drawn segment by segment a line is cheap, but dashes would begin anew at every point.
        dashed = look.style != Qt.PenStyle.SolidLine
        self.item.setSegmentedLineMode("off" if dashed else "auto")

    def set(self, x: ArrayLike, y: ArrayLike) -> None:
        """Take the whole curve: ascending float[n] steps and float[n] values, NaN for gaps."""
        self.x, self.y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def clear(self) -> None:
        """Show nothing."""
        self.set((), ())

    def draw(self, low: float, high: float, pixels: int) -> None:
        """Give Qt the part in low..high, at most two points a pixel."""
        first = max(int(np.searchsorted(self.x, low)) - 1, 0)
        last = int(np.searchsorted(self.x, high, side="right")) + 1
        x, y = self.x[first:last], self.y[first:last]
        # Raw batches need their whole spread; a smooth line looks the same with half the points.
        most = (2 if self.look.opacity < 1 else 1) * max(pixels, 2)
        if len(x) > most:
            x, y = thin(x, y, most)
        self.item.setData(np.array(x), np.where(np.isfinite(y), y, np.nan))

    def at(self, x: float) -> tuple[float, float] | None:
        """The nearest point (x, y) of the curve that has a number; None outside of the curve."""
        if not len(self.x) or x < self.x[0] - 0.5 or x > self.x[-1] + 0.5:
            return None
        index = int(np.searchsorted(self.x, x))
        if index == len(self.x) or (index and x - self.x[index - 1] < self.x[index] - x):
            index -= 1
        value = float(self.y[index])
        return (float(self.x[index]), value) if np.isfinite(value) else None

    def end(self, low: float, high: float) -> tuple[float, float] | None:
        """The last point (x, y) with a number in low..high."""
        inside = np.flatnonzero(np.isfinite(self.y) & (self.x >= low) & (self.x <= high))
        if not len(inside):
            return None
        return float(self.x[inside[-1]]), float(self.y[inside[-1]])

    def color(self, theme: Theme) -> QColor:
        """The line's full colour."""
        name = self.look.color
        return QColor(name) if name.startswith("#") else theme.color(name)

    def set_theme(self, theme: Theme) -> None:
        """Make pen and fill anew."""
        color = self.color(theme)
        if self.look.fill:
            ground = QColor(color)
            ground.setAlphaF(self.look.fill)
            self.item.setFillLevel(0.0)
            self.item.setBrush(ground)
        color.setAlphaF(self.look.opacity)
        self.item.setPen(pen(color, self.look.width, self.look.style))


def pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width stays in pixels whatever the scale of the axes."""
    made = QPen(color, width, style)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if style == Qt.PenStyle.DashLine:
        made.setDashPattern([4.0, 2.5])
    elif style == Qt.PenStyle.DotLine:
        made.setDashPattern([1.0, 2.5])
    return made
