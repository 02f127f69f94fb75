"""Axis numbers are round, and words say no more than a number is worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.plots.scale import (
    number_words,
    rate_words,
    round_up,
    share_words,
    ticks,
    whole_ticks,
)

FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@given(FINITE, st.floats(1e-6, 1e6), st.integers(1, 12))
def test_ticks_lie_in_the_range_and_are_never_more_than_asked_for(
    low: float, span: float, most: int
) -> None:
    high = low + span
    found = ticks(low, high, most)
    assert len(found) <= most + 1
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert found == sorted(found)


@given(st.floats(1e-9, 1e9))
def test_rounding_up_gives_one_two_or_five_and_at_most_doubles_and_a_half(value: float) -> None:
    rounded = round_up(value)
    assert value <= rounded * (1 + 1e-6) <= 2.6 * value
    assert float(f"{rounded:.0e}"[0]) in (1.0, 2.0, 5.0)


def test_an_impossible_range_has_no_ticks() -> None:
    assert ticks(1.0, 1.0, 5) == []
    assert ticks(float("nan"), 1.0, 5) == []


def test_epochs_are_whole_even_where_the_plot_is_wide() -> None:
    assert whole_ticks(0, 2, 20) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.001, "0.001"), (0.00025, "0.00025"), (1e-5, "0.00001"), (3e-8, "3e-8"), (0.0, "0")],
)
def test_a_rate_is_written_without_noise(value: float, words: str) -> None:
    assert rate_words(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(3400.0, "3,400"), (1.4, "1.4"), (0.0213, "0.0213"), (12.0, "12")]
)
def test_a_number_is_written_in_three_figures(value: float, words: str) -> None:
    assert number_words(value) == words


def test_a_share_is_written_as_whole_per_cent_where_it_is_whole() -> None:
    assert share_words(0.1) == "10 %"
    assert share_words(1 / 3) == "33.3 %"
