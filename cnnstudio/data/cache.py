"""Decoded and resized images on disk as one memory-mapped array: later epochs decode nothing.

An entry is a folder `<digest>/` with `pixels.npy` and `left_out.json`. The digest covers the
settings and every file's key, size and time, so an entry never goes stale; it is built beside its
place and renamed, so an entry that exists is whole, however many runs build it at once.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cachefolder import BUILDING, cache_root, clean, touch
from cnnstudio.data.decode import Pixels, UnreadableImage, new_gate
from cnnstudio.data.folders import nothing_readable
from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.data.load import load
from cnnstudio.data.names import shown
from cnnstudio.data.picture import PLAIN
from cnnstudio.data.stopping import Progress, Stop, Stopped
from cnnstudio.data.thumbnails import clean_thumbnails
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.facts import SplitName, Unreadable

VERSION = 1  # raised when decoding or resizing changes what they make of a file
MOST_BYTES = 20 * 2**30


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
        shape = _shape(dataset)
        every = _every(index)
        folder = _folder(dataset, every)
        left_out = _read(folder, len(every), shape)
        if left_out is None:
            with _disk_errors(folder):
                _build(folder, dataset, every, shape, progress, stop)
            left_out = _read(folder, len(every), shape)
            clean(folder.parent, MOST_BYTES, keep=frozenset({folder}))
            clean_thumbnails()
        if left_out is None:
            raise UserError(
                "The cache of decoded images cannot be read back: check the disk it lies on.",
                place=str(folder),
            )
        touch(folder)
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
            # The plain view: indexing a memmap object costs microseconds a time.
            np.asarray(np.load(folder / "pixels.npy", mmap_mode="r")),
            np.array([row_of[sample.key] for sample in sound], np.int64),
            sound,
            (*index.unreadable, *bad),
            folder,
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
    shape, every = _shape(dataset), _every(index)
    there = _read(_folder(dataset, every), len(every), shape) is not None
    return len(every) * int(np.prod(shape)), there


def left_out(dataset: Dataset, index: ImageIndex) -> frozenset[str] | None:
    """Keys of the images that a run leaves out as damaged; None before the images are cached."""
    every = _every(index)
    found = _read(_folder(dataset, every), len(every), _shape(dataset))
    return None if found is None else frozenset(every[row].key for row in found)


def _every(index: ImageIndex) -> tuple[Sample, ...]:
    """All images in an order that no edit changes, so that one cache serves them all."""
    return tuple(sorted((*index.samples, *index.excluded), key=lambda sample: sample.key))


def _shape(dataset: Dataset) -> tuple[int, int, int]:
    return (*dataset.image_size, 3 if dataset.color == "rgb" else 1)


def _folder(dataset: Dataset, every: Sequence[Sample]) -> Path:
    return cache_root() / "pixels" / _digest(dataset, every)


def _digest(dataset: Dataset, every: Sequence[Sample]) -> str:
    settings = (VERSION, dataset.source.path, dataset.image_size, dataset.resize, dataset.color)
    # One reading serves all images of a dataset.
    reading = every[0].reading if every else PLAIN
    text = repr(settings if reading == PLAIN else (*settings, reading))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    for sample in every:
        try:
            state = os.stat(sample.file)  # noqa: PTH116 (spares a Path)
            mark = f"{sample.key}\0{state.st_size}\0{state.st_mtime_ns}\0"
        except OSError:
            mark = f"{sample.key}\0gone\0"
        digest.update(mark.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _read(folder: Path, images: int, shape: tuple[int, ...]) -> dict[int, str] | None:
    """Rows that are left out, with the reason; None where there is no whole entry."""
    try:
        left_out = json.loads((folder / "left_out.json").read_text("utf-8"))
        pixels = np.load(folder / "pixels.npy", mmap_mode="r")
    except (OSError, ValueError):
        return None
    if pixels.shape != (images, *shape) or pixels.dtype != np.uint8:
        return None
    return {int(row): str(reason) for row, reason in left_out.items()}


def _build(
    folder: Path,
    dataset: Dataset,
    every: Sequence[Sample],
    shape: tuple[int, ...],
    progress: Progress | None,
    stop: Stop | None,
) -> None:
    total = len(every)
    folder.parent.mkdir(parents=True, exist_ok=True)
    clean(folder.parent, 2**62)  # what is long unused first, it may make the room that is needed
    needed = total * int(np.prod(shape))
    if shutil.disk_usage(folder.parent).free < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes needed")
    made = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder.parent))
    try:
        left_out: dict[int, str] = {}
        blank = bytes(int(np.prod(shape)))
        # Written as a stream: a full disk is then an error, in a mapped file it kills the process.
        with (made / "pixels.npy").open("wb") as file:
            header = {"descr": "|u1", "fortran_order": False, "shape": (total, *shape)}
            np.lib.format.write_array_header_1_0(file, header)
            for row, image in enumerate(_decoded(dataset, every, stop)):
                if isinstance(image, UnreadableImage):
                    left_out[row] = image.reason
                    file.write(blank)
                else:
                    file.write(image.data)
                if progress is not None:
                    progress(row + 1, total)
            file.flush()
            os.fsync(file.fileno())
        (made / "left_out.json").write_text(json.dumps(left_out), "utf-8")
        _settle(made, folder, (total, *shape))
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _settle(made: Path, folder: Path, shape: tuple[int, ...]) -> None:
    """Move a built entry to its place, unless another run was faster."""
    try:
        made.rename(folder)
    except OSError:
        if _read(folder, shape[0], shape[1:]) is not None:
            return
        shutil.rmtree(folder, ignore_errors=True)  # a broken entry
        made.rename(folder)


def _decoded(
    dataset: Dataset, every: Sequence[Sample], stop: Stop | None
) -> Iterator[Pixels | UnreadableImage]:
    """Every image in order, decoded by threads that stay a few images ahead."""
    gate = new_gate()

    def one(sample: Sample) -> Pixels | UnreadableImage:
        try:
            return load(sample.picture, dataset, gate)
        except UnreadableImage as error:
            return error

    threads = os.cpu_count() or 1
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    try:
        ahead: deque[Future[Pixels | UnreadableImage]] = deque()
        samples = iter(every)
        for sample in samples:
            ahead.append(pool.submit(one, sample))
            if len(ahead) < 8 * threads:
                continue
            if stop is not None and stop():
                raise Stopped
            yield ahead.popleft().result()
        while ahead:
            if stop is not None and stop():
                raise Stopped
            yield ahead.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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
