"""One curve of a chart: its numbers, its look, and the few points of it that a screen can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.columns import Pyramid

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


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a curve is drawn: places x, and from where to where it reaches there, float64[m].

    `least` and `greatest` are the same array where each x is one measured point.
    """

    x: Floats
    least: Floats
    greatest: Floats

    def __len__(self) -> int:
        return len(self.x)


NOTHING = Shown(np.empty(0), np.empty(0), np.empty(0))


class Line:
    """A curve by name. `name` is written at its end; an empty one is not, nor is its value read.

    `title` names it in a table of its numbers.
    """

    def __init__(self, name: str, look: Look, title: str = "") -> None:
        self.name = name
        self.title = title or name
        self.look = look
        self.words: Callable[[float], str] | None = None
        """How a value is told under the crosshair; None: as the band tells it."""
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.shown = NOTHING
        self.pen = QPen()
        self.ground: QColor | None = None
        self._pyramid: Pyramid | None = None
        self.set_theme(LIGHT)

    def set(self, x: ArrayLike, y: ArrayLike) -> None:
        """Take the whole curve: ascending float[n] steps and float[n] values, NaN for gaps."""
        self.x, self.y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        self._pyramid = None

    def clear(self) -> None:
        """Show nothing."""
        self.set((), ())

    def draw(self, low: float, high: float, pixels: int) -> None:
        """Choose what to draw of the part in low..high: at most two stretches a pixel."""
        first = max(int(np.searchsorted(self.x, low)) - 1, 0)
        last = min(int(np.searchsorted(self.x, high, side="right")) + 1, len(self.x))
        most = 2 * max(pixels, 2)
        if last - first <= most:
            y = self.y[first:last]
            y = np.where(np.isfinite(y), y, np.nan)
            self.shown = Shown(self.x[first:last], y, y)
            return
        if self._pyramid is None:
            self._pyramid = Pyramid(self.y)
        starts, least, greatest = self._pyramid.stretches(first, last, most)
        self.shown = Shown(self.x[starts], least, greatest)

    def at(self, x: float) -> tuple[float, float] | None:
        """The nearest point (x, y) of the curve that has a number; None outside of the curve."""
        slack = 0.5 if len(self.x) < 2 else (self.x[-1] - self.x[0]) / (len(self.x) - 1) / 2
        if not len(self.x) or x < self.x[0] - slack or x > self.x[-1] + slack:
            return None
        index = int(np.searchsorted(self.x, x))
        if index == len(self.x) or (index and x - self.x[index - 1] < self.x[index] - x):
            index -= 1
        value = float(self.y[index])
        return (float(self.x[index]), value) if np.isfinite(value) else None

    def end(self, low: float, high: float) -> tuple[float, float] | None:
        """The last point (x, y) with a number in low..high."""
        first, last = np.searchsorted(self.x, low), np.searchsorted(self.x, high, side="right")
        # The last thousand points hold it, unless a run has been broken for long.
        for begin in (max(int(first), int(last) - 1000), int(first)):
            inside = np.flatnonzero(np.isfinite(self.y[begin:last]))
            if len(inside):
                place = begin + int(inside[-1])
                return float(self.x[place]), float(self.y[place])
        return None

    def color(self, theme: Theme) -> QColor:
        """The line's full colour."""
        name = self.look.color
        return QColor(name) if name.startswith("#") else theme.color(name)

    def set_theme(self, theme: Theme) -> None:
        """Make pen and fill anew."""
        color = self.color(theme)
        self.ground = None
        if self.look.fill:
            self.ground = QColor(color)
            self.ground.setAlphaF(self.look.fill)
        color.setAlphaF(self.look.opacity)
        self.pen = pen(color, self.look.width, self.look.style)


def pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen of this width in pixels, with the program's dashes and dots."""
    made = QPen(color, width, style)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if style == Qt.PenStyle.DashLine:
        made.setDashPattern([4.0, 2.5])
    elif style == Qt.PenStyle.DotLine:
        made.setDashPattern([1.0, 2.5])
    return made
