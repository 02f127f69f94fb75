"""Decoded and resized images on disk as one memory-mapped array: later epochs decode nothing.

The name of an entry covers the settings and every file's key, size and time: only a file put in the
place of another, with the size and the time of it, goes unnoticed until the cache is cleared.
"""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cacheentry import MARK, Entry, Marks, Plan, build, mended, read
from cnnstudio.data.cachefolder import cache_root, clean, touch
from cnnstudio.data.decode import Pixels
from cnnstudio.data.folders import nothing_readable
from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.data.names import shown
from cnnstudio.data.picture import PLAIN
from cnnstudio.data.stopping import Progress, Stop
from cnnstudio.data.thumbnails import clean_thumbnails
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.facts import SplitName, Unreadable

VERSION = 2  # raised when decoding, resizing or the layout of an entry changes
MOST_BYTES = 20 * 2**30
ATTEMPTS = 2  # another run may remove an entry at the very moment it is finished


@dataclass(frozen=True, slots=True)
class PartPixels:
    """One part of a cache: row `rows[i]` of `pixels` is the image of `keys[i]` and `labels[i]`."""

    pixels: Pixels
    rows: NDArray[np.int64]
    keys: tuple[str, ...]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class PixelCache:
    """The images of a dataset as uint8[n, height, width, channels], memory-mapped and read-only.

    `samples[i]` lies in row `rows[i]`; files that could not be decoded are in `unreadable`, not in
    `samples`.
    """

    pixels: Pixels
    rows: NDArray[np.int64]
    samples: tuple[Sample, ...]
    unreadable: tuple[Unreadable, ...]
    folder: Path

    @classmethod
    def open(
        cls,
        dataset: Dataset,
        index: ImageIndex,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> "PixelCache":
        """Open the cache of `index`, building it first where it does not exist.

        `progress(done, total)` is called as images are decoded, from this thread; `stop` is asked
        between images.

        Raises:
            UserError: the folder changed meanwhile, no image can be read, or the disk is full.
            Stopped: `stop` returned true.
        """
        plan = _plan(dataset, index)
        every = plan.samples
        entry = _opened(plan, progress, stop)
        touch(entry.folder)
        left_out = entry.left_out
        row_of = {sample.key: row for row, sample in enumerate(every)}
        sound = tuple(s for s in index.samples if row_of[s.key] not in left_out)
        if not sound:
            first = index.samples[0].key
            raise nothing_readable(Path(dataset.source.path), first, left_out[row_of[first]])
        bad = tuple(
            Unreadable(key=shown(sample.key), reason=left_out[row_of[sample.key]])
            for sample in index.samples
            if row_of[sample.key] in left_out
        )
        return cls(
            entry.pixels,
            np.array([row_of[sample.key] for sample in sound], np.int64),
            sound,
            (*index.unreadable, *bad),
            entry.folder,
        )

    @property
    def bytes(self) -> int:
        """Size on disk."""
        return int(self.pixels.nbytes)

    def part(self, split: SplitName) -> PartPixels:
        """The images of one part of the split."""
        chosen = [i for i, sample in enumerate(self.samples) if sample.split == split]
        samples = [self.samples[i] for i in chosen]
        return PartPixels(
            self.pixels,
            self.rows[chosen],
            tuple(sample.key for sample in samples),
            np.array([sample.label for sample in samples], np.int64),
        )


def cached_bytes(dataset: Dataset, index: ImageIndex) -> tuple[int, bool]:
    """What the cache of `index` takes on disk, in bytes, and whether it is there already."""
    plan = _plan(dataset, index)
    there = read(plan.folder, plan.shape, len(plan.samples)) is not None
    return len(plan.samples) * plan.image_bytes, there


def _opened(plan: Plan, progress: Progress | None, stop: Stop | None) -> Entry:
    for attempt in range(ATTEMPTS + 1):
        entry = read(plan.folder, plan.shape, len(plan.samples))
        again = entry is not None and not attempt and mended(entry, plan)
        if entry is not None and not again:
            return entry
        del entry  # some systems replace nothing that is mapped
        if attempt < ATTEMPTS:
            with _disk_errors(plan.folder):
                build(plan, progress, stop, replace=again)
            clean(plan.folder.parent, MOST_BYTES, keep=frozenset({plan.folder}))
            clean_thumbnails()
    raise UserError(
        "The cache of decoded images cannot be read back: check the disk it lies on.",
        place=str(plan.folder),
    )


def left_out(dataset: Dataset, index: ImageIndex) -> frozenset[str] | None:
    """Keys of the images that a run leaves out as damaged; None before the images are cached."""
    plan = _plan(dataset, index)
    entry = read(plan.folder, plan.shape, len(plan.samples))
    if entry is None:
        return None
    return frozenset(plan.samples[row].key for row in entry.left_out)


def _every(index: ImageIndex) -> tuple[Sample, ...]:
    """All images in an order that no edit changes, so that one cache serves them all."""
    return tuple(sorted((*index.samples, *index.excluded), key=lambda sample: sample.key))


def _shape(dataset: Dataset) -> tuple[int, int, int]:
    return (*dataset.image_size, 3 if dataset.color == "rgb" else 1)


def _plan(dataset: Dataset, index: ImageIndex) -> Plan:
    every = _every(index)
    marks = _marks(every)
    # One reading serves all images of a dataset.
    reading = every[0].reading if every else PLAIN
    fit = (dataset.image_size, dataset.resize, dataset.scale)
    settings = (VERSION, dataset.source.path, *fit, dataset.color)
    text = repr(settings if reading == PLAIN else (*settings, reading))
    name = (
        f"{_digest(text.encode('utf-8', 'surrogatepass')).hex()}-{_digest(marks.tobytes()).hex()}"
    )
    return Plan(cache_root() / "pixels" / name, dataset, every, marks, _shape(dataset))


def _marks(every: Sequence[Sample]) -> Marks:
    """What tells an image file as it is now from any other: uint8[images, 16]."""
    marks = bytearray()
    for sample in every:
        try:
            state = os.stat(sample.file)  # noqa: PTH116 (spares a Path)
            mark = f"{sample.key}\0{state.st_size}\0{state.st_mtime_ns}"
        except OSError:
            mark = f"{sample.key}\0gone"
        marks += _digest(mark.encode("utf-8", "surrogatepass"))
    return np.frombuffer(marks, np.uint8).reshape(-1, MARK)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=MARK).digest()


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            sentence = (
                "The disk is full: free some space, or set CNNSTUDIO_CACHE to a folder on "
                "another disk."
            )
        else:
            sentence = (
                "The cache of decoded images cannot be written: set CNNSTUDIO_CACHE to a folder "
                "that may be written."
            )
        raise UserError(sentence, place=str(folder.parent), details=str(error)) from error
