"""The window of a dataset as numbers: fixed, or measured over a sample of the training images."""

import contextlib
import hashlib
import io
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
from cnnstudio.data.names import key_hashes
from cnnstudio.data.picture import PLAIN, Picture, Reading
from cnnstudio.data.scanning import scan
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.files import write_atomically
from cnnstudio.spec.intensities import EightBit, FixedWindow, Intensity, PercentileWindow
from cnnstudio.spec.sources import ArrayFile, KerasDataset, Source, Table

# Training images that a window is measured over, and pixels looked at in each.
SAMPLE = 64
PIXELS = 16_384
MOST_BYTES = 100 * 2**20
VERSION = 2  # raised when measuring changes
_NOTHING: NDArray[np.float32] = np.zeros(0, np.float32)


def reading_of(dataset: Dataset, training: Iterable[Found]) -> Reading:
    """How all images of `dataset` are read; `training` is looked at for percentiles alone.

    The sample is the same for the same training images, and what was looked at is kept by image:
    another split or edit opens the few images that are new in the sample.
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
    chosen = _chosen(list(training))
    folder = cache_root() / "windows"
    marks = [_mark(dataset, image) for image in chosen]
    settings = repr((intensity.low, intensity.high))
    kept = folder / f"{_digest((settings, *marks))}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        low, high = json.loads(kept.read_text("ascii"))
        touch(kept)
        return float(low), float(high)
    pixels = [
        _pixels(dataset, plain, image, folder / f"{_digest((mark,))}.npy") if mark else None
        for image, mark in zip(chosen, marks, strict=True)
    ]
    seen = [values for values in pixels if values is not None]
    window = _percentiles(np.concatenate(seen) if seen else _NOTHING, intensity)
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError):
        if len(seen) == len(pixels):  # what kept an image from being read may pass
            write_atomically(kept, json.dumps(window).encode("ascii"))
        clean(folder, MOST_BYTES)
    return window


def _chosen(training: Sequence[Found]) -> list[Found]:
    """The same sample for the same images; one that comes or goes changes at most one other."""
    hashes = key_hashes((image.key for image in training), 16)
    bound = np.partition(hashes, SAMPLE)[SAMPLE] if len(hashes) > SAMPLE else 2**64 - 1
    near = [(int(hashes[at]), training[at]) for at in np.flatnonzero(hashes <= bound).tolist()]
    near.sort(key=lambda pair: (pair[0], pair[1].key))
    return [image for _, image in near[:SAMPLE]]


def _mark(dataset: Dataset, image: Found) -> str:
    """What the stored values of an image depend on; empty where it is gone."""
    try:
        state = os.stat(image.path)  # noqa: PTH116 (spares a Path)
    except OSError:
        return ""
    how = (VERSION, dataset.page, dataset.channels, dataset.color, state.st_size, state.st_mtime_ns)
    return f"{image.path}\0{image.item}\0{how!r}"


def _digest(marks: Iterable[str]) -> str:
    text = "\0".join(marks).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _pixels(
    dataset: Dataset, plain: Reading, image: Found, kept: Path
) -> NDArray[np.float32] | None:
    """Stored values of some pixels as float32[n]; kept, so that an edit opens no other image.

    None where the image cannot be read; whoever reads all of them names it.
    """
    with contextlib.suppress(OSError, ValueError, EOFError):
        found: NDArray[np.float32] = np.load(kept, allow_pickle=False)
        touch(kept)
        return found
    try:
        values = raw(Picture(Path(image.path), image.item, plain), dataset.color)
    except UnreadableImage:
        return None
    pixels = values.reshape(-1, values.shape[2])
    pixels = pixels[:: max(1, len(pixels) // PIXELS)]
    pixels = pixels[np.isfinite(pixels)].astype(np.float32)
    with contextlib.suppress(OSError):
        stored = io.BytesIO()
        np.save(stored, pixels)
        write_atomically(kept, stored.getvalue())
    return pixels


def _percentiles(values: NDArray[np.float32], intensity: PercentileWindow) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(values, (intensity.low, intensity.high)))
    return low, high if high > low else low + 1.0
