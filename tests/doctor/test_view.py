"""What augmentation leaves of an image: every kind of operation counts."""

from collections.abc import Callable
from typing import Any

import pytest

from cnnstudio.doctor.static import static_findings
from cnnstudio.doctor.view import share_in_view, share_ruined
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.bending import RandomElastic, RandomPerspective
from cnnstudio.spec.operations.cropping import RandomCrop, RandomResizedCrop
from cnnstudio.spec.operations.geometry import RandomFlip, RandomShift, RandomZoom
from cnnstudio.spec.operations.noise import RandomBlur, RandomErasing, RandomNoise
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.rand_augment import RandAugment
from cnnstudio.spec.operations.tone import (
    RandomBrightness,
    RandomChannelShift,
    RandomContrast,
    RandomGamma,
)
from cnnstudio.spec.patch import apply

Change = Callable[[dict[str, object]], Experiment]


@pytest.mark.parametrize(
    ("operations", "share"),
    [
        ([RandomShift(width=(0.5, 0.5), height=0)], 0.5),
        ([RandomShift(width=(-0.25, -0.25), height=(0.5, 0.5))], 0.375),
        ([RandomCrop(fraction=(0.5, 0.5))], 0.25),
        ([RandomResizedCrop(area=(0.25, 0.25), aspect=1)], 0.25),
        ([RandomZoom(fraction=(-0.5, -0.5))], 0.25),
        ([RandomZoom(fraction=(0.5, 0.5)), RandomFlip()], 1.0),
    ],
    ids=lambda value: value[0].kind if isinstance(value, list) else str(value),
)
def test_the_share_in_view_is_that_of_the_area(operations: list[Operation], share: float) -> None:
    assert share_in_view(operations, 90, 120) == pytest.approx(share, abs=0.04)


def test_tilts_bends_and_drawn_operations_take_from_the_view() -> None:
    for gentle, strong in (
        (RandomPerspective(fraction=0.05), RandomPerspective(fraction=0.2)),
        (RandomElastic(strength=0.02), RandomElastic(strength=0.2)),
        (RandAugment(magnitude=0.1), RandAugment(magnitude=1.0, count=5)),
    ):
        most, least = share_in_view([gentle], 64, 96), share_in_view([strong], 64, 96)
        assert least < most <= 1.0
        assert least < 0.97


def test_what_comes_back_on_the_other_side_stays_in_view() -> None:
    assert share_in_view([RandomShift(width=0.9, height=0.9)], 64, 64, wrapped=True) == 1.0
    assert share_in_view([RandomCrop(fraction=(0.5, 0.5))], 64, 64, wrapped=True) < 0.3


@pytest.mark.parametrize(
    "operation",
    [
        RandomNoise(levels=(90, 100)),
        RandomBlur(sigma=20),
        RandomErasing(area=(0.8, 0.8), probability=1.0),
        RandomChannelShift(levels=(230, 255)),
        RandomContrast(fraction=(-1, -0.9)),
        RandomBrightness(fraction=(-1, -0.8)),
        RandAugment(magnitude=1.0, count=5),
    ],
    ids=lambda operation: operation.kind,
)
def test_a_picture_lost_in_colour_or_noise_is_told_with_a_remedy_that_helps(
    operation: Operation, changed: Change
) -> None:
    assert share_ruined([operation], 64) > 0.1
    experiment = changed({"augmentation.operations": [operation.model_dump()]})
    (finding,) = (f for f in static_findings(experiment) if f.cause == "P7")
    mended = apply(experiment, finding.remedy)
    assert share_ruined([o for o in mended.augmentation.operations if o.enabled], 64) < 0.1


def test_levels_stay_in_bounds_from_one_operation_to_the_next() -> None:
    # Beyond black no power exists: those levels would count for nothing.
    dark = [RandomContrast(fraction=(3, 3)), RandomGamma(fraction=(1, 1))]
    assert share_ruined(dark, 64) == 1.0
    # White stays white when it is darkened afterwards.
    washed = [RandomBrightness(fraction=(3, 3)), RandomBrightness(fraction=(-0.7, -0.7))]
    assert share_ruined(washed, 64) == 1.0


@pytest.mark.parametrize("cls", members(Operation).values(), ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("size", [32, 224])
def test_every_operation_as_it_is_added_leaves_the_rules_silent(
    cls: type[Operation], size: int, changed: Change
) -> None:
    experiment = changed(
        {"augmentation.operations": [cls().model_dump()], "dataset.image_size": [size, size]}
    )
    causes = {finding.cause for finding in static_findings(experiment)}
    assert not causes & {"P5", "P6", "P7"}


@pytest.mark.parametrize(
    ("degrees", "swapped"), [((150, 180), True), ((-180, 0), True), ((0, 90), False)]
)
def test_a_range_with_two_ends_swaps_classes_by_its_further_end(
    degrees: Any, swapped: bool, changed: Change, make_facts: Callable[..., Any]
) -> None:
    turning = {"kind": "RandomRotation", "degrees": list(degrees)}
    experiment = changed({"augmentation.operations": [turning]})
    facts = make_facts(counts={"6": 300, "9": 300})
    assert ("P6" in {f.cause for f in static_findings(experiment, facts)}) is swapped
