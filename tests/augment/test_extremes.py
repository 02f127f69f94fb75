"""Each operation alone at the ends of its range."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from cnnstudio.augment.extremes import HIGH, extremes
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.bending import RandomPerspective
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomQuarterTurn,
    RandomRotation,
    RandomShift,
)
from cnnstudio.spec.operations.mixing import MixUp
from cnnstudio.spec.operations.operation import BatchOperation, Operation
from cnnstudio.spec.operations.tone import RandomBrightness, RandomEqualize

MakeExperiment = Callable[..., Experiment]
Mode = Literal["horizontal", "vertical", "horizontal_and_vertical"]


def test_the_largest_number_is_below_one() -> None:
    assert 0.999 < HIGH < 1.0


def test_a_range_is_shown_at_both_ends_in_the_order_of_the_list(
    experiment: MakeExperiment,
) -> None:
    made = experiment(RandomBrightness(fraction=(0.1, 0.4)), RandomRotation(degrees=20))
    found = extremes(made.augmentation)
    assert [one.drawn.label for one in found] == ["light +10 %", "light +40 %", "−20°", "+20°"]
    assert [one.end for one in found] == ["lower end", "upper end"] * 2
    assert [one.index for one in found] == [0, 0, 1, 1]


def test_both_axes_of_an_operation_go_to_the_same_end(experiment: MakeExperiment) -> None:
    made = experiment(RandomShift(width=0.1, height=0.2))
    assert [one.drawn.label for one in extremes(made.augmentation)] == ["+10/+20 %", "−10/−20 %"]


def test_operations_that_are_off_or_do_nothing_are_left_out(experiment: MakeExperiment) -> None:
    made = experiment(
        RandomRotation(enabled=False), RandomRotation(degrees=0), RandomFlip(probability=0)
    )
    assert extremes(made.augmentation) == ()


@pytest.mark.parametrize(
    ("mode", "labels"),
    [
        ("horizontal", ["↔", "unchanged"]),
        ("vertical", ["unchanged", "↕"]),
        ("horizontal_and_vertical", ["↔", "↕", "↔↕"]),
    ],
)
def test_a_flip_shows_each_outcome(
    experiment: MakeExperiment, mode: Mode, labels: list[str]
) -> None:
    made = experiment(RandomFlip(mode=mode))
    assert [one.drawn.label for one in extremes(made.augmentation)] == labels


def test_quarter_turns_show_all_three(experiment: MakeExperiment) -> None:
    found = extremes(experiment(RandomQuarterTurn()).augmentation)
    assert [one.drawn.label for one in found] == ["↻90°", "↻180°", "↻270°"]


def test_what_has_one_outcome_is_shown_once(experiment: MakeExperiment) -> None:
    found = extremes(experiment(RandomEqualize()).augmentation)
    assert [(one.end, one.drawn.label) for one in found] == [("", "equalized")]


def test_perspective_tilts_instead_of_moving_all_corners_alike(experiment: MakeExperiment) -> None:
    for one in extremes(experiment(RandomPerspective(fraction=0.2)).augmentation):
        operation, values = one.drawn.of("geometry")[0]
        assert isinstance(operation, RandomPerspective)
        matrix = operation.matrix(values, 100, 100)
        assert np.abs(matrix[2, :2]).max() > 1e-4


def test_mixing_shows_the_largest_share_of_the_other_image(experiment: MakeExperiment) -> None:
    (one,) = extremes(experiment(MixUp(alpha=0.1)).augmentation)
    assert one.drawn.mixing is not None
    operation, values = one.drawn.mixing
    assert operation.share(values, 10, 10) == 0.5


@pytest.mark.parametrize("kind", sorted(members(Operation)))
def test_every_operation_has_an_end_that_changes_an_image(
    experiment: MakeExperiment, kind: str
) -> None:
    cls = members(Operation)[kind]
    made = experiment(cls())
    image = np.random.default_rng(0).integers(0, 200, (32, 32, 3), dtype=np.uint8)
    found = extremes(made.augmentation)
    assert found
    if issubclass(cls, BatchOperation):
        return
    maker = SampleMaker(made)
    assert any(not np.array_equal(maker.sample(image, "a", 0, o.drawn), image) for o in found)
