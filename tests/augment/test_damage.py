"""The numbers behind the preview's warnings, on cases that can be counted by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnstudio.augment.damage import Damage, damage
from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment, FillMode
from cnnstudio.spec.operations.cropping import RandomCrop
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift, RandomZoom
from cnnstudio.spec.operations.noise import RandomErasing
from cnnstudio.spec.operations.operation import Draw, Operation
from cnnstudio.spec.operations.tone import RandomBrightness, RandomContrast

MakeExperiment = Callable[..., Experiment]
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="session")
def photo() -> Pixels:
    return np.random.default_rng(0).integers(1, 255, (40, 60, 3), dtype=np.uint8)


def measured(
    experiment: Experiment, image: Pixels, *draws: tuple[Operation, Draw]
) -> tuple[Damage, Pixels]:
    drawn = Drawn(tuple(OperationDraw(n, one, values) for n, (one, values) in enumerate(draws)))
    made = SampleMaker(experiment).sample(image, "a", 0, drawn)
    return damage(experiment.augmentation, image, drawn, made), made


def rotated(degrees: float) -> tuple[Operation, Draw]:
    return RandomRotation(), {"degrees": degrees}


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant"])
def test_half_of_an_image_shifted_by_half_is_fill(
    experiment: MakeExperiment, photo: Pixels, fill_mode: FillMode
) -> None:
    shift = RandomShift(), {"width": 0.5, "height": 0.0}
    found, _ = measured(experiment(fill_mode=fill_mode), photo, shift)
    assert found.fill == pytest.approx(0.5)
    assert found.much_fill
    assert found.clipped == 0


def test_a_wrapped_image_loses_nothing_over_its_edge(
    experiment: MakeExperiment, photo: Pixels
) -> None:
    shift = RandomShift(), {"width": 0.5, "height": 0.5}
    found, _ = measured(experiment(fill_mode="wrap"), photo, shift)
    assert found.fill == 0
    assert not found.much_fill
    assert not found.clipped


def test_a_square_turned_by_45_degrees_is_filled_in_four_corners(
    experiment: MakeExperiment,
) -> None:
    image = np.random.default_rng(1).integers(0, 256, (200, 200, 1), dtype=np.uint8)
    found, _ = measured(experiment(), image, (RandomRotation(), {"degrees": 45.0}))
    # What a square and itself turned by 45° share is a regular octagon: 2(√2 − 1) of the square.
    assert found.fill == pytest.approx(1 - 2 * (2**0.5 - 1), abs=0.01)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.9])
def test_a_crop_shows_its_share_of_the_image(
    experiment: MakeExperiment, photo: Pixels, share: float
) -> None:
    side = share**0.5
    crop = RandomCrop(), {"side": side, "x": (1 - side) / 2, "y": 0.0}
    found, _ = measured(experiment(), photo, crop)
    assert found.seen == pytest.approx(share, abs=1e-6)
    assert found.fill < 0.01
    assert found.little_seen == (share < 0.2)


def test_an_image_made_smaller_is_seen_whole(experiment: MakeExperiment, photo: Pixels) -> None:
    zoom = RandomZoom(), {"width": 2.0, "height": 2.0}
    found, _ = measured(experiment(), photo, rotated(0.0), zoom)
    assert found.seen == pytest.approx(1.0)
    assert found.fill == pytest.approx(0.75, abs=0.05)


def test_a_shift_and_a_turn_show_what_stays_inside(
    experiment: MakeExperiment, photo: Pixels
) -> None:
    shift = RandomShift(), {"width": 0.3, "height": -0.5}
    found, _ = measured(experiment(), photo, shift)
    assert found.seen == pytest.approx(0.7 * 0.5, abs=1e-6)
    assert found.seen == pytest.approx(1 - found.fill, abs=0.01)
    square = np.ascontiguousarray(photo[:40, :40])
    found, _ = measured(experiment(), square, rotated(45.0))
    assert found.seen == pytest.approx(2 * (2**0.5 - 1), abs=1e-6)


def test_nothing_of_an_image_shifted_away_is_seen(experiment: MakeExperiment) -> None:
    image = np.random.default_rng(1).integers(0, 256, (10, 10, 1), dtype=np.uint8)
    away = RandomShift(), {"width": 1.0, "height": 0.5}
    found, _ = measured(experiment(fill_mode="constant"), image, away)
    assert found.seen == pytest.approx(0.0, abs=1e-6)
    assert found.fill == pytest.approx(1.0)


def test_a_flip_harms_nothing(experiment: MakeExperiment, photo: Pixels) -> None:
    found, _ = measured(experiment(), photo, (RandomFlip(), {"horizontal": 1.0, "vertical": 0.0}))
    assert found.fill == found.clipped == 0
    assert found.seen == pytest.approx(1.0)
    assert not any((found.much_fill, found.little_seen, found.much_clipped, found.near_blank))


def test_levels_doubled_are_clipped_where_they_were_above_half(
    experiment: MakeExperiment,
) -> None:
    image = np.repeat(np.array([0, 60, 100, 127, 128, 200, 254, 255], np.uint8), 8)
    found, made = measured(
        experiment(), image.reshape(8, 8, 1), (RandomBrightness(), {"factor": 2.0})
    )
    # 128, 200 and 254 become 255; 0 and 255 were at the ends before.
    assert found.clipped == pytest.approx(3 / 8)
    assert found.much_clipped
    assert int((made == 255).sum()) == 32


def test_levels_are_compared_where_the_geometry_moved_them(experiment: MakeExperiment) -> None:
    image = np.full((10, 10, 1), 100, np.uint8)
    image[:, :3] = 255
    found, _ = measured(
        experiment(),
        image,
        (RandomFlip(), {"horizontal": 1.0, "vertical": 0.0}),
        (RandomBrightness(), {"factor": 1.2}),
    )
    assert found.clipped == 0


def test_black_fill_is_not_clipped(experiment: MakeExperiment, photo: Pixels) -> None:
    found, made = measured(
        experiment(fill_mode="constant"),
        photo,
        (RandomShift(), {"width": 0.5, "height": 0.0}),
        (RandomBrightness(), {"factor": 0.99}),
    )
    assert (made == 0).mean() > 0.4
    assert found.clipped < 0.01


def test_a_covered_rectangle_is_not_clipped(experiment: MakeExperiment, photo: Pixels) -> None:
    values = {"width": 0.9, "height": 0.9, "x": 0.0, "y": 0.0, "seed": 1.0}
    found, _ = measured(experiment(), photo, (RandomErasing(cover="black"), values))
    assert found.clipped == found.fill == 0


def test_no_contrast_left_is_near_blank(experiment: MakeExperiment, photo: Pixels) -> None:
    found, _ = measured(experiment(), photo, (RandomContrast(), {"factor": 0.05}))
    assert found.near_blank
    assert found.contrast < 8 < found.contrast_before


def test_a_digit_moved_out_of_the_picture_is_near_blank(experiment: MakeExperiment) -> None:
    digit = np.zeros((28, 28, 1), np.uint8)
    digit[8:20, 12:16] = 255
    found, made = measured(
        experiment(fill_mode="constant"), digit, (RandomShift(), {"width": 0.7, "height": 0.0})
    )
    assert not made.any()
    assert found.near_blank


def test_an_image_that_was_flat_is_not_blamed_on_the_draw(experiment: MakeExperiment) -> None:
    flat = np.full((20, 20, 3), 90, np.uint8)
    found, _ = measured(experiment(), flat, (RandomContrast(), {"factor": 0.9}))
    assert not found.near_blank


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_draw_gives_shares(
    data: st.DataObject,
    experiment: MakeExperiment,
    any_operations: st.SearchStrategy[list[Operation]],
    photo: Pixels,
) -> None:
    chosen = experiment(*data.draw(any_operations))
    maker = SampleMaker(chosen)
    drawn = maker.draw("a", 3)
    found = damage(chosen.augmentation, photo, drawn, maker.sample(photo, "a", 3, drawn))
    assert -1e-9 <= found.fill <= 1
    assert 0 <= found.clipped <= 1
    assert 0 <= found.seen <= 1
    assert found.contrast >= 0
