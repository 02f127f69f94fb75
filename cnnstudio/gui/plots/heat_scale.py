"""How numbers become colours in a heat map: round ends, ticks with words, one lightness ramp.

Only colours of the theme: a ramp towards blue for size, one towards orange for what is better
small, and blue–neutral–orange around a healthy middle. Blue and orange differ under all three kinds
of colour blindness, and each ramp in lightness as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from cnnstudio.gui.plots.scale import fine_share_words, share_words
from cnnstudio.gui.theme import Theme

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint32]
Ramp = Literal["size", "harm", "around"]

LEVELS = 256
BROKEN = "clean"
"""The colour of what is no finite number: that of text, which no ramp comes near."""
HALF_HEALTHY = 0.5
"""Decades on either side of a healthy middle that still have its colour."""


@dataclass(frozen=True, slots=True)
class HeatScale:
    """From `low` to `high`; what lies beyond has the colour of its end.

    `log`: equal ratios are equally far apart. `words` names the ticks, `fine` single values.
    """

    low: float
    high: float
    ramp: Ramp
    log: bool
    words: Callable[[float], str]
    fine: Callable[[float], str]

    def shares(self, values: Floats) -> Floats:
        """Where values lie between the ends, 0..1; NaN stays NaN, infinity becomes 1."""
        if not self.log:
            return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        with np.errstate(divide="ignore"):
            places = np.log10(np.maximum(values, 0.0)) - math.log10(self.low)
        return np.clip(places / math.log10(self.high / self.low), 0.0, 1.0)

    def pixels(self, values: Floats, theme: Theme) -> Pixels:
        """0xAARRGGBB of each value; clear where it was not measured (NaN)."""
        known = np.where(np.isnan(values), 0.0, values)
        places = np.round(self.shares(known) * (LEVELS - 1)).astype(np.int64)
        found = self.table(theme)[places]
        found[np.isinf(values)] = _pixel(theme.color(BROKEN))
        found[np.isnan(values)] = 0
        return found

    def table(self, theme: Theme) -> Pixels:
        """uint32[256]: the colours from the low to the high end."""
        stops = self._stops(theme)
        at = np.linspace(0.0, 1.0, LEVELS)
        places = [place for place, _ in stops]
        parts = np.array([QColor(color).getRgb()[:3] for _, color in stops], dtype=np.float64)  # type: ignore[index]
        mixed = [np.round(np.interp(at, places, parts[:, i])).astype(np.uint32) for i in range(3)]
        whole = 0xFF000000 | mixed[0] << 16 | mixed[1] << 8 | mixed[2]
        return whole.astype(np.uint32)

    def ticks(self, most: int) -> list[float]:
        """Round values for the legend, the ends among them."""
        if not self.log:
            return [self.low, (self.low + self.high) / 2, self.high]
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        step = max(1, math.ceil((last - first) / max(most, 1)))
        if self.ramp == "around":
            # The middle is what one looks for.
            middle = (first + last) // 2
            return [10.0**power for power in (first, middle, last)]
        return [10.0**power for power in range(first, last + 1, step)]

    def _stops(self, theme: Theme) -> list[tuple[float, str]]:
        faint = theme.mixed("surface", "border", 0.55)
        match self.ramp:
            case "size":
                return [(0.0, theme.mixed("surface", "training", 0.10)), (1.0, theme.training)]
            case "harm":
                return [(0.0, faint), (0.02, faint), (1.0, theme.validation)]
            case "around":
                half = HALF_HEALTHY / math.log10(self.high / self.low)
                return [
                    (0.0, theme.training),
                    (0.5 - half, faint),
                    (0.5 + half, faint),
                    (1.0, theme.validation),
                ]


def share_scale() -> HeatScale:
    """Shares 0..1 of something that had better not be."""
    return HeatScale(0.0, 1.0, "harm", False, share_words, fine_share_words)


def around(middle: float, decades: int) -> HeatScale:
    """A healthy middle, and so many decades to either side of it."""
    factor = 10.0**decades
    return HeatScale(middle / factor, middle * factor, "around", True, power_words, ratio_words)


def fitted(values: Floats, least_decades: int = 3) -> HeatScale:
    """Whole powers of ten around all positive finite values; at least so many of them."""
    known = values[np.isfinite(values) & (values > 0)]
    first, last = -least_decades, 0
    if len(known):
        first = math.floor(math.log10(float(known.min())) + 1e-9)
        last = math.ceil(math.log10(float(known.max())) - 1e-9)
        first = min(first, last - least_decades)
    return HeatScale(10.0**first, 10.0**last, "size", True, power_words, ratio_words)


def power_words(value: float) -> str:
    """A power of ten: `0.001`, `1`, `100`; far ones as `1e-6`."""
    power = round(math.log10(value))
    return f"1e{power}" if abs(power) > 3 else f"{10.0**power:g}"


def ratio_words(value: float) -> str:
    """A number in two figures, with an exponent below a thousandth: `0.012`, `2.4e-5`."""
    if not math.isfinite(value):
        return "no number"
    if value == 0 or 1e-3 <= value < 1e4:
        return f"{value:.2g}" if value < 100 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _pixel(color: QColor) -> int:
    return int(color.rgba())
