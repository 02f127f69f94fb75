"""Geometry and light equal those of Keras's ImageDataGenerator for the same drawn values.

Its `tx` moves columns although its documentation says rows, and on images that are not square it
turns about a point beside the middle (it mixes up the halves of height and width), so whole draws
are compared on square images, and others with scipy about the true middle.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnstudio.augment.color import recolor
from cnnstudio.augment.warp import compose, warp
from cnnstudio.spec.experiment import FillMode
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.tone import RandomBrightness, RandomChannelShift

pytestmark = pytest.mark.filterwarnings(
    "ignore:Please import `affine_transform`:DeprecationWarning"  # Keras's own way to scipy
)

DRAWS: tuple[dict[str, float], ...] = (
    {},
    {"theta": 20.0},
    {"theta": -137.5},
    {"tx": 7.3, "ty": -4.6},
    {"shear": 14.0},
    {"shear": -33.0},
    {"zx": 0.8, "zy": 1.2},
    {"zx": 1.6, "zy": 0.55},
    {"flip_horizontal": 1.0},
    {"flip_horizontal": 1.0, "flip_vertical": 1.0, "theta": 3.0},
    {"theta": 11.0, "tx": -3.0, "ty": 5.5, "shear": 6.0, "zx": 0.9, "zy": 1.1},
    {"theta": -19.0, "tx": 8.0, "ty": 2.5, "zx": 1.2, "zy": 0.81, "flip_horizontal": 1.0},
)
IDENTITY = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}
GREY = 77


@pytest.fixture(scope="module")
def generator_class() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's import warns of its own deprecations
        from tensorflow.keras.preprocessing.image import ImageDataGenerator
    return ImageDataGenerator


def noise(height: int, width: int, channels: int) -> NDArray[np.uint8]:
    """The hardest picture there is: neighbours have nothing in common."""
    shape = (height, width, channels)
    return np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)


def matrix_of(draw: Mapping[str, float], height: int, width: int) -> NDArray[np.float64]:
    d = IDENTITY | dict(draw)
    flips = {
        "horizontal": draw.get("flip_horizontal", 0.0),
        "vertical": draw.get("flip_vertical", 0.0),
    }
    return compose(
        [
            (RandomRotation(), {"degrees": d["theta"]}),
            (RandomShift(), {"width": d["tx"] / width, "height": d["ty"] / height}),
            (RandomShear(), {"degrees": d["shear"]}),
            (RandomZoom(), {"width": d["zx"], "height": d["zy"]}),
            (RandomFlip(), flips),
        ],
        height,
        width,
    )


def theirs(
    generator_class: Any, image: NDArray[np.uint8], draw: Mapping[str, float], fill: FillMode
) -> NDArray[np.float32]:
    generator = generator_class(fill_mode=fill, cval=float(GREY))
    values = {name: bool(v) if name.startswith("flip") else v for name, v in draw.items()}
    return np.asarray(generator.apply_transform(image.astype(np.float32), values), np.float32)


def difference(
    generator_class: Any, image: NDArray[np.uint8], draw: Mapping[str, float], fill: FillMode
) -> NDArray[np.float32]:
    """Largest difference over the channels of each pixel: float32[height, width]."""
    ours = warp(image, matrix_of(draw, *image.shape[:2]), fill, GREY)
    found = np.abs(ours.astype(np.float32) - theirs(generator_class, image, draw, fill))
    return np.asarray(found.max(axis=2), np.float32)


def shown(draw: Mapping[str, float], side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The source x and y that each output pixel of a square image shows."""
    y, x = np.mgrid[:side, :side].astype(np.float64)
    (a, b, c), (d, e, f), _ = matrix_of(draw, side, side)
    return a * x + b * y + c, d * x + e * y + f


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("draw", DRAWS, ids=str)
@pytest.mark.parametrize("fill", ["nearest", "reflect"])
def test_every_pixel_agrees_within_a_grey_level(
    generator_class: Any, fill: FillMode, draw: dict[str, float], channels: int
) -> None:
    assert difference(generator_class, noise(48, 48, channels), draw, fill).max() <= 1.0


