"""One entry of the cache of pixels: read where it is whole, otherwise built, from older ones first.

An entry is a folder `<settings>-<content>/` with `pixels.npy`, `marks.npy` and `left_out.json`. A
mark stands for one image file as it was; rows of unchanged files are copied from older entries of
the same settings. An entry is built beside its place and renamed, so that one that exists is whole,
however many runs build it at once.
"""

import errno
import json
import os
import shutil
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cachefolder import bytes_of, clean, discard, under_construction
from cnnstudio.data.decode import Pixels, UnreadableImage, new_gate
from cnnstudio.data.index import Sample
from cnnstudio.data.load import load
from cnnstudio.data.stopping import Progress, Stop, Stopped
from cnnstudio.spec.experiment import Dataset

MARK = 16  # bytes
OLDER = 4  # entries that rows are copied from
# An older entry of which this share lives on in a new one is of no more use.
SUPERSEDED = 0.9
COPIED_AT_ONCE = 4 * 2**20  # bytes

Marks = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Entry:
    """uint8[n, height, width, channels], memory-mapped; uint8[n, 16]; why rows are left out.

    `passing` are the rows left out for a reason that may pass though the file stays as it is, such
    as its permissions.
    """

    folder: Path
    pixels: Pixels
    marks: Marks
    left_out: dict[int, str]
    passing: tuple[int, ...]


def read(folder: Path, shape: tuple[int, ...], images: int | None = None) -> Entry | None:
    """The entry, or None where none is whole; `shape` is that of an image, `images` their number.

    What is open stays readable even if the entry is removed.
    """
    try:
        said = json.loads((folder / "left_out.json").read_text("utf-8"))
        left_out = {int(row): str(reason) for row, reason in said["reasons"].items()}
        passing = tuple(int(row) for row in said["passing"])
        # The plain view: indexing a memmap object costs microseconds a time.
        pixels = np.asarray(np.load(folder / "pixels.npy", mmap_mode="r", allow_pickle=False))
        marks = np.load(folder / "marks.npy", allow_pickle=False)
    except Exception:  # missing, or damaged, which parsers answer with nearly anything
        return None
    rows = len(marks) if images is None else images
    whole = (
        pixels.shape == (rows, *shape)
        and marks.shape == (rows, MARK)
        and pixels.dtype == marks.dtype == np.uint8
        and pixels.flags.c_contiguous
        and all(0 <= row < rows for row in left_out)
        and left_out.keys() >= set(passing)
    )
    return Entry(folder, pixels, marks, left_out, passing) if whole else None


def mended(entry: Entry, plan: "Plan") -> bool:
    """Whether an image that was left out for a passing reason can be read by now."""
    for row in entry.passing:
        try:
            load(plan.samples[row].picture, plan.dataset)
        except UnreadableImage:
            continue
        return True
    return False


@dataclass(frozen=True, slots=True)
class Plan:
    """What an entry is to hold: image `i` becomes row `i` and has the mark `marks[i]`."""

    folder: Path
    dataset: Dataset
    samples: Sequence[Sample]
    marks: Marks
    shape: tuple[int, ...]

    @property
    def image_bytes(self) -> int:
        """Of one image."""
        return int(np.prod(self.shape))


def build(plan: Plan, progress: Progress | None, stop: Stop | None, replace: bool = False) -> None:
    """Write the entry of `plan` to its place, unless another run was faster.

    `replace` puts it in the place of one that is whole, too.

    Raises:
        OSError: the disk is full or may not be written.
        Stopped: `stop` returned true.
    """
    folder = plan.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    _make_room(folder.parent, len(plan.samples) * plan.image_bytes)
    known = _Known(plan)
    superseded = [folder for folder in known.superseded() if folder != plan.folder]
    made = under_construction(folder.parent)
    try:
        np.save(made / "marks.npy", plan.marks)
        left_out = _write_pixels(made / "pixels.npy", plan, known, progress, stop)
        said = {
            "reasons": {row: error.reason for row, error in left_out.items()},
            "passing": [row for row, error in left_out.items() if _may_pass(error)],
        }
        (made / "left_out.json").write_text(json.dumps(said), "utf-8")
        del known  # some systems remove nothing that is mapped
        _settle(made, plan, replace)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    for old in superseded:
        discard(old)


def _make_room(folder: Path, needed: int) -> None:
    """Remove what is long unused, and where that is not enough, the entries unused the longest."""
    clean(folder, 2**62)
    free = shutil.disk_usage(folder).free
    kept = bytes_of(folder) if free < needed else 0
    if free < needed <= free + kept:
        clean(folder, kept - (needed - free))
        # What a run has open is only given back when that run ends.
        free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes needed")


