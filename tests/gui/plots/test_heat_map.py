"""Numbers become colours that can be told apart, and samples become columns without losing any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtGui import QColor

from cnnstudio.gui.plots.heat_map import spread_out
from cnnstudio.gui.plots.heat_scale import (
    BROKEN,
    HeatScale,
    around,
    fitted,
    power_words,
    ratio_words,
    share_scale,
)
from cnnstudio.gui.theme import DARK, LIGHT, Theme

SCALES = (fitted(np.array([1e-3, 1.0])), around(1e-3, 3), share_scale())
# Linear light of the three cones of a person without one kind of them, Viénot and others 1999,
# https://doi.org/10.1002/(SICI)1520-6378(199908)24:4<243::AID-COL5>3.0.CO;2-3 .
BLIND = {
    "none": np.eye(3),
    "red": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "green": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def rgb(pixel: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    color = QColor.fromRgba(int(pixel))
    return np.array([color.red(), color.green(), color.blue()], dtype=np.float64) / 255


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.ramp)
def test_both_ends_the_middle_and_no_number_differ_for_every_eye(
    scale: HeatScale, theme: Theme
) -> None:
    table = scale.table(theme)
    colors = [rgb(table[0]), rgb(table[128]), rgb(table[255]), rgb(theme.color(BROKEN).rgba())]
    for matrix in BLIND.values():
        seen = [np.clip(matrix @ color**2.2, 0, 1) ** (1 / 2.2) for color in colors]
        for index, one in enumerate(seen):
            for other in seen[index + 1 :]:
                assert np.linalg.norm(one - other) > 0.13


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_values_find_their_colour(theme: Theme) -> None:
    scale = around(1e-3, 3)
    table = scale.table(theme)
    values = np.array([[0.0, 1e-6, 1e-3, 1.0, 7.0, math.nan, math.inf]])
    found = scale.pixels(values, theme)[0].tolist()
    assert found[:5] == [table[0], table[0], table[128], table[255], table[255]]
    assert found[5] == 0
    assert found[6] == theme.color(BROKEN).rgba()
    # Half a decade around the middle is healthy as well.
    near = scale.pixels(np.array([[4e-4, 2.5e-3]]), theme)[0].tolist()
    assert near == [table[128], table[128]]


def test_a_fitted_scale_ends_at_powers_of_ten_around_the_numbers() -> None:
    scale = fitted(np.array([[math.nan, 2e-5, 0.0], [0.3, math.inf, 0.04]]))
    assert [scale.low, scale.high] == pytest.approx([1e-5, 1.0])
    narrow = fitted(np.array([[2.0, 3.0]]))
    assert [narrow.low, narrow.high] == pytest.approx([1e-2, 10.0])
    assert fitted(np.array([[math.nan]])).high == 1.0


def test_ticks_are_round_and_the_healthy_middle_is_one() -> None:
    assert around(1e-3, 3).ticks(5) == pytest.approx([1e-6, 1e-3, 1.0])
    assert share_scale().ticks(5) == [0.0, 0.5, 1.0]
    assert fitted(np.array([1e-8, 1.0])).ticks(4) == pytest.approx([1e-8, 1e-6, 1e-4, 1e-2, 1.0])


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.0123, "0.012"), (2.44e-5, "2.4e-5"), (12.6, "13"), (math.inf, "no number")],
)
def test_values_are_told_in_two_figures(value: float, words: str) -> None:
    assert ratio_words(value) == words


def test_powers_are_told_plainly_as_far_as_they_can_be_read() -> None:
    assert [power_words(v) for v in (1e-6, 1e-3, 1.0, 100.0)] == ["1e-6", "0.001", "1", "100"]


def test_a_value_holds_half_way_to_its_neighbours_and_the_last_one_to_the_end() -> None:
    x, values = np.array([2.0, 6.0]), np.array([[1.0, 2.0]])
    found = spread_out(x, values, (0.0, 10.0), 8.0, 10)
    assert found[0, :8].tolist() == [1, 1, 1, 1, 1, 2, 2, 2]
    assert np.isnan(found[0, 8:]).all()


def test_nothing_measured_is_nothing_shown() -> None:
    found = spread_out(np.empty(0), np.empty((3, 0)), (0.0, 10.0), 5.0, 4)
    assert found.shape == (3, 4)
    assert np.isnan(found).all()


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=300, unique=True).map(sorted),
    st.integers(1, 200),
    st.data(),
)
def test_every_peak_and_every_break_is_in_a_column(
    steps: list[int], count: int, data: st.DataObject
) -> None:
    values = data.draw(
        arrays(np.float64, (2, len(steps)), elements=st.sampled_from([0.0, 0.5, 3.0, math.inf]))
    )
    found = spread_out(np.array(steps, float), values, (0.0, 5000.0), float(steps[-1]), count)
    assert found.shape == (2, count)
    for row, shown in zip(values, found, strict=True):
        known = shown[~np.isnan(shown)]
        assert known.max() == row.max()
        assert set(known.tolist()) <= set(row.tolist())