@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_constant_agrees_outside_a_seam_of_one_pixel(
    generator_class: Any, draw: dict[str, float]
) -> None:
    # In the seam OpenCV blends into the fill level; scipy cuts.
    side = 48
    x, y = shown(draw, side)
    inside = np.minimum(np.minimum(x, side - 1 - x), np.minimum(y, side - 1 - y))
    away_from_seam = (inside >= 0) | (inside <= -1)
    found = difference(generator_class, noise(side, side, 3), draw, "constant")
    assert found[away_from_seam].max() <= 1.0


@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_wrap_agrees_where_the_source_lies_inside(
    generator_class: Any, draw: dict[str, float]
) -> None:
    # Outside, scipy repeats the image every n−1 pixels and drops a row, OpenCV every n.
    side = 48
    x, y = shown(draw, side)
    inside = (x >= 0) & (x <= side - 1) & (y >= 0) & (y <= side - 1)
    found = difference(generator_class, noise(side, side, 3), draw, "wrap")
    assert inside.any()
    assert found[inside].max() <= 1.0


@pytest.mark.parametrize("shift", [-60.0, -7.4, 12.0, 33.7])
@pytest.mark.parametrize("channels", [1, 3])
def test_channel_shift_agrees_within_a_grey_level(
    generator_class: Any, channels: int, shift: float
) -> None:
    # Both stop at the darkest and the lightest level of the image.
    image = noise(48, 48, channels) // 2 + 40
    values = {"red": shift, "green": shift, "blue": shift}
    ours = recolor(image, [(RandomChannelShift(), values)])
    expected = theirs(generator_class, image, {"channel_shift_intensity": shift}, "nearest")
    assert np.abs(ours - expected).max() <= 0.5
    assert ours.max() == image.max() if shift > 0 else ours.min() == image.min()


@pytest.mark.parametrize("factor", [0.0, 0.31, 0.8, 1.0, 1.2, 2.7])
@pytest.mark.parametrize("channels", [1, 3])
def test_brightness_agrees_within_a_grey_level(
    generator_class: Any, channels: int, factor: float
) -> None:
    image = noise(48, 48, channels)
    ours = recolor(image, [(RandomBrightness(), {"factor": factor})])
    expected = theirs(generator_class, image, {"brightness": factor}, "nearest")
    assert np.abs(ours - expected).max() <= 1.0


@pytest.mark.parametrize("draw", [{"tx": 7.3, "ty": -4.6}, {"flip_vertical": 1.0}], ids=str)
def test_oblong_images_shift_and_flip_alike(generator_class: Any, draw: dict[str, float]) -> None:
    assert difference(generator_class, noise(37, 52, 3), draw, "nearest").max() <= 1.0


@pytest.mark.parametrize("draw", DRAWS, ids=str)
def test_oblong_images_turn_about_their_middle(draw: dict[str, float]) -> None:
    from scipy.ndimage import affine_transform

    image = noise(37, 52, 1)
    (a, b, _), (d, e, _), _ = matrix_of(draw, 37, 52)
    linear, middle = np.array([[e, d], [b, a]]), np.array([18.0, 25.5])
    shift = np.array([draw.get("ty", 0.0), draw.get("tx", 0.0)])
    if draw.get("theta"):
        turn = np.deg2rad(draw["theta"])
        cos, sin = np.cos(turn), np.sin(turn)
        shift = np.array([[cos, sin], [-sin, cos]]) @ shift
    expected = affine_transform(
        image[:, :, 0].astype(np.float64),
        linear,
        middle + shift - linear @ middle,
        order=1,
        mode="nearest",
    )
    made = warp(image, matrix_of(draw, 37, 52), "nearest")[:, :, 0]
    assert np.abs(made - expected).max() <= 1.0
