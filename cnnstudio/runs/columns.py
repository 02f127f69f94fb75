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


class Pyramid:
    """Least and greatest values of stretches of 8, 16, 32, … values of one curve.

    A curve of any length is drawn from as few of them as a screen is wide: what is looked at
    costs time, not what was measured. The levels take half of the curve's own memory.
    """

    def __init__(self, values: Floats) -> None:
        """`values` is float64[n]; what is no finite number is a gap."""
        self._values = np.where(np.isfinite(values), values, np.nan)
        self._levels: list[tuple[Floats, Floats]] = []
        least = greatest = self._values
        length = 1
        while len(least) > 1:
            least, greatest = _halved(least, np.fmin), _halved(greatest, np.fmax)
            length *= 2
            if length >= _FIRST_LENGTH:
                self._levels.append((least, greatest))

    @property
    def bytes(self) -> int:
        """What the levels hold in memory, besides the curve itself."""
        return sum(least.nbytes + greatest.nbytes for least, greatest in self._levels)

    def stretches(self, first: int, last: int, most: int) -> tuple[Integers, Floats, Floats]:
        """Where stretches of the values first..last (exclusive) begin, their least and greatest.

        int64[m] and two float64[m] with m <= max(most, 1) + 1. Stretches are powers of two long
        and are counted from the first value, so that a growing curve does not shimmer; those at
        both ends may reach beyond what was asked for. NaN where a stretch is only a gap.
        """
        first, last = max(first, 0), min(last, len(self._values))
        length = 1
        while (last - first) / length > max(most, 1):
            length *= 2
        begin, end = first // length, -(-last // length)
        if length >= _FIRST_LENGTH:
            level = int(math.log2(length // _FIRST_LENGTH))
            least, greatest = (one[begin:end] for one in self._levels[level])
        else:
            least = greatest = self._values[begin * length : end * length]
            for _ in range(int(math.log2(length))):
                least, greatest = _halved(least, np.fmin), _halved(greatest, np.fmax)
        return np.arange(begin, end, dtype=np.int64) * length, least, greatest


_FIRST_LENGTH = 8


def _halved(values: Floats, choose: np.ufunc) -> Floats:
    """One value of each two neighbours; a last one without a neighbour stays."""
    even = len(values) // 2 * 2
    chosen: Floats = choose(values[0:even:2], values[1:even:2])
    return np.concatenate([chosen, values[even:]]) if even < len(values) else chosen


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
