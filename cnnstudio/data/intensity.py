"""The window of a dataset as numbers: fixed, or measured over a sample of the training images."""

import contextlib
import hashlib
import heapq
import json
import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cachefolder import cache_root, clean, touch
from cnnstudio.data.decode import UnreadableImage, header, raw
from cnnstudio.data.folders import Walk
from cnnstudio.data.found import Found
from cnnstudio.data.names import key_hash
from cnnstudio.data.picture import PLAIN, Picture, Reading
from cnnstudio.data.scanning import scan
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.files import write_atomically
from cnnstudio.spec.intensities import EightBit, FixedWindow, Intensity, PercentileWindow
from cnnstudio.spec.sources import ArrayFile, KerasDataset, Source, Table

# Training images that a window is measured over, and pixels looked at in each.
SAMPLE = 64
PIXELS = 16_384
MOST_BYTES = 10 * 2**20
VERSION = 1  # raised when measuring changes


def reading_of(dataset: Dataset, training: Iterable[Found]) -> Reading:
    """How all images of `dataset` are read; `training` is looked at for percentiles alone.

    The sample is the same for the same training images, and what was measured is kept, so that
    another split or edit that leaves the sample alone opens no image.
    """
    intensity = dataset.intensity
    page, channels = dataset.page, dataset.channels
    if isinstance(intensity, FixedWindow):
        return Reading(page, channels, (intensity.low, intensity.high))
    if isinstance(intensity, PercentileWindow):
        plain = Reading(page, channels, (0.0, 1.0))
        return Reading(page, channels, _window(dataset, intensity, plain, training))
    return Reading(page, channels) if page or channels else PLAIN


def intensity_of(source: Source) -> Intensity:
    """What a new experiment begins with: percentiles where the first image has over 8 bits."""
    if isinstance(source, KerasDataset):
        return EightBit()
    first = _first(source)
    if first is None:
        return EightBit()
    try:
        header(first)
    except UnreadableImage:
        try:
            header(Picture(first.path, first.item, Reading(window=(0.0, 1.0))))
        except UnreadableImage:
            return EightBit()
        return PercentileWindow()
    return EightBit()


def resolved(dataset: Dataset, window: tuple[float, float] | None) -> Dataset:
    """`dataset` with a measured window as fixed numbers, as a trained model keeps it."""
    if window is None or not isinstance(dataset.intensity, PercentileWindow):
        return dataset
    fixed = FixedWindow(low=window[0], high=window[1])
    return dataset.model_copy(update={"intensity": fixed})


def _first(source: Source) -> Picture | None:
    if isinstance(source, Table | ArrayFile):
        return next((Picture(Path(i.path), i.item) for i in scan(source).images), None)
    root = Path(source.path)
    for path in islice(Walk(root).images(str(root)), 1):
        return Picture(Path(path))
    return None


def _window(
    dataset: Dataset, intensity: PercentileWindow, plain: Reading, training: Iterable[Found]
) -> tuple[float, float]:
    chosen = heapq.nsmallest(SAMPLE, training, key=lambda i: (key_hash(i.key, 16), i.key))
    kept = cache_root() / "windows" / f"{_digest(dataset, intensity, chosen)}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        low, high = json.loads(kept.read_text("ascii"))
        touch(kept)
        return float(low), float(high)
    window = _measured(dataset, intensity, plain, chosen)
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError):
        write_atomically(kept, json.dumps(window).encode("ascii"))
        clean(kept.parent, MOST_BYTES)
    return window


def _digest(dataset: Dataset, intensity: PercentileWindow, chosen: Sequence[Found]) -> str:
    settings = (VERSION, intensity.low, intensity.high, dataset.page, dataset.channels)
    marks = [repr((*settings, dataset.color))]
    for image in chosen:
        with contextlib.suppress(OSError):
            state = os.stat(image.path)  # noqa: PTH116 (spares a Path)
            marks.append(f"{image.path}\0{image.item}\0{state.st_size}\0{state.st_mtime_ns}")
    text = "\0".join(marks).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _measured(
    dataset: Dataset, intensity: PercentileWindow, plain: Reading, chosen: Sequence[Found]
) -> tuple[float, float]:
    seen: list[NDArray[np.float32]] = []
    for image in chosen:
        # Who cannot be read is named by whoever reads all of them.
        with contextlib.suppress(UnreadableImage):
            values = raw(Picture(Path(image.path), image.item, plain), dataset.color)
            pixels = values.reshape(-1, values.shape[2])
            pixels = pixels[:: max(1, len(pixels) // PIXELS)]
            seen.append(pixels[np.isfinite(pixels)])
    values = np.concatenate(seen) if seen else np.zeros(0, np.float32)
    if not len(values):
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(values, (intensity.low, intensity.high)))
    return low, high if high > low else low + 1.0
