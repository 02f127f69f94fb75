"""The axis of a run counts epochs, steps or seconds, and finds its way back from each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.training.axis import AXES, AxisKind, RunAxis

SECONDS = st.lists(st.floats(0.001, 50), min_size=2, max_size=80).map(np.cumsum)
KINDS: list[AxisKind] = list(AXES)


@given(SECONDS)
def test_a_step_is_found_back_from_its_time(seconds: np.ndarray) -> None:
    steps = np.arange(1, len(seconds) + 1)
    axis = RunAxis(5, "time", steps, seconds)
    places = axis.place(steps)
    assert places == pytest.approx(seconds, abs=1e-5)
    assert np.array_equal(axis.steps_at(places), steps)
    assert np.all(np.diff(axis.place(np.arange(0, 200))) > 0), "the axis never turns around"


def test_what_is_still_to_come_is_placed_by_the_pace_so_far() -> None:
    axis = RunAxis(10, "time", [1, 2, 3, 4, 5], [2.0, 4.0, 6.0, 8.0, 10.0])
    assert float(axis.place(20)) == pytest.approx(40.0)
    assert float(axis.steps_at(40.0)) == pytest.approx(20.0)


@given(st.sampled_from(KINDS), st.integers(1, 500), SECONDS, st.integers(2, 14))
def test_ticks_are_few_and_lie_on_the_axis(
    kind: AxisKind, per_epoch: int, seconds: np.ndarray, most: int
) -> None:
    axis = RunAxis(per_epoch, kind, np.arange(1, len(seconds) + 1), seconds)
    high = float(axis.place(3 * per_epoch + 1))
    found = axis.ticks(0.0, high, most)
    assert 1 <= len(found) <= most + 1
    assert all(0 <= tick.value <= high * (1 + 1e-9) for tick in found)
    assert all(len(tick.words) == len(axis.captions) for tick in found)
    assert all(a.value < b.value for a, b in pairwise(found))


def test_each_axis_names_its_ticks_in_its_own_unit() -> None:
    seconds = np.arange(1, 661) * 0.5
    steps = np.arange(1, 661)
    words = {
        kind: RunAxis(66, kind, steps, seconds).ticks(0, 330 if kind == "time" else 660, 6)[1].words
        for kind in KINDS
    }
    assert words == {"epochs": ("2", "132"), "steps": ("200", "3"), "time": ("1 min", "1.8")}


def test_time_is_told_with_the_step_under_the_crosshair() -> None:
    axis = RunAxis(66, "time", np.arange(1, 661), np.arange(1, 661) * 0.5)
    assert axis.words(50.0) == "50 s · epoch 2 · step 100"


def test_before_the_second_step_the_axis_of_time_counts_epochs() -> None:
    assert RunAxis(66, "time").captions == ("epoch", "step")
    assert float(RunAxis(66, "time", [1], [0.5]).place(10)) == 10.0


@pytest.mark.parametrize("hours", [1, 9, 40, 400])
def test_long_runs_have_ticks_of_whole_hours(hours: int) -> None:
    axis = RunAxis(100, "time", [1, 1000], [0.0, hours * 3600.0])
    found = axis.ticks(0.0, hours * 3600.0, 8)
    assert 2 <= len(found) <= 9
    if hours > 8:
        assert all(tick.words[0] == "0" or tick.words[0].endswith("h") for tick in found)
