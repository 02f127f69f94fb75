"""Numbers of a run say as much as the images behind them allow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.training.numbers import duration, noise, with_noise
from cnnstudio.gui.training.smoothing import smoothed, window


@pytest.mark.parametrize(
    ("share", "images", "words"),
    [
        (0.63, 450, ("63", "± 2 %")),
        (0.974, 2000, ("97.4", "± 0.4 %")),
        (1.0, 60_000, ("100.0", "± 0.1 %")),
        (math.nan, 450, ("–", "")),
    ],
)
def test_an_accuracy_is_rounded_to_its_noise(
    share: float, images: int, words: tuple[str, str]
) -> None:
    assert with_noise(share, images) == words


@given(st.floats(0, 1), st.integers(1, 100_000))
def test_more_images_mean_less_noise_and_none_is_ever_certain(share: float, images: int) -> None:
    assert 0 < noise(share, 4 * images) < noise(share, images) < 0.5


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(8.2, "8 s"), (100, "1 min 40 s"), (120, "2 min"), (1500, "25 min"), (7500, "2 h 5 min")],
)
def test_durations_are_short(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=80), st.integers(1, 40))
def test_smoothing_stays_within_what_was_measured(values: list[float], batches: int) -> None:
    result = smoothed(np.array(values), batches)
    assert len(result) == len(values)
    assert result.min() >= min(values) - 1e-9
    assert result.max() <= max(values) + 1e-9


def test_a_steep_beginning_stays_as_steep_as_it_was() -> None:
    values = np.exp(-np.arange(100) / 10)
    line = smoothed(values, 40)
    assert line[0] == values[0]
    assert np.all(np.diff(line) < 0)


def test_a_broken_batch_does_not_break_the_line_around_it() -> None:
    values = np.array([1.0, 1.0, np.nan, 1.0, np.inf, 1.0])
    assert smoothed(values, 3) == pytest.approx(np.ones(6))
    assert np.isnan(smoothed(np.full(4, np.nan), 3)).all()


def test_the_slider_goes_from_single_batches_to_two_epochs() -> None:
    assert window(0.0, 66) == 1
    assert window(1.0, 66) == 132
    assert smoothed(np.array([1.0, 2.0]), 1).tolist() == [1.0, 2.0]
