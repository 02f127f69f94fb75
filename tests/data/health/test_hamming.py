"""The bucketed search finds what comparing all with all finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.data.health.hamming import MOST_IN_BUCKET, close_pairs, groups


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 60), bits=st.integers(0, 12))
def test_every_close_pair_is_found_once_and_no_other(seed: int, count: int, bits: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 2**64, max(1, count // 4), dtype=np.uint64)
    hashes = rng.choice(kinds, count)
    for _ in range(int(rng.integers(0, 10))):
        hashes ^= np.uint64(1) << rng.integers(0, 64, count).astype(np.uint64)
    wanted = [
        [first, second]
        for first in range(count)
        for second in range(first + 1, count)
        if int(hashes[first] ^ hashes[second]).bit_count() <= bits
    ]
    assert close_pairs(hashes, bits).tolist() == wanted


def test_a_crowd_of_equal_hashes_stays_one_group_without_all_its_pairs() -> None:
    hashes = np.zeros(3 * MOST_IN_BUCKET, dtype=np.uint64)
    pairs = close_pairs(hashes, 4)
    assert len(pairs) < 100 * len(hashes)
    assert (groups(pairs, len(hashes)) == 0).all()


def test_groups_are_named_by_their_first_member_however_they_hang_together() -> None:
    pairs = np.array([[5, 6], [1, 2], [2, 5], [8, 9]])
    assert groups(pairs, 10).tolist() == [0, 1, 1, 3, 4, 1, 1, 7, 8, 8]
    assert groups(np.zeros((0, 2), dtype=np.int64), 3).tolist() == [0, 1, 2]
