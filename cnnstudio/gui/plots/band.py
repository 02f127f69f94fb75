"""One band of a chart: a height over the shared axis, with its lines and references."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from cnnstudio.gui.plots.lines import Line, Look
from cnnstudio.gui.plots.scale import number_words, ticks


@dataclass(frozen=True, slots=True)
class Reference:
    """A dotted level right across a band, with its name at the right end: chance, majority."""

    value: float
    name: str


class Band:
    """A title, a y axis with its words, and lines by key.

    `words` name the ticks, `fine` the values under the crosshair. `share` is the band's part of the
    height; `height` fixes it in pixels instead. `named` is false where one line needs no name at
    its end. `shade` is a stretch of values with a ground of its own.
    """

    def __init__(
        self,
        title: str,
        words: Callable[[float], str] = number_words,
        share: int = 1,
        height: int = 0,
        fine: Callable[[float], str] | None = None,
    ) -> None:
        self.title = title
        self.words = words
        self.fine = fine or words
        self.share = share
        self.height = height
        self.lines: dict[str, Line] = {}
        self.references: tuple[Reference, ...] = ()
        self.named = True
        self.shade: tuple[float, float] | None = None
        self.low, self.high = 0.0, 1.0
        self.view: Any = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
        self.view.setMouseEnabled(x=True, y=False)
        self.view.disableAutoRange()
        if height:
            self.view.setMaximumHeight(height)
            self.view.setMinimumHeight(height)
        self.set_range(0.0, 1.0)

    def line(self, key: str, name: str, look: Look, title: str = "") -> Line:
        """The line of that key, made the first time; `title` names it in a table."""
        if key not in self.lines:
            self.lines[key] = Line(name, look, title)
        return self.lines[key]

    def name_of(self, line: str) -> str:
        """A line's name with the band's: `Accuracy · validation`, but `Learning rate`."""
        if not self.title:
            return line
        return self.title if self.title.lower().endswith(line) else f"{self.title} · {line}"

    def remove(self, key: str) -> None:
        """Take a line away."""
        self.lines.pop(key, None)

    def set_range(self, low: float, high: float) -> None:
        """Show this stretch of values."""
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return
        self.low, self.high = low, high
        self.view.setYRange(low, high, padding=0)

    def ticks(self) -> list[float]:
        """Round values for the faint rules, one in 28 px or rarer."""
        return ticks(self.low, self.high, max(2, min(6, int(self.area().height() / 28))))

    def area(self) -> QRectF:
        """Where the band lies, in pixels of the chart."""
        return QRectF(self.view.sceneBoundingRect())

    def y(self, value: float) -> float:
        """The pixel row of a value."""
        area = self.area()
        return area.bottom() - (value - self.low) / (self.high - self.low) * area.height()
