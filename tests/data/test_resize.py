"""Resizing: Pillow's bilinear, stretched, padded or cropped in whole pixels."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.resize import placement, resize
from cnnstudio.spec.experiment import Resize

Noise = Callable[..., NDArray[np.uint8]]
sides = st.integers(1, 600)


@given(height=sides, width=sides, rows=sides, columns=sides)
def test_pad_keeps_the_whole_picture_in_the_middle(
    height: int, width: int, rows: int, columns: int
) -> None:
    place = placement(height, width, (rows, columns), "pad")
    assert place.source == (0, 0, height, width)
    assert place.inner[0] == rows or place.inner[1] == columns
    for inner, whole, offset in zip(place.inner, (rows, columns), place.offset, strict=True):
        assert 1 <= inner <= whole
        assert offset == (whole - inner) // 2
    # The aspect ratio is kept to half a pixel of the side that gave way.
    scale = min(rows / height, columns / width)
    assert abs(place.inner[0] - max(1, height * scale)) <= 0.5 + 1e-9
    assert abs(place.inner[1] - max(1, width * scale)) <= 0.5 + 1e-9


@given(height=sides, width=sides, rows=sides, columns=sides)
def test_crop_takes_the_largest_middle_part_of_the_right_shape(
    height: int, width: int, rows: int, columns: int
) -> None:
    place = placement(height, width, (rows, columns), "crop")
    top, left, part_height, part_width = place.source
    assert place.inner == (rows, columns)
    assert part_height == height or part_width == width
    assert top == (height - part_height) // 2
    assert left == (width - part_width) // 2
    scale = min(height / rows, width / columns)
    assert abs(part_height - max(1, rows * scale)) <= 0.5 + 1e-9
    assert abs(part_width - max(1, columns * scale)) <= 0.5 + 1e-9


@given(height=sides, width=sides, rows=sides, columns=sides, scale=st.floats(0.01, 8))
def test_a_fixed_scale_is_that_of_every_image(
    height: int, width: int, rows: int, columns: int, scale: float
) -> None:
    place = placement(height, width, (rows, columns), "fixed_scale", scale)
    whole = height, width
    for side, wanted, begin, part, inner, offset in zip(
        whole,
        (rows, columns),
        place.source[:2],
        place.source[2:],
        place.inner,
        place.offset,
        strict=True,
    ):
        assert begin == (side - part) // 2
        assert offset == (wanted - inner) // 2
        assert 1 <= part <= side
        assert 1 <= inner <= wanted
        # One pixel of the shorter of both sides is what whole pixels may cost.
        assert abs(part * scale - inner) <= max(1, scale)
        assert part == side or inner == wanted


def test_a_scale_of_one_moves_pixels_and_changes_none(noise: Noise) -> None:
    image = noise(40, 20)
    made = resize(image, (10, 30), "fixed_scale")
    assert np.array_equal(made[:, 5:25], image[15:25])
    assert made[:, :5].max() == made[:, 25:].max() == 0


@pytest.mark.parametrize("how", ["stretch", "pad", "crop", "fixed_scale"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_native_size_changes_nothing(noise: Noise, how: Resize, channels: int) -> None:
    image = noise(20, 30, channels).reshape(20, 30, channels)
    made = resize(image, (20, 30), how)
    assert np.array_equal(made, image)


def test_stretch_is_pillows_bilinear(noise: Noise) -> None:
    image = noise(40, 30)
    expected = Image.fromarray(image).resize((16, 8), Image.Resampling.BILINEAR)
    assert np.array_equal(resize(image, (8, 16)), np.asarray(expected))


def test_pad_leaves_black_around_the_stretched_picture(noise: Noise) -> None:
    image = noise(40, 20)
    made = resize(image, (10, 10), "pad")
    inner = Image.fromarray(image).resize((5, 10), Image.Resampling.BILINEAR)
    assert np.array_equal(made[:, 2:7], np.asarray(inner))
    assert made[:, :2].max() == made[:, 7:].max() == 0


def test_crop_cuts_before_it_scales(noise: Noise) -> None:
    image = noise(40, 20)
    expected = Image.fromarray(image[10:30]).resize((10, 10), Image.Resampling.BILINEAR)
    assert np.array_equal(resize(image, (10, 10), "crop"), np.asarray(expected))
