"""Colour and noise: neighbours become one table or one matrix, in order, and repeat exactly."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnstudio.augment.color import recolor, table
from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment
from cnnstudio.spec.operations.colors import RandomGrayscale, RandomHue, RandomSaturation
from cnnstudio.spec.operations.geometry import RandomRotation
from cnnstudio.spec.operations.noise import (
    RandomBlur,
    RandomErasing,
    RandomJPEG,
    RandomNoise,
    RandomSharpness,
)
from cnnstudio.spec.operations.operation import Draw, Operation, PixelOperation
from cnnstudio.spec.operations.rand_augment import MOST, RandAugment
from cnnstudio.spec.operations.tone import (
    RandomBrightness,
    RandomChannelShift,
    RandomContrast,
    RandomEqualize,
    RandomGamma,
    RandomPosterize,
)
from cnnstudio.spec.sources import ClassFolders

Draws = Sequence[tuple[Operation, Draw]]

BRIGHT = (RandomBrightness(), {"factor": 1.3})
CONTRAST = (RandomContrast(), {"factor": 0.6})
GAMMA = (RandomGamma(), {"gamma": 1.7})
POSTERIZE = (RandomPosterize(), {"bits": 3.0})
TONES: Draws = [BRIGHT, CONTRAST, GAMMA, POSTERIZE]
SATURATION = (RandomSaturation(), {"factor": 1.4})
HUE = (RandomHue(), {"degrees": 50.0})
GRAY: tuple[Operation, Draw] = (RandomGrayscale(), {})
MIXTURES: Draws = [SATURATION, HUE, GRAY]
PIXELS: Draws = [
    (RandomChannelShift(), {"red": 20.0, "green": -30.0, "blue": 5.0}),
    (RandomEqualize(), {}),
    (RandomNoise(), {"levels": 20.0, "seed": 3.0}),
    (RandomBlur(), {"sigma": 1.5}),
    (RandomSharpness(), {"factor": 2.0}),
    (RandomJPEG(), {"quality": 30.0}),
    (RandomErasing(), {"width": 0.5, "height": 0.3, "x": 0.2, "y": 0.4, "seed": 1.0}),
    (
        RandomErasing(cover="noise"),
        {"width": 0.5, "height": 0.3, "x": 0.2, "y": 0.4, "seed": 1.0},
    ),
]
SIZES = [(1, 1), (1, 7), (8, 1), (33, 20), (512, 512)]


def image(height: int = 33, width: int = 20, channels: int = 3) -> NDArray[np.uint8]:
    shape = (height, width, channels)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def named(draw: tuple[Operation, Draw]) -> str:
    return draw[0].kind


@settings(max_examples=60)
@given(picked=st.lists(st.sampled_from(TONES), max_size=6))
def test_tones_act_one_after_the_other_and_round_once(
    picked: list[tuple[Operation, Draw]],
) -> None:
    levels = np.arange(256, dtype=np.float64)
    for operation, draw in picked:
        match operation.kind:
            case "RandomBrightness":
                levels = levels * draw["factor"]
            case "RandomContrast":
                levels = 127.5 + (levels - 127.5) * draw["factor"]
            case "RandomGamma":
                levels = 255 * (levels / 255) ** draw["gamma"]
            case "RandomPosterize":
                levels = np.floor(np.rint(levels) / 32) * 32
        levels = np.clip(levels, 0, 255)
    source = image()
    assert np.array_equal(table(picked), np.rint(levels))
    assert np.array_equal(recolor(source, picked), np.rint(levels)[source])


@settings(max_examples=40)
@given(picked=st.lists(st.sampled_from(MIXTURES), min_size=1, max_size=4))
def test_mixtures_act_one_after_the_other_and_round_once(
    picked: list[tuple[Operation, Draw]],
) -> None:
    source = image()
    colors = source.astype(np.float64)
    for operation, draw in picked:
        if isinstance(operation, RandomGrayscale | RandomSaturation):
            gray = (colors @ [0.299, 0.587, 0.114])[..., np.newaxis]
            colors = gray + draw.get("factor", 0.0) * (colors - gray)
        else:
            colors = turned(colors, draw["degrees"])
    made = recolor(source, picked)
    # OpenCV multiplies bytes in whole numbers of a thousandth.
    assert np.abs(made - np.clip(colors, 0, 255)).max() <= 1.0


def turned(colors: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Rodrigues's rotation about the gray axis."""
    axis = np.full(3, 1 / np.sqrt(3))
    angle = np.radians(degrees)
    along = (colors @ axis)[..., np.newaxis] * axis
    return np.asarray(
        colors * np.cos(angle)
        + np.cross(axis, colors) * np.sin(angle)
        + along * (1 - np.cos(angle))
    )


