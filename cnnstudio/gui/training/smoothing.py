"""Smoothing of batch values: what lies under the noise of single batches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def window(strength: float, steps_per_epoch: int) -> int:
    """How many batches a smoothed point averages: 1 at strength 0, two epochs' at strength 1."""
    return max(1, round(2 * steps_per_epoch * min(max(strength, 0.0), 1.0) ** 2))


def smoothed(values: Floats, batches: int) -> Floats:
    """The mean of the `batches` values around each one, of fewer at both ends: float64[n].

    At the beginning as many count before a value as after it, because there a loss falls so
    steeply that later values would pull the curve down; at the end all earlier ones count, because
    there a live curve must not dance with each batch. What is no number does not count; a stretch
    of nothing else stays NaN.
    """
    n = len(values)
    if batches <= 1 or n == 0:
        return values
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    half = batches // 2
    places = np.arange(n)
    first, last = np.maximum(places - half, 0), np.minimum(places + np.minimum(half, places) + 1, n)
    count = counts[last] - counts[first]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, (sums[last] - sums[first]) / count, np.nan)
