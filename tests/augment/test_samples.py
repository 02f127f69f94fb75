"""One path from an image to its augmented self."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnstudio.augment.draws import Drawer, Drawn, draw, epoch_order
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.bending import RandomElastic, RandomPerspective
from cnnstudio.spec.operations.colors import RandomGrayscale, RandomHue, RandomSaturation
from cnnstudio.spec.operations.cropping import RandomCrop, RandomResizedCrop
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomQuarterTurn,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.mixing import CutMix, MixUp
from cnnstudio.spec.operations.noise import (
    RandomBlur,
    RandomErasing,
    RandomJPEG,
    RandomNoise,
    RandomSharpness,
)
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift
from cnnstudio.spec.operations.rand_augment import RandAugment
from cnnstudio.spec.operations.tone import (
    RandomBrightness,
    RandomChannelShift,
    RandomContrast,
    RandomEqualize,
    RandomGamma,
    RandomPosterize,
)

MakeExperiment = Callable[..., Experiment]
SIDES = st.one_of(st.integers(1, 48), st.integers(1, 512), st.sampled_from([1, 2, 512]))
CLASSIC = (
    RandomRotation(degrees=20),
    RandomShift(width=0.2, height=0.2),
    RandomZoom(fraction=0.2),
    RandomFlip(),
    RandomBrightness(fraction=0.3),
    RandomContrast(fraction=0.3),
)
STILL = (
    RandomPerspective(fraction=0),
    RandomElastic(strength=0),
    RandomResizedCrop(area=(1, 1), aspect=1),
    RandomGamma(fraction=0),
    RandomPosterize(bits=8),
    RandomChannelShift(levels=0),
    RandomEqualize(probability=0),
    RandomSaturation(fraction=0),
    RandomHue(degrees=0),
    RandomGrayscale(probability=0),
    RandomNoise(levels=0),
    RandomBlur(sigma=0),
    RandomSharpness(fraction=0),
    RandomJPEG(probability=0),
    RandomErasing(area=0),
    RandAugment(magnitude=0),
    MixUp(probability=0),
    CutMix(probability=0),
    RandomRotation(degrees=0),
    RandomShift(width=0, height=0),
    RandomPixelShift(width=0, height=0),
    RandomShear(degrees=0),
    RandomZoom(fraction=0),
    RandomCrop(fraction=0),
    RandomFlip(probability=0),
    RandomQuarterTurn(probability=0),
    RandomBrightness(fraction=0),
    RandomContrast(fraction=0),
)


def noise(height: int, width: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    shape = (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_operations_keep_shape_type_and_source(
    experiment: MakeExperiment,
    any_operations: st.SearchStrategy[list[Operation]],
    data: st.DataObject,
) -> None:
    operations = data.draw(any_operations)
    image = noise(data.draw(SIDES), data.draw(SIDES), data.draw(st.sampled_from([1, 3])))
    before = image.copy()
    fill = data.draw(st.sampled_from(["nearest", "reflect", "wrap", "constant"]))
    maker = SampleMaker(experiment(*operations, fill_mode=fill, fill_value=200))
    out = np.full_like(image, 9)
    made = maker.sample(image, "cat/1.jpg", data.draw(st.integers(0, 10_000)), out=out)
    assert made is out
    assert made.shape == image.shape
    assert made.dtype == np.uint8
    assert np.array_equal(image, before)


@settings(max_examples=60)
@given(side=st.tuples(SIDES, SIDES), epoch=st.integers(0, 99))
def test_settings_of_nothing_give_the_identical_image(
    experiment: MakeExperiment, side: tuple[int, int], epoch: int
) -> None:
    assert {type(operation) for operation in STILL} == set(members(Operation).values())
    image = noise(*side)
    for channels in (1, 3):
        picture = np.ascontiguousarray(image[:, :, :channels])
        made = SampleMaker(experiment(*STILL)).sample(picture, "a", epoch)
        assert np.array_equal(made, picture)
        assert not np.shares_memory(made, picture)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_flip_is_the_exact_mirror_image(experiment: MakeExperiment, channels: int) -> None:
    image = noise(33, 20, channels)
    both = RandomFlip(mode="horizontal_and_vertical", probability=1)
    for operation, expected in (
        (RandomFlip(probability=1), image[:, ::-1]),
        (RandomFlip(mode="vertical", probability=1), image[::-1]),
        (both, image[::-1, ::-1]),
    ):
        assert np.array_equal(SampleMaker(experiment(operation)).sample(image, "a", 0), expected)


def test_a_quarter_turn_moves_whole_pixels(experiment: MakeExperiment) -> None:
    maker = SampleMaker(experiment(RandomQuarterTurn()))
    image = noise(24, 24)
    seen = set()
    for epoch in range(40):
        drawn = maker.draw("a", epoch)
        turns = int(drawn.values[0][2]["turns"])
        seen.add(turns)
        made = maker.sample(image, "a", epoch)
        assert any(np.array_equal(made, np.rot90(image, k)) for k in {turns, -turns})
    assert seen == {0, 1, 2, 3}


def test_geometry_acts_in_the_order_of_the_list(experiment: MakeExperiment) -> None:
    mark = np.zeros((21, 21, 1), np.uint8)
    mark[10, 14] = 255  # right of the middle
    shift, flip = RandomShift(width=0.2, height=0), RandomFlip(probability=1)
    images = {}
    for operations in ((shift, flip), (flip, shift)):
        maker = SampleMaker(experiment(*operations, fill_mode="constant"))
        drawn = maker.draw("a", 0)
        given = {"width": 2 / 21, "height": 0.0}
        drawn = Drawn(
            tuple(
                replace(one, values=given) if one.operation is shift else one for one in drawn.draws
            )
        )
        images[operations[0].kind] = int(maker.sample(mark, "a", 0, drawn)[10, :, 0].argmax())
    # 14 moves to 12, mirrored 8; or mirrored 6, moved to 4.
    assert images == {"RandomShift": 8, "RandomFlip": 4}


def test_levels_are_rounded_once_and_clipped(experiment: MakeExperiment) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    maker = SampleMaker(experiment(RandomBrightness(fraction=0.5)))
    drawn = maker.draw("a", 4)
    factor = drawn.values[0][2]["factor"]
    expected = np.rint(np.clip(np.arange(256) * factor, 0, 255)).reshape(16, 16, 1)
    assert np.array_equal(maker.sample(ramp, "a", 4, drawn), expected)


def test_a_given_draw_is_used_as_it_is(experiment: MakeExperiment) -> None:
    image = noise(32, 32)
    maker = SampleMaker(experiment(*CLASSIC))
    drawn = maker.draw("a", 3)
    assert np.array_equal(maker.sample(image, "b", 7, drawn), maker.sample(image, "a", 3))


def test_draws_depend_on_seed_epoch_and_key_alone(experiment: MakeExperiment) -> None:
    augmentation = experiment(*CLASSIC).augmentation
    once = draw(augmentation, Drawer(1), "cat/1.jpg", 5)
    assert draw(augmentation, Drawer(1), "cat/1.jpg", 5) == once
    others = [
        draw(augmentation, Drawer(2), "cat/1.jpg", 5),
        draw(augmentation, Drawer(1), "cat/2.jpg", 5),
        draw(augmentation, Drawer(1), "cat/1.jpg", 6),
    ]
    rotations = {one.values[0][2]["degrees"] for one in (once, *others)}
    assert len(rotations) == 4


def test_known_draws_stay_what_they_are(experiment: MakeExperiment) -> None:
    # A change here changes what every finished run trained on.
    values = draw(
        experiment(RandomRotation(degrees=20)).augmentation, Drawer(7), "cat/ü 1.jpg", 3
    ).values
    assert [(index, kind) for index, kind, _ in values] == [(0, "RandomRotation")]
    assert values[0][2] == {"degrees": pytest.approx(13.0893769853861)}
    assert epoch_order(8, 7, 3).tolist() == [6, 3, 0, 2, 1, 4, 7, 5]


def test_an_operation_that_is_off_leaves_the_other_draws_alone(
    experiment: MakeExperiment,
) -> None:
    on = draw(experiment(RandomRotation(), RandomShift()).augmentation, Drawer(0), "a", 0)
    off = draw(
        experiment(RandomRotation(enabled=False), RandomShift()).augmentation, Drawer(0), "a", 0
    )
    assert [one.index for one in on.draws] == [0, 1]
    assert off.draws == on.draws[1:]


def test_a_draw_reads_as_a_short_label(experiment: MakeExperiment) -> None:
    drawn = draw(
        experiment(RandomRotation(), RandomFlip(probability=1)).augmentation, Drawer(0), "a", 0
    )
    assert drawn.label == f"{drawn.values[0][2]['degrees']:+.0f}°  ↔".replace("-", "−")
    assert draw(experiment().augmentation, Drawer(0), "a", 0).label == "unchanged"


def test_draws_cover_their_range_evenly(experiment: MakeExperiment) -> None:
    augmentation = experiment(RandomRotation(degrees=20)).augmentation
    degrees = np.array(
        [draw(augmentation, Drawer(0), f"{n}.jpg", 0).values[0][2]["degrees"] for n in range(4000)]
    )
    assert np.abs(degrees).max() <= 20
    counted, _ = np.histogram(degrees, bins=8, range=(-20, 20))
    # Five standard deviations of a count of 500.
    assert np.abs(counted - 500).max() < 5 * np.sqrt(500)


def test_the_order_of_an_epoch_is_a_permutation_of_its_own() -> None:
    first, second = epoch_order(500, 0, 0), epoch_order(500, 0, 1)
    assert sorted(first.tolist()) == list(range(500))
    assert np.array_equal(first, epoch_order(500, 0, 0))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, epoch_order(500, 1, 0))
