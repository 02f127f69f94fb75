"""Round numbers for axes, and the words for them."""

from __future__ import annotations

import math


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` + 1 round numbers (steps of 1, 2 or 5 times a power of ten) in low..high."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or most < 1:
        return []
    step = round_up((high - low) / most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def whole_ticks(low: float, high: float, most: int) -> list[int]:
    """Like `ticks`, but whole numbers only."""
    return sorted({round(tick) for tick in ticks(low, high, most) if abs(tick % 1) < 1e-9})


def round_up(value: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below `value` (positive)."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if value <= factor * power * (1 + 1e-9):
            return factor * power
    return 10.0 * power


def share_words(value: float) -> str:
    """A share 0..1 as whole per cent: `63 %`; finer where that says nothing."""
    percent = 100 * value
    digits = 0 if abs(percent - round(percent)) < 0.05 else 1
    return f"{percent:.{digits}f} %"


def fine_share_words(value: float) -> str:
    """A share 0..1 to a tenth of a per cent, as under a crosshair: `63.0 %`."""
    return f"{100 * value:.1f} %"


def fine_number_words(value: float) -> str:
    """A number to three places, as under a crosshair: `0.470`; large ones as elsewhere."""
    return f"{value:.3f}" if abs(value) < 100 else number_words(value)


def number_words(value: float) -> str:
    """A number in at most three figures: `0.021`, `1.4`, `12`, `3,400`."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "not a number"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 0.001:
        digits = max(0, 2 - math.floor(math.log10(size)))
        text = f"{value:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return rate_words(value)


def rate_words(value: float) -> str:
    """A learning rate in two figures without exponent down to a millionth: `0.001`, `0.00025`."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return "not a number"
    if abs(value) < 1e-6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    digits = min(12, max(0, 1 - math.floor(math.log10(abs(value)))))
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
