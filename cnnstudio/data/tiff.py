"""TIFF files beyond Pillow: 12 and 16 bits, floats, planar, many pages, any number of channels."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.values import turn

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Photometric interpretations whose samples are values of light; others are colour codes.
_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB = 0, 1, 2
_ORIENTATION = 274

# What it says of odd files is of no use to anybody: the pixels are read or the file is reported.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


class NoValues(Exception):
    """The file holds colour codes, not values of light: Pillow knows what to make of them."""


class WrongPart(Exception):
    """The page or channel that is asked for is not in the file; the text is a reason."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One page of a file: pixels, channels, type of values, as shown after orientation."""

    height: int
    width: int
    channels: int
    kind: np.dtype[Any]


def is_tiff(path: Path) -> bool:
    """Whether a file begins as TIFF files do; raises `OSError`."""
    with path.open("rb") as file:
        return file.read(4) in MAGIC


def layout(path: Path, page: int = 0) -> Layout:
    """What `page` holds, from the headers; raises as `read`."""
    with _page(path, page) as found:
        height, width = found.height, found.width
        if found.orientation in {5, 6, 7, 8}:
            height, width = width, height
        return Layout(height, width, found.channels, found.kind)


def read(path: Path, page: int = 0, channels: tuple[int, ...] = ()) -> NDArray[Any]:
    """Values of `page` as stored: [height, width, channels], orientation applied.

    Pages and channels count from 0. Channels that are stored as pages of one stack count as
    channels. White-is-zero is turned round.

    Raises:
        NoValues, WrongPart: see there.
        Exception: the parser may raise nearly anything on broken bytes.
    """
    with _page(path, page) as found:
        wanted = channels or tuple(range(found.channels))
        if max(wanted) >= found.channels:
            raise WrongPart(
                f"has {found.channels} channel{'s' if found.channels > 1 else ''}, counted from 0: "
                f"there is no channel {max(wanted)}"
            )
        values = found.read(wanted)
        if found.white_is_zero and values.dtype.kind == "u":
            values = values.dtype.type(2**found.bits - 1) - values
        return turn(values, found.orientation)


def pages(path: Path) -> int:
    """How many pages the file has, a stack of channels counting as one; raises as `read`."""
    from tifffile import TiffFile

    with TiffFile(path) as file:
        return sum(prod(_lead(series)) for series in file.series if "X" in str(series.axes))


def _lead(series: Any) -> list[int]:
    """Lengths of the axes that count pages."""
    axes = str(series.axes)
    inner = "YXSC" if "C" in axes and "S" not in axes else "YXS"
    return [int(n) for axis, n in zip(axes, series.shape, strict=True) if axis not in inner]


class _Page:
    """A page of a stack: its frames in the file, one, or one for each channel."""

    def __init__(self, series: Any, page: int) -> None:
        axes, shape = str(series.axes), tuple(int(length) for length in series.shape)
        sizes = dict(zip(axes, shape, strict=True))
        if "X" not in sizes or "Y" not in sizes:
            raise ValueError(f"axes {axes}")
        self.height, self.width = sizes["Y"], sizes["X"]
        self.kind = np.dtype(series.dtype)
        samples = sizes.get("S", 1)
        self._stacked = "C" in sizes and samples == 1
        self.channels = sizes["C"] if self._stacked else samples
        self._series, self._axes, self._shape = series, axes, shape
        self._lead = [axis for axis in axes if axis not in ("YXSC" if self._stacked else "YXS")]
        if page >= prod(sizes[axis] for axis in self._lead):
            raise WrongPart("")
        place = np.unravel_index(page, [sizes[axis] for axis in self._lead]) if self._lead else ()
        self._place = dict(zip(self._lead, (int(at) for at in place), strict=True))
        first = series.keyframe
        self.bits = int(first.bitspersample)
        self.white_is_zero = int(first.photometric) == _MIN_IS_WHITE
        tag = first.tags.get(_ORIENTATION)
        self.orientation = int(tag.value) if tag is not None else 1
        if int(first.photometric) not in {_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB}:
            raise NoValues

    def read(self, channels: tuple[int, ...]) -> NDArray[Any]:
        """[height, width, chosen channels]."""
        if self._stacked:
            frames = [self._frame({**self._place, "C": channel}) for channel in channels]
            return np.concatenate(frames, axis=2)
        return self._frame(self._place)[:, :, list(channels)]

    def _frame(self, place: dict[str, int]) -> NDArray[Any]:
        outer = [axis for axis in self._axes if axis in place]
        at = 0
        for axis in outer:
            at = at * self._shape[self._axes.index(axis)] + place[axis]
        inner = [axis for axis in self._axes if axis not in place]
        shape = tuple(self._shape[self._axes.index(axis)] for axis in inner)
        if self._series.dataoffset is not None:  # one block of values, perhaps with one header
            values: NDArray[Any] = np.memmap(
                self._series.parent.filehandle.path,
                np.dtype(self._series.parent.byteorder + self.kind.char),
                "r",
                int(self._series.dataoffset) + at * prod(shape) * self.kind.itemsize,
                shape,
            )
        else:
            values = self._series.pages[at].asarray().reshape(shape)
        order = [inner.index(axis) for axis in "YXS" if axis in inner]
        values = np.asarray(values).transpose(order)
        return values if values.ndim == 3 else values[:, :, np.newaxis]


@contextmanager
def _page(path: Path, page: int) -> Iterator[_Page]:
    from tifffile import TiffFile  # 0.1 s, and most folders hold no such file

    with TiffFile(path) as file:
        before = 0
        for series in file.series:
            try:
                found = _Page(series, page - before)
            except WrongPart:
                before += prod(_lead(series))
                continue
            yield found
            return
        if not before:
            raise ValueError("no page holds an image")
        pages = f"{before} page{'s' if before > 1 else ''}"
        raise WrongPart(f"has {pages}, counted from 0: there is no page {page}")
