"""Pairs of 64-bit hashes that differ in few bits, found without comparing all with all.

Hashes at a distance of at most `bits` agree in at least one of `bits + 1` disjoint parts (pigeons
and holes), so each part is sorted and only equal neighbours are compared, all in NumPy.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_IN_BUCKET = 2000
"""A part shared by more images than this tells little: only neighbours are compared in it."""
_NEIGHBOURS = 64


def close_pairs(hashes: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    """int64[m, 2] positions (smaller first) of all pairs that differ in at most `bits` bits.

    `hashes` is uint64[n]. Each pair is listed once, sorted. In a bucket of more than
    `MOST_IN_BUCKET` hashes only the neighbours in order of the whole hash are compared, which
    finds equal ones in any case.
    """
    hashes = np.ascontiguousarray(hashes, dtype=np.uint64)
    found: list[NDArray[np.int64]] = []
    if len(hashes) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    for low, width in _parts(bits + 1):
        part = (hashes >> np.uint64(low)) & np.uint64((1 << width) - 1)
        order = np.lexsort((hashes, part))
        part = part[order]
        starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
        sizes = np.diff(np.r_[starts, len(part)])
        # At step d, every place is compared with the place d further on in the same bucket.
        reach = np.where(sizes > MOST_IN_BUCKET, _NEIGHBOURS, sizes - 1)
        ends = np.repeat(starts + sizes, sizes).astype(np.int64)
        reaches = np.repeat(reach, sizes)
        at = np.arange(len(part), dtype=np.int64)
        step = 1
        while True:
            at = at[(at + step < ends[at]) & (reaches[at] >= step)]
            if not len(at):
                break
            first, second = order[at], order[at + step]
            near = np.bitwise_count(hashes[first] ^ hashes[second]) <= bits
            if near.any():
                found.append(np.stack([first[near], second[near]], axis=1))
            step += 1
    if not found:
        return np.zeros((0, 2), dtype=np.int64)
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def _parts(count: int) -> list[tuple[int, int]]:
    """(lowest bit, width) of `count` parts that cover 64 bits."""
    edges = [64 * place // count for place in range(count + 1)]
    return [(low, high - low) for low, high in pairwise(edges)]


def groups(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """int64[count]: the smallest position that each position is connected to by `pairs`.

    `pairs` is int64[m, 2] of positions below `count`.
    """
    root = np.arange(count, dtype=np.int64)
    while len(pairs):
        left, right = root[pairs[:, 0]], root[pairs[:, 1]]
        apart = left != right
        if not apart.any():
            break
        low, high = np.minimum(left, right)[apart], np.maximum(left, right)[apart]
        np.minimum.at(root, high, low)
        root = root[root]
    while not np.array_equal(root, root[root]):
        root = root[root]
    return root
