"""Arrays become Qt pictures that own their pixels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from cnnstudio.gui.dataset.pictures import as_image, fitted, square

sides = st.integers(1, 40)


@given(height=sides, width=sides, channels=st.sampled_from([1, 3]), seed=st.integers(0, 99))
def test_every_pixel_arrives_where_it_was(
    height: int, width: int, channels: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    pixels = dice.integers(0, 256, (height, width, channels), dtype=np.uint8)
    image = as_image(pixels)
    assert (image.height(), image.width()) == (height, width)
    y, x = int(dice.integers(height)), int(dice.integers(width))
    color = image.pixelColor(x, y)
    found = (color.red(), color.green(), color.blue())
    assert found == tuple(int(v) for v in np.broadcast_to(pixels[y, x], 3))


def test_the_picture_outlives_a_change_of_the_array() -> None:
    pixels = np.full((4, 5, 3), 200, np.uint8)
    image = as_image(pixels)
    pixels[:] = 0
    del pixels
    assert image.pixelColor(2, 2).red() == 200


def test_a_view_with_gaps_is_read_right() -> None:
    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)[::2, ::-2]
    image = as_image(pixels)
    assert image.pixelColor(1, 1).green() == pixels[1, 1, 1]


@given(height=sides, width=sides, side=st.integers(1, 30))
def test_a_square_is_square_and_never_enlarged(height: int, width: int, side: int) -> None:
    made = square(as_image(np.zeros((height, width, 3), np.uint8)), side)
    assert made.width() == made.height() == min(height, width, side)


@given(width=st.floats(1, 500), height=st.floats(1, 500))
def test_a_fitted_picture_keeps_its_shape_and_stays_inside(width: float, height: float) -> None:
    place = QRectF(10, 20, 200, 100)
    found = fitted(QSizeF(width, height), place)
    assert place.adjusted(-0.01, -0.01, 0.01, 0.01).contains(found)
    assert abs(found.width() * height - found.height() * width) < 0.01 * width * height
