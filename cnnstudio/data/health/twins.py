"""Images that show the same picture: equal files, and pictures that are nearly equal.

A perceptual hash proposes pairs, the pixels decide: two pictures are laid over each other, moved
by some pixels, and correlated. Where many pictures look alike (single strokes, parts before a
blank ground) only a copy that differs by no more than compression does counts.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import UnreadableImage, decode_small
from cnnstudio.data.health.hamming import close_pairs
from cnnstudio.data.health.table import Rows
from cnnstudio.data.index import Sample
from cnnstudio.data.stopping import Stop, Stopped

BLANK = 3.0
"""Spread in grey levels below which a picture has nothing to compare."""
ALIKE_BITS = 4
FAR_BITS = ((6_000, 12), (20_000, 10), (2**63, 8))
"""Up to how many images how many bits may differ: among more images, more are near by chance."""
CROWD = 4
"""Neighbours within `ALIKE_BITS` above which an image stands in a crowd of similar ones."""
CHANCE = 0.5
"""Different pictures with near hashes, for each image, from which near hashes say nothing."""
COPY, SAME = 0.995, 0.935
"""Correlations from which a pair is a copy, or the same picture moved or cut by a few pixels."""
_ROUGH_COPY, _ROUGH = 0.985, 0.6
_SAMPLE, _TRIED = 4000, 200
_MOST_PAIRS = 20_000
_SIDE = 64
_CORES = (56, 52)

Pairs = NDArray[np.int64]


def equal_files(rows: Rows) -> Pairs:
    """int64[m, 2]: each file with the first one of the same bytes."""
    content = rows["content"]
    _, first, which = np.unique(content, axis=0, return_index=True, return_inverse=True)
    firsts = first[which.reshape(-1)]
    at = np.arange(len(rows), dtype=np.int64)
    pairs: Pairs = np.stack([firsts, at], axis=1)[firsts != at].astype(np.int64)
    return pairs


def near_pairs(rows: Rows, samples: Sequence[Sample], stop: Stop | None = None) -> Pairs:
    """int64[m, 2]: pairs of different files (smaller position first) that show one picture.

    Raises:
        Stopped: `stop` returned true.
    """
    at = np.setdiff1d(np.flatnonzero(rows["spread"] >= BLANK), equal_files(rows)[:, 1])
    hashes = rows["hash"][at]
    pictures = _Pictures(samples)
    alike = close_pairs(hashes, ALIKE_BITS)
    crowd = np.bincount(alike.ravel(), minlength=len(at)) > CROWD
    lonely = at[~crowd]
    bits = next(bits for most, bits in FAR_BITS if len(lonely) <= most)
    if _crowded(rows, lonely, pictures, bits, stop):
        far, dense = alike[:0], alike
    else:
        far = lonely[close_pairs(rows["hash"][lonely], bits)]
        dense = alike[crowd[alike].any(axis=1)]
    found = (
        _confirmed(rows, pictures, far, _ROUGH, SAME, stop),
        _confirmed(rows, pictures, at[dense], _ROUGH_COPY, COPY, stop),
    )
    return np.unique(np.concatenate(found), axis=0)


def _crowded(
    rows: Rows, at: NDArray[np.int64], pictures: "_Pictures", bits: int, stop: Stop | None
) -> bool:
    """Whether many different pictures have near hashes, by a sample of the images at `at`."""
    sample = at[:: max(1, len(at) // _SAMPLE)]
    pairs = sample[close_pairs(rows["hash"][sample], bits)]
    expected = 2 * len(pairs) / max(1, len(sample)) * len(at) / max(1, len(sample))
    if expected <= CHANCE:
        return False
    tried = pairs[:: max(1, len(pairs) // _TRIED)]
    same = len(_confirmed(rows, pictures, tried, _ROUGH, SAME, stop))
    return expected * (1 - same / len(tried)) > CHANCE


def _confirmed(
    rows: Rows, pictures: "_Pictures", pairs: Pairs, rough: float, needed: float, stop: Stop | None
) -> Pairs:
    likeness = _likeness(rows, pairs)
    order = np.argsort(-likeness, kind="stable")[:_MOST_PAIRS]
    order = order[likeness[order] >= rough]
    sure: list[tuple[int, int]] = []
    for count, place in enumerate(order):
        if stop is not None and count % 16 == 0 and stop():
            raise Stopped
        first, second = int(pairs[place, 0]), int(pairs[place, 1])
        one, other = pictures.get(first), pictures.get(second)
        if one is None or other is None:
            continue
        value = correlation(one, other) if needed == COPY else moved_correlation(one, other)
        if value >= needed:
            sure.append((first, second))
    return np.array(sure, dtype=np.int64).reshape(-1, 2)


def _likeness(rows: Rows, pairs: Pairs) -> NDArray[np.float32]:
    """Correlation of the kept small pictures, float32[m], in parts that fit a cache."""
    found = np.zeros(len(pairs), dtype=np.float32)
    for begin in range(0, len(pairs), 4096):
        part = pairs[begin : begin + 4096]
        one, other = (_normal(rows["signature"][part[:, side]]) for side in (0, 1))
        found[begin : begin + 4096] = (one * other).sum(axis=1)
    return found


def _normal(signatures: NDArray[np.uint8]) -> NDArray[np.float32]:
    flat = signatures.reshape(len(signatures), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    normal: NDArray[np.float32] = flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6)
    return normal


def correlation(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Correlation of two grey pictures uint8[side, side], −1..1; brightness does not matter."""
    return float(cv2.matchTemplate(one, other, cv2.TM_CCOEFF_NORMED)[0, 0])


def moved_correlation(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The best correlation of the middle of one picture with any place of the other, −1..1.

    Both are uint8[`_SIDE`, `_SIDE`].
    """
    best = correlation(one, other)
    for large, small in ((one, other), (other, one)):
        for side in _CORES:
            edge = (_SIDE - side) // 2
            core = small[edge : edge + side, edge : edge + side]
            best = max(best, float(cv2.matchTemplate(large, core, cv2.TM_CCOEFF_NORMED).max()))
    return best


class _Pictures:
    """Grey pictures of 64×64 by position, decoded when first asked for."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples
        self._known: dict[int, NDArray[np.uint8] | None] = {}

    def get(self, at: int) -> NDArray[np.uint8] | None:
        """The picture, or None when its file has become unreadable."""
        if at not in self._known:
            try:
                image = decode_small(self._samples[at].picture, _SIDE).convert("L")
            except UnreadableImage:
                self._known[at] = None
            else:
                small = image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
                self._known[at] = np.array(small, dtype=np.uint8)
        return self._known[at]