def test_a_third_of_the_circle_turns_red_into_green() -> None:
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 200
    made = recolor(red, [(RandomHue(), {"degrees": 120.0})])
    assert (made == np.array([0, 200, 0])).all()


def test_colour_operations_act_in_the_order_of_the_list() -> None:
    source = image()
    for first, second in ((BRIGHT, GRAY), (HUE, CONTRAST), (PIXELS[0], BRIGHT)):
        once = recolor(source, [first, second])
        assert np.array_equal(once, recolor(recolor(source, [first]), [second]))
        assert not np.array_equal(once, recolor(source, [second, first]))


def test_noise_comes_after_colour_and_colour_after_geometry_wherever_they_stand() -> None:
    operations = (RandomNoise(), RandomBrightness(), RandomRotation())
    experiment = Experiment(
        dataset=Dataset(source=ClassFolders(path="/images")),
        augmentation=Augmentation(operations=operations),
    )
    maker, source = SampleMaker(experiment), image()
    drawn = maker.draw("a", 0)
    assert [draw.kind for draw in drawn.draws] == [
        "RandomNoise",
        "RandomBrightness",
        "RandomRotation",
    ]
    expected = source
    for kind in ("RandomRotation", "RandomBrightness", "RandomNoise"):
        only = Drawn(tuple(draw for draw in drawn.draws if draw.kind == kind))
        expected = maker.sample(expected, "a", 0, only)
    assert np.array_equal(maker.sample(source, "a", 0), expected)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("draw", [*TONES, *MIXTURES, *PIXELS], ids=named)
def test_an_image_may_be_changed_in_its_own_place(
    draw: tuple[Operation, Draw], size: tuple[int, int], channels: int
) -> None:
    source = image(*size, channels)
    kept = source.copy()
    apart = recolor(source, [draw])
    assert apart.shape == source.shape
    assert apart.dtype == np.uint8
    assert not np.shares_memory(apart, source)
    assert np.array_equal(source, kept)
    assert recolor(source, [draw], source) is source
    assert np.array_equal(source, apart)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("draw", [*TONES, *MIXTURES, *PIXELS], ids=named)
def test_views_with_gaps_are_changed_as_their_copies(
    draw: tuple[Operation, Draw], channels: int
) -> None:
    view = image(66, 40, 4)[::2, ::2, :channels]
    expected = recolor(view.copy(), [draw])
    assert np.array_equal(recolor(view, [draw]), expected)


@pytest.mark.parametrize("draw", PIXELS, ids=named)
def test_a_draw_repeats_its_pixels_exactly(draw: tuple[Operation, Draw]) -> None:
    operation, values = draw
    assert isinstance(operation, PixelOperation)
    source = image(40, 40)
    first = operation.apply(source, values)
    assert np.array_equal(first, operation.apply(source, values))
    assert not np.array_equal(first, source)
    if "seed" in values and getattr(operation, "cover", "noise") == "noise":
        other = operation.apply(source, {**values, "seed": values["seed"] + 1})
        assert not np.array_equal(first, other)


