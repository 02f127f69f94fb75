"""One pass over all images by threads: each is decoded once, small, and measured.

Results are kept on disk, so that a second check reads nothing but the files' sizes and times.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import (
    FORMATS,
    LARGE_PIXELS,
    UnreadableImage,
    as_array,
    decode_small,
    header,
    new_gate,
)
from cnnstudio.data.health.kept import Kept, kept
from cnnstudio.data.health.table import ROW, SIGNATURE, Measurements, Rows, rows_of
from cnnstudio.data.index import Sample
from cnnstudio.data.picture import PLAIN, Picture
from cnnstudio.data.stopping import Progress, Stop, Stopped

SIDE = 192
"""Longer side, in pixels, at which an image is measured; smaller ones keep their size."""
_CHUNK = 32
_COLOR_SPREAD = 12
_HASHED = 32
# Plain walls have no edges, and even a sharp picture may be mostly wall: the sharpest places count.
_SHARPEST = 0.997
_PART = 1 << 20

Result = tuple[Any, ...] | str


def measure(
    source: str,
    samples: Sequence[Sample],
    progress: Progress | None = None,
    stop: Stop | None = None,
    threads: int | None = None,
) -> Measurements:
    """Measure the images of `samples`; those whose size and time are known are not opened again.

    `source` names the place that the results are kept for. What was measured is kept after a stop
    as well, so that the next check goes on from there. `progress(done, total)` is called from this
    thread.

    Raises:
        Stopped: `stop` returned true.
    """
    known = kept(source)
    rows = np.zeros(len(samples), dtype=ROW)
    sound = np.zeros(len(samples), dtype=bool)
    reasons: dict[str, str] = {}
    todo = _known_into(rows, sound, known, samples)
    done = len(samples) - len(todo)
    if progress is not None:
        progress(done, len(samples))
    try:
        for places, found in _measured(samples, todo, stop, threads):
            for place, one in zip(places, found, strict=True):
                if isinstance(one, str):
                    reasons[samples[place].key] = one
                else:
                    rows[place], sound[place] = rows_of([one])[0], True
            done += len(places)
            if progress is not None:
                progress(done, len(samples))
    finally:
        if todo:
            _keep(known, samples, rows, sound)
    at = np.flatnonzero(sound)
    return Measurements(tuple(samples[int(i)].key for i in at), rows[at], reasons)


def unmeasured(source: str, samples: Sequence[Sample]) -> list[int]:
    """The places of the samples that a check would have to open."""
    rows = np.zeros(len(samples), dtype=ROW)
    return _known_into(rows, np.zeros(len(samples), dtype=bool), kept(source), samples)


def _known_into(
    rows: Rows, sound: NDArray[np.bool_], known: Kept, samples: Sequence[Sample]
) -> list[int]:
    """Fill in what is known; the places of the rest."""
    todo: list[int] = []
    for place, sample in enumerate(samples):
        row = known.find(name_of(sample), sample.file)
        if row is None:
            todo.append(place)
        else:
            rows[place], sound[place] = row, True
    return todo


def _keep(known: Kept, samples: Sequence[Sample], rows: Any, sound: NDArray[np.bool_]) -> None:
    at = np.flatnonzero(sound)
    known.save([name_of(samples[int(i)]) for i in at], rows[at])


def _measured(
    samples: Sequence[Sample], todo: Sequence[int], stop: Stop | None, threads: int | None
) -> Any:
    """(places, results) chunk by chunk; a stop ends within a chunk."""
    gate = new_gate()
    ended = threading.Event()

    def work(places: Sequence[int]) -> list[Result]:
        found: list[Result] = []
        for place in places:
            if ended.is_set():
                break
            found.append(_measure(samples[place], gate))
        return found

    chunks = [todo[at : at + _CHUNK] for at in range(0, len(todo), _CHUNK)]
    pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="health")
    try:
        for places, found in zip(chunks, pool.map(work, chunks), strict=True):
            if stop is not None and stop():
                raise Stopped
            yield places, found
    finally:
        ended.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _measure(sample: Sample, gate: AbstractContextManager[object]) -> Result:
    """The row of one image in the order of `ROW`, or the reason why there is none."""
    place = sample.picture
    try:
        state = place.path.stat()
        height, width, gray = header(place)
        with gate if width * height > LARGE_PIXELS else nullcontext():
            image = decode_small(place, SIDE)
            scale = min(1.0, SIDE / max(image.size))
            if scale < 1.0:
                columns, rows = (max(1, round(side * scale)) for side in image.size)
                image = image.resize((columns, rows), Image.Resampling.BOX)
        pixels = as_array(image)
        gray_pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        return (
            state.st_size,
            state.st_mtime_ns,
            width,
            height,
            *_stored(place, gray),
            *_numbers(pixels, gray_pixels),
            _content(place, pixels, (height, width)),
            _signature(gray_pixels),
        )
    except UnreadableImage as error:
        return error.reason
    except OSError:  # the file went away under the measuring
        return "is no longer there or cannot be read: check again"


def _stored(place: Picture, gray: bool) -> tuple[bytes, bytes]:
    """The format of the file and the mode of its pixels."""
    if place.item is None:
        try:
            with Image.open(place.path, formats=FORMATS) as opened:
                return str(opened.format).encode(), opened.mode.encode()
        except Exception:  # read by another decoder than Pillow
            pass
    ending = place.path.suffix.lstrip(".").upper()[:8]
    return ending.encode("ascii", "replace"), b"L" if gray else b"RGB"


def _numbers(
    pixels: NDArray[np.uint8], gray: NDArray[np.uint8]
) -> tuple[float, float, float, float, float, float, int]:
    """Mean, spread, sharpness, coloured share, red and blue against green, perceptual hash."""
    mean, spread = cv2.meanStdDev(gray)
    edges = np.abs(cv2.Laplacian(gray, cv2.CV_32F)).ravel()
    sharpest = min(len(edges) - 1, int(len(edges) * _SHARPEST))
    edge = float(np.partition(edges, sharpest)[sharpest])
    red, green, blue = cv2.mean(pixels)[:3]
    # By channels: over the last axis of three, NumPy takes longer than everything else together.
    channels = cv2.split(pixels)
    most = cv2.max(cv2.max(channels[0], channels[1]), channels[2])
    least = cv2.min(cv2.min(channels[0], channels[1]), channels[2])
    colored = np.count_nonzero(cv2.subtract(most, least) > _COLOR_SPREAD)
    return (
        float(mean[0, 0]),
        float(spread[0, 0]),
        edge / (float(spread[0, 0]) + 1.0),
        colored / gray.size,
        red - green,
        blue - green,
        perceptual_hash(gray),
    )


def perceptual_hash(gray: NDArray[np.uint8]) -> int:
    """64 bits of the lowest frequencies of a picture uint8[height, width]: equal ones look alike.

    The usual pHash: a cosine transform of 32×32 pixels, each of its 8×8 lowest frequencies against
    their median. Written out because the library for it brings 150 MB of SciPy and is no faster.
    """
    small = cv2.resize(gray, (_HASHED, _HASHED), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:8, :8]
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def _signature(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    small = cv2.resize(gray, (SIGNATURE, SIGNATURE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _content(place: Picture, pixels: NDArray[np.uint8], size: tuple[int, int]) -> tuple[int, int]:
    """A 128-bit digest of the file's bytes, or of the pixels of an image that shares its file."""
    digest = hashlib.blake2b(digest_size=16)
    if place.item is None:
        with place.path.open("rb") as file:
            while part := file.read(_PART):
                digest.update(part)
    else:
        digest.update(repr((size, pixels.shape)).encode())
        digest.update(pixels.tobytes())
    whole = digest.digest()
    return int.from_bytes(whole[:8], "little"), int.from_bytes(whole[8:], "little")


def name_of(sample: Sample) -> str:
    """What an image is known by on disk: its file, with its place in it and how it is read."""
    if sample.item is None and sample.reading == PLAIN:
        return sample.file
    return f"{sample.file}\n{sample.item} {sample.reading}"
