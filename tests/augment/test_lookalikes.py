"""Draws that may make one class into another."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.augment.lookalikes import Doubt, Turn, doubt, turn_of
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomQuarterTurn,
    RandomRotation,
    RandomShear,
    RandomZoom,
)
from cnnstudio.spec.operations.operation import Draw, Operation

DIGITS = tuple("0123456789")
ACROSS = RandomFlip(), {"horizontal": 1.0, "vertical": 0.0}
DOWN = RandomFlip(), {"horizontal": 0.0, "vertical": 1.0}


def turn(*draws: tuple[Operation, Draw], size: tuple[int, int] = (40, 40)) -> Turn:
    drawn = Drawn(tuple(OperationDraw(n, one, values) for n, (one, values) in enumerate(draws)))
    return turn_of(drawn, *size)


def rotation(degrees: float) -> tuple[Operation, Draw]:
    return RandomRotation(), {"degrees": degrees}


def test_nothing_drawn_is_no_turn() -> None:
    assert turn() == Turn()


@given(st.floats(-180, 180), st.floats(0.3, 2.0), st.floats(-20, 20))
def test_a_rotation_is_found_whatever_the_zoom(degrees: float, zoom: float, other: float) -> None:
    found = turn(rotation(degrees), (RandomZoom(), {"width": zoom, "height": zoom}))
    assert not found.mirrored
    assert found.degrees == pytest.approx(abs(degrees), abs=1e-6)
    sheared = turn(rotation(degrees), (RandomShear(), {"degrees": other}))
    assert abs(sheared.degrees - abs(degrees)) <= abs(other) + 1e-6


def test_mirrors_and_turns_add_up() -> None:
    assert turn(ACROSS) == Turn(True, 0.0)
    assert turn(DOWN).mirrored
    assert turn(DOWN).degrees == pytest.approx(180)
    both = turn(ACROSS, DOWN)
    assert not both.mirrored
    assert both.degrees == pytest.approx(180)
    assert turn(ACROSS, ACROSS) == Turn(False, 0.0)
    back = turn(rotation(90.0), rotation(-90.0))
    assert back.degrees == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("turns", "degrees"), [(0, 0), (1, 90), (2, 180), (3, 90)])
def test_quarter_turns_of_an_oblong_image_are_quarter_turns(turns: int, degrees: int) -> None:
    found = turn((RandomQuarterTurn(), {"turns": float(turns)}), size=(30, 50))
    assert not found.mirrored
    assert found.degrees == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "names", "how", "twin"),
    [
        ("6", DIGITS, Turn(False, 170), "9"),
        ("9", DIGITS, Turn(False, 150), "6"),
        ("4", DIGITS, Turn(False, 170), None),
        ("4", DIGITS, Turn(True, 0), None),
        ("7", DIGITS, Turn(False, 90), None),
        ("b", ("a", "b", "d"), Turn(True, 10), "d"),
        ("turn_left", ("turn_left", "turn_right"), Turn(True, 0), "turn_right"),
        ("Up", ("Up", "Down"), Turn(True, 175), "Down"),
    ],
)
def test_labels_in_doubt(name: str, names: tuple[str, ...], how: Turn, twin: str | None) -> None:
    assert doubt(name, names, how) == Doubt(name, how, twin)


@pytest.mark.parametrize(
    ("name", "names", "how"),
    [
        ("6", DIGITS, Turn(False, 30)),
        ("0", DIGITS, Turn(True, 0)),
        ("8", DIGITS, Turn(False, 180)),
        ("3", DIGITS, Turn(True, 180)),
        ("cat", ("cat", "dog"), Turn(True, 170)),
        ("turn_left", ("turn_left", "turn_right"), Turn(False, 170)),
        ("kind 6", ("kind 6", "kind 9"), Turn(False, 180)),
    ],
)
def test_labels_that_stay_true(name: str, names: tuple[str, ...], how: Turn) -> None:
    assert doubt(name, names, how) is None


@given(data=st.data())
def test_any_geometry_has_a_turn(
    data: st.DataObject,
    experiment: Callable[..., Experiment],
    any_operations: st.SearchStrategy[list[Operation]],
) -> None:
    drawn = SampleMaker(experiment(*data.draw(any_operations))).draw("a", 0)
    assert 0 <= turn_of(drawn, 24, 32).degrees <= 180
