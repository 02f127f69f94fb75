"""Growing arrays, and curves thinned so that nobody sees it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.runs.columns import Columns, Pyramid, thin

numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(numbers, max_size=700))
def test_rows_come_back(values: list[float]) -> None:
    columns = Columns(("a", "b"))
    for index, value in enumerate(values):
        columns.append(index + 1, (value, -value))
    assert columns.positions().tolist() == list(range(1, len(values) + 1))
    assert columns.column("a").tolist() == values
    assert columns.column("b").tolist() == [-value for value in values]


def test_a_repeated_position_replaces_everything_after_it() -> None:
    columns = Columns(("a",))
    for position in range(1, 11):
        columns.append(position, (position,))
    before = columns.column("a")
    columns.append(4, (40,))
    assert columns.positions().tolist() == [1, 2, 3, 4]
    assert columns.column("a").tolist() == [1, 2, 3, 40]
    assert before.tolist() == list(range(1, 11)), "what was handed out does not change"


def test_views_cannot_be_written() -> None:
    columns = Columns(("a",))
    columns.append(1, (1,))
    for view in (columns.positions(), columns.column("a")):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 2
    with pytest.raises(KeyError):
        columns.column("c")


@given(
    st.lists(numbers | st.just(math.nan), max_size=500),
    st.integers(2, 120),
)
def test_thinning_keeps_the_outline(values: list[float], most: int) -> None:
    y = np.array(values, dtype=np.float64)
    x = np.arange(1, len(y) + 1)
    thin_x, thin_y = thin(x, y, most)
    assert len(thin_x) == len(thin_y) <= most
    assert (np.diff(thin_x) >= 0).all()
    for position, value in zip(thin_x.astype(int), thin_y, strict=True):
        assert np.array_equal(y[position - 1], value, equal_nan=True), "no point is invented"
    known = y[~np.isnan(y)]
    shown = thin_y[~np.isnan(thin_y)]
    if len(known):
        assert shown.min() == known.min()
        assert shown.max() == known.max()


def test_a_growing_curve_does_not_shimmer() -> None:
    y = np.random.default_rng(0).normal(size=4000)
    x = np.arange(4000)
    before = set(zip(*thin(x[:3000], y[:3000], 1000), strict=True))
    after = set(zip(*thin(x[:3001], y[:3001], 1000), strict=True))
    assert len(before - after) <= 2


def test_a_long_gap_stays_a_gap() -> None:
    y = np.ones(10_000)
    y[2000:8000] = np.nan
    thin_x, thin_y = thin(np.arange(10_000), y, 100)
    inside = (thin_x > 2200) & (thin_x < 7800)
    assert inside.any()
    assert np.isnan(thin_y[inside]).all()


@given(
    st.lists(numbers | st.just(math.nan) | st.just(math.inf), min_size=1, max_size=500),
    st.integers(1, 120),
    st.data(),
)
def test_the_pyramid_says_what_each_stretch_spans(
    values: list[float], most: int, data: st.DataObject
) -> None:
    y = np.array(values, dtype=np.float64)
    first = data.draw(st.integers(0, len(y) - 1))
    last = data.draw(st.integers(first + 1, len(y)))
    starts, least, greatest = Pyramid(y).stretches(first, last, most)
    assert len(starts) <= most + 1
    ends = [*starts[1:].tolist(), len(y) if last == len(y) else None]
    assert starts[0] <= first
    length = starts[1] - starts[0] if len(starts) > 1 else len(y)
    for start, end, low, high in zip(starts, ends, least, greatest, strict=True):
        stretch = y[start : end if end is not None else start + length]
        known = stretch[np.isfinite(stretch)]
        if not len(known):
            assert np.isnan(low)
            assert np.isnan(high)
        elif end is not None:
            assert low == known.min()
            assert high == known.max()


def test_stretches_stay_where_they_are_while_a_curve_grows() -> None:
    y = np.random.default_rng(0).normal(size=4000)
    before = Pyramid(y[:3000]).stretches(0, 3000, 1000)
    after = Pyramid(y[:3001]).stretches(0, 3001, 1000)
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(old[:-1], new[: len(old) - 1])


def test_the_levels_take_half_of_the_curves_memory() -> None:
    y = np.zeros(50_000)
    assert 0.4 * y.nbytes <= Pyramid(y).bytes <= 0.51 * y.nbytes
