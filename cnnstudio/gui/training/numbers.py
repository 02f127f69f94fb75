"""Numbers of a run in words, rounded to what they are worth."""

from __future__ import annotations

import math


def noise(share: float, images: int) -> float:
    """Standard deviation 0..1 of an accuracy measured on so many images.

    Binomial, of the share pulled a little to the middle (Laplace's rule), so that 20 right out of
    20 are not taken for certainty.
    """
    if images < 1:
        return 0.5
    known = (share * images + 1) / (images + 2)
    return math.sqrt(known * (1 - known) / (images + 2))


def clean_images(training_images: int) -> int:
    """How many images a run measures its clean-train accuracy on after each epoch."""
    return min(training_images, max(128, min(512, training_images // 4)))


def with_noise(share: float, images: int) -> tuple[str, str]:
    """An accuracy and its noise in per cent, both to the digit that the noise allows.

    `("63", "± 2 %")`, `("97.4", "± 0.4 %")`; `("–", "")` for a share that is no number.
    """
    if not math.isfinite(share):
        return "–", ""
    spread = 100 * noise(share, images)
    digits = 0 if spread >= 0.95 else 1
    return f"{100 * share:.{digits}f}", f"± {max(spread, 0.1):.{digits}f} %"


def duration(seconds: float) -> str:
    """`8 s`, `1 min 40 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