def test_noise_has_the_drawn_spread_in_every_channel_and_no_offset() -> None:
    grey = np.full((256, 256, 3), 128, np.uint8)
    made = RandomNoise().apply(grey, {"levels": 12.0, "seed": 9.0}).astype(np.float64) - 128
    for channel in range(3):
        assert made[..., channel].std() == pytest.approx(12.0, rel=0.02)
        assert made[..., channel].mean() == pytest.approx(0.0, abs=0.2)
    channels = np.corrcoef(made.reshape(-1, 3).T)
    assert np.abs(channels - np.eye(3)).max() < 0.02


def test_noise_at_the_ends_of_the_levels_is_clipped_and_never_wraps() -> None:
    black, white = np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)
    values = {"levels": 60.0, "seed": 4.0}
    assert np.median(RandomNoise().apply(black, values)) <= 1
    assert np.median(RandomNoise().apply(white, values)) >= 254


def test_a_sharper_image_has_more_contrast_at_edges_and_a_softer_one_less() -> None:
    edge = np.full((8, 8, 1), 100, np.uint8)
    edge[:, 4:] = 150
    spread = {
        factor: float(RandomSharpness().apply(edge, {"factor": factor}).astype(float).std())
        for factor in (0.0, 1.0, 3.0)
    }
    assert spread[0.0] < spread[1.0] < spread[3.0]
    assert spread[1.0] == edge.astype(float).std()


def test_lower_jpeg_quality_is_further_from_the_image() -> None:
    smooth = np.repeat(np.arange(64, dtype=np.uint8)[:, np.newaxis, np.newaxis] * 3, 64, axis=1)
    photo = np.concatenate([smooth, smooth[::-1], smooth // 2], axis=2)
    far = [
        float(np.abs(RandomJPEG().apply(photo, {"quality": q}).astype(float) - photo).mean())
        for q in (5.0, 40.0, 95.0)
    ]
    assert far[0] > far[1] > far[2]
    assert far[2] < 2


def test_erasing_covers_the_drawn_rectangle_and_nothing_else() -> None:
    source = image(40, 80)
    draw = {"width": 0.25, "height": 0.5, "x": 0.5, "y": 0.25, "seed": 0.0}
    for cover, level in (("grey", 128), ("black", 0), ("white", 255)):
        made = RandomErasing(cover=cover).apply(source, draw)  # type: ignore[arg-type]
        assert (made[10:30, 40:60] == level).all()
        made[10:30, 40:60] = source[10:30, 40:60]
        assert np.array_equal(made, source)


def test_equalizing_spreads_few_levels_over_all() -> None:
    source = (image(64, 64) // 8) + 100
    made = RandomEqualize().apply(source, {})
    for channel in range(3):
        assert made[..., channel].min() == 0
        assert made[..., channel].max() == 255


def test_rand_augment_acts_as_if_its_parts_stood_in_the_list() -> None:
    operation = RandAugment(count=MOST, magnitude=0.5)
    experiment = Experiment(
        dataset=Dataset(source=ClassFolders(path="/images")),
        augmentation=Augmentation(operations=(operation,)),
    )
    maker, source, seen = SampleMaker(experiment), image(32, 32), set[str]()
    for epoch in range(40):
        drawn = maker.draw("a", epoch)
        (only,) = drawn.draws
        parts = operation.parts(only.values)
        assert len(parts) == MOST
        seen |= {part.kind for part, _ in parts}
        spelled = Drawn(tuple(OperationDraw(n, *part) for n, part in enumerate(parts)))
        assert np.array_equal(
            maker.sample(source, "a", epoch), maker.sample(source, "a", epoch, spelled)
        )
        assert drawn.label == spelled.label
    assert seen == {
        "RandomRotation",
        "RandomShear",
        "RandomShift",
        "RandomBrightness",
        "RandomContrast",
        "RandomSaturation",
        "RandomSharpness",
        "RandomPosterize",
        "RandomEqualize",
    }


def test_another_count_of_rand_augment_keeps_the_first_choices() -> None:
    few, many = (RandAugment(count=count).draw(np.random.default_rng(5)) for count in (2, MOST))
    assert few.items() <= many.items()
    assert len(many) == 2 * MOST