def _may_pass(error: UnreadableImage) -> bool:
    cause = error.__cause__
    # Pillow raises errors of its own as OSError, but without a number.
    return isinstance(cause, MemoryError) or (
        isinstance(cause, OSError) and cause.errno is not None
    )


class _Known:
    """Rows of older entries of the same settings."""

    def __init__(self, plan: Plan) -> None:
        self._entries = _older(plan)
        places: dict[bytes, tuple[int, int]] = {}
        for at in reversed(range(len(self._entries))):
            entry = self._entries[at]
            for row, mark in enumerate(_each(entry.marks)):
                if row not in entry.left_out:
                    places[mark] = at, row
        self._found = [places.get(mark) for mark in _each(plan.marks)]

    def __contains__(self, row: int) -> bool:
        return self._found[row] is not None

    def run(self, row: int, most: int) -> Pixels | None:
        """The images from `row` on that lie one after another in an older entry; at most `most`."""
        place = self._found[row]
        if place is None:
            return None
        at, first = place
        length = 1
        for found in self._found[row + 1 : row + most]:
            if found != (at, first + length):
                break
            length += 1
        return self._entries[at].pixels[first : first + length]

    def superseded(self) -> list[Path]:
        """The entries that live on in the new one."""
        used = Counter(place[0] for place in self._found if place is not None)
        return [
            entry.folder
            for at, entry in enumerate(self._entries)
            if used[at] >= SUPERSEDED * len(entry.marks)
        ]


def _older(plan: Plan) -> list[Entry]:
    """Entries of the same settings, the one used last first."""
    settings = plan.folder.name.partition("-")[0]
    dated: list[tuple[float, Path]] = []
    for path in plan.folder.parent.glob(f"{settings}-*"):
        try:
            dated.append((path.stat().st_mtime, path))
        except OSError:
            continue
    entries = (read(path, plan.shape) for _, path in sorted(dated, reverse=True))
    return [entry for entry in entries if entry is not None][:OLDER]


def _each(marks: Marks) -> Iterator[bytes]:
    content = marks.tobytes()
    return (content[at : at + MARK] for at in range(0, len(content), MARK))


def _write_pixels(
    path: Path, plan: Plan, known: _Known, progress: Progress | None, stop: Stop | None
) -> dict[int, UnreadableImage]:
    """Write the array; returns the rows that are left out."""
    total = len(plan.samples)
    left_out: dict[int, UnreadableImage] = {}
    most = max(1, COPIED_AT_ONCE // plan.image_bytes)
    new = [sample for row, sample in enumerate(plan.samples) if row not in known]
    images = _decoded(plan.dataset, new, stop)
    # Written as a stream: a full disk is then an error, in a mapped file it kills the process.
    with path.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (total, *plan.shape)}
        np.lib.format.write_array_header_1_0(file, header)
        row = 0
        while row < total:
            copied = known.run(row, most)
            if copied is not None:
                if stop is not None and stop():
                    raise Stopped
                file.write(copied.data)
                row += len(copied)
            else:
                image = next(images)
                if isinstance(image, UnreadableImage):
                    left_out[row] = image
                    file.write(bytes(plan.image_bytes))
                else:
                    file.write(image.data)
                row += 1
            if progress is not None:
                progress(row, total)
        file.flush()
        os.fsync(file.fileno())
    return left_out


def _settle(made: Path, plan: Plan, replace: bool) -> None:
    """Move a built entry to its place, unless another run was faster."""
    try:
        made.rename(plan.folder)
    except OSError:
        whole = read(plan.folder, plan.shape, len(plan.samples)) is not None
        if whole and not replace:
            return
        if not discard(plan.folder) and whole:
            return  # in use, where the system forbids to remove that
        try:
            made.rename(plan.folder)
        except OSError:
            # Another run may have settled the same in that very moment.
            if read(plan.folder, plan.shape, len(plan.samples)) is None:
                raise


def _decoded(
    dataset: Dataset, samples: Sequence[Sample], stop: Stop | None
) -> Iterator[Pixels | UnreadableImage]:
    """Every image in order, decoded by threads that stay a few images ahead."""
    gate = new_gate()

    def one(sample: Sample) -> Pixels | UnreadableImage:
        try:
            return load(sample.picture, dataset, gate)
        except UnreadableImage as error:
            return error

    threads = (os.cpu_count() or 1) + 1  # one of them waits for the disk or for Python
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    try:
        ahead: deque[Future[Pixels | UnreadableImage]] = deque()
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
