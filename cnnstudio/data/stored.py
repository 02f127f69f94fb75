"""What the files of a dataset hold before a window makes grey levels of it."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data import tiff
from cnnstudio.data.decode import Color, UnreadableImage, raw
from cnnstudio.data.picture import Picture

# Images that are looked at, pixels in each, and bins of the histogram.
SAMPLE = 24
PIXELS = 16_384
BINS = 128


@dataclass(frozen=True, slots=True)
class Stored:
    """Values of a sample of images, as stored: int64[`BINS`] between `low` and `high`.

    `pages` and `channels` are those of the first file, `kind` its type of values in words.
    """

    low: float
    high: float
    counts: NDArray[np.int64]
    pages: int
    channels: int
    kind: str

    def outside(self, window: tuple[float, float]) -> float:
        """Share of the values that a window cuts off, to the nearest bin; 0 to 1."""
        centres = self.low + (np.arange(BINS) + 0.5) * (self.high - self.low) / BINS
        cut = (centres < window[0]) | (centres > window[1])
        return float(self.counts[cut].sum() / max(1, self.counts.sum()))


def stored(pictures: Sequence[Picture], color: Color) -> Stored | None:
    """The values of `SAMPLE` pictures, evenly spread; None where none of them can be read."""
    step = max(1, len(pictures) // SAMPLE)
    seen: list[NDArray[np.float32]] = []
    first: Picture | None = None
    for picture in pictures[::step][:SAMPLE]:
        plain = replace(picture, reading=replace(picture.reading, window=(0.0, 1.0)))
        with contextlib.suppress(UnreadableImage):
            values = raw(plain, color)
            pixels = values.reshape(-1, values.shape[2])
            pixels = pixels[:: max(1, len(pixels) // PIXELS)]
            seen.append(pixels[np.isfinite(pixels)])
            first = first or plain
    values = np.concatenate(seen) if seen else np.zeros(0, np.float32)
    if first is None or not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    high = high if high > low else low + 1.0
    counts, _ = np.histogram(values, BINS, (low, high))
    pages, channels, kind = _about(first)
    return Stored(low, high, counts.astype(np.int64), pages, channels, kind)


def _about(picture: Picture) -> tuple[int, int, str]:
    """Pages, channels and type of a TIFF file; of other files one page and nothing known."""
    with contextlib.suppress(Exception):  # what cannot be told is not told
        if picture.item is None and tiff.is_tiff(picture.path):
            found = tiff.layout(picture.path, picture.reading.page)
            bits = 8 * found.kind.itemsize
            word = "bits float" if found.kind.kind == "f" else "bits"
            return tiff.pages(picture.path), found.channels, f"{bits} {word}"
    return 1, 0, ""
