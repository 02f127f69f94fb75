"""Arrays that grow at the end, for a run's curves, and their thinning for a screen."""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Array = TypeVar("Array", Floats, Integers)


class Columns:
    """Rows of an integer position (ascending) and named numbers; appending is cheap.

    Arrays handed out are read-only views of the rows so far; they stay valid and unchanged when
    rows are added, but not when rows are cut off and written anew.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._size = 0
        self._positions: Integers = np.empty(256, dtype=np.int64)
        self._values: Floats = np.empty((len(self.names), 256), dtype=np.float64)

    def __len__(self) -> int:
        return self._size

    def append(self, position: int, values: Sequence[float]) -> None:
        """Adds a row; rows at or after `position` are cut off first (a resumed run repeats)."""
        if self._size and position <= self._positions[self._size - 1]:
            self._size = int(np.searchsorted(self._positions[: self._size], position))
            # Views handed out earlier must not see the repeated rows change under them.
            self._positions = self._positions.copy()
            self._values = self._values.copy()
        if self._size == self._positions.size:
            self._positions = np.concatenate([self._positions, np.empty_like(self._positions)])
            self._values = np.concatenate([self._values, np.empty_like(self._values)], axis=1)
        self._positions[self._size] = position
        self._values[:, self._size] = values
        self._size += 1

    def positions(self) -> Integers:
        """int64[n], ascending."""
        return _read_only(self._positions[: self._size])

    def column(self, name: str) -> Floats:
        """float64[n]; NaN where a row had no such number. Raises `KeyError` for other names."""
        if name not in self.names:
            raise KeyError(name)
        view: Floats = self._values[self.names.index(name), : self._size]
        return _read_only(view)


def _read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array


def thin(x: Floats | Integers, y: Floats, most: int) -> tuple[Floats, Floats]:
    """At most `most` points of the curve that look the same: least and greatest of each stretch.

    `x` and `y` have the same length n; the result is two float64[m], m <= max(most, 2). Stretches
    are powers of two long and start at the first point, so that a growing curve does not shimmer.
    A stretch of nothing but NaN stays a gap.
    """
    n = len(y)
    stretches = max(most // 2, 1)
    if n <= 2 * stretches:
        return x.astype(np.float64), y.astype(np.float64)
    length = 2 ** math.ceil(math.log2(n / stretches))
    count = math.ceil(n / length)
    padded = np.full(count * length, np.nan)
    padded[:n] = y
    blocks = padded.reshape(count, length)
    gaps = np.isnan(blocks)
    least = np.where(gaps, np.inf, blocks).argmin(axis=1)
    greatest = np.where(gaps, -np.inf, blocks).argmax(axis=1)
    start = np.arange(count) * length
    index = np.sort(np.stack([start + least, start + greatest], axis=1), axis=1).ravel()
    index = np.minimum(index, n - 1)
    return x[index].astype(np.float64), y[index].astype(np.float64)
