"""One warp for all geometry: corners where they are drawn, bends between matrices, in order."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnstudio.augment.warp import compose, route, warp
from cnnstudio.spec.operations.bending import RandomElastic, RandomPerspective
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.operation import (
    BendingOperation,
    Draw,
    GeometryOperation,
    Operation,
)

Draws = Sequence[tuple[Operation, Draw]]
HEIGHT, WIDTH = 40, 60
CORNERS = ((-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))


def places() -> NDArray[np.uint8]:
    """An image whose first two channels tell where a pixel came from: 4 levels a pixel."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[..., 0] = 4 * np.arange(WIDTH)
    image[..., 1] = 4 * np.arange(HEIGHT)[:, np.newaxis]
    return image


def slow_way(draws: Draws, height: int, width: int) -> NDArray[np.float64]:
    """Where each output pixel looks, one operation and one pixel after the other."""
    x, y = (width - 1) / 2, (height - 1) / 2
    way = np.empty((height, width, 2))
    bent = {
        at: operation.shifts(values, height, width).astype(np.float64)
        for at, (operation, values) in enumerate(draws)
        if isinstance(operation, BendingOperation)
    }
    for row in range(height):
        for column in range(width):
            place = np.array([column, row], np.float64)
            for at, (operation, values) in reversed(list(enumerate(draws))):
                if isinstance(operation, GeometryOperation):
                    matrix = operation.matrix(values, height, width)
                    a, b, c = matrix @ [place[0] - x, place[1] - y, 1.0]
                    place = np.array([a / c + x, b / c + y])
                else:
                    place = place + between(bent[at], place)
            way[row, column] = place
    return way


def between(values: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bilinear, beyond the edge the edge's own value."""
    height, width = values.shape[:2]
    x, y = np.clip(place[0], 0, width - 1), np.clip(place[1], 0, height - 1)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    u, v = x - left, y - top
    above = (1 - u) * values[top, left] + u * values[top, right]
    below = (1 - u) * values[bottom, left] + u * values[bottom, right]
    return np.asarray((1 - v) * above + v * below)


@settings(max_examples=60)
@given(moves=st.lists(st.floats(-0.2, 0.2), min_size=8, max_size=8))
def test_each_corner_shows_the_point_that_was_drawn_for_it(moves: list[float]) -> None:
    draw = {f"{axis}{n}": moves[2 * n + k] for n in range(4) for k, axis in enumerate("xy")}
    matrix = compose([(RandomPerspective(fraction=0.2), draw)], HEIGHT, WIDTH)
    for n, (along, down) in enumerate(CORNERS):
        # From the middle of the image to pixels, of which the first one's middle is zero.
        corner = [(along + 0.5) * WIDTH - 0.5, (down + 0.5) * HEIGHT - 0.5, 1.0]
        x, y, w = matrix @ corner
        assert x / w == pytest.approx(corner[0] + draw[f"x{n}"] * WIDTH, abs=1e-6)
        assert y / w == pytest.approx(corner[1] + draw[f"y{n}"] * HEIGHT, abs=1e-6)


def test_the_pixels_of_a_tilted_image_come_from_there() -> None:
    draw = {"x0": 0.1, "y0": 0.15, "x1": 0.05, "y1": -0.1, "x2": -0.1, "y2": 0.05, "x3": -0.2}
    draws: Draws = [(RandomPerspective(), {**draw, "y3": -0.05})]
    made = warp(places(), route(draws, HEIGHT, WIDTH))
    way = slow_way(draws, HEIGHT, WIDTH)
    assert way.min() > 0
    np.testing.assert_allclose(made[..., :2], 4 * way, atol=0.7)
    # The corners of the output, half a pixel inside, against the corners that were drawn.
    assert made[0, 0, 0] / 4 == pytest.approx(0.1 * WIDTH, abs=1)
    assert made[0, 0, 1] / 4 == pytest.approx(0.15 * HEIGHT, abs=1)
    assert made[-1, -1, 0] / 4 == pytest.approx(WIDTH - 1 - 0.2 * WIDTH, abs=1)


ROTATION = (RandomRotation(), {"degrees": 25.0})
SHIFT = (RandomShift(), {"width": 0.15, "height": -0.1})
ZOOM = (RandomZoom(), {"width": 0.7, "height": 0.9})
SHEAR = (RandomShear(), {"degrees": 12.0})
FLIP = (RandomFlip(), {"horizontal": 1.0, "vertical": 0.0})
TILT = (RandomPerspective(), {f"{axis}{n}": 0.03 * n for n in range(4) for axis in "xy"})
ELASTIC = (RandomElastic(), {"strength": 0.1, "seed": 7.0})
FINE = (RandomElastic(cells=9), {"strength": 0.05, "seed": 1.0})


@pytest.mark.parametrize(
    "draws",
    [
        [ROTATION, SHIFT, ZOOM],
        [ZOOM, SHIFT, ROTATION],
        [FLIP, SHEAR, SHIFT],
        [TILT, ROTATION],
        [ROTATION, TILT],
        [ELASTIC],
        [ELASTIC, ROTATION, SHIFT],
        [ROTATION, SHIFT, ELASTIC],
        [SHIFT, ELASTIC, ROTATION],
        [TILT, ELASTIC, FLIP],
        [ELASTIC, ROTATION, FINE, ZOOM],
        [FINE, ELASTIC],
    ],
    ids=lambda draws: "-".join(type(one[0]).__name__.removeprefix("Random") for one in draws),
)
def test_operations_act_one_after_the_other(draws: Draws) -> None:
    way = route(draws, HEIGHT, WIDTH)
    if way.ndim == 2:
        y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float64)
        seen = np.stack([x, y, np.ones_like(x)], axis=-1) @ way.T
        way = seen[..., :2] / seen[..., 2:]
    # OpenCV looks bends up at 32nds of a pixel.
    np.testing.assert_allclose(way, slow_way(draws, HEIGHT, WIDTH), atol=0.05)


def test_order_matters_where_a_bend_stands_between() -> None:
    ways = [route(draws, HEIGHT, WIDTH) for draws in ([ELASTIC, ROTATION], [ROTATION, ELASTIC])]
    assert np.abs(ways[0] - ways[1]).max() > 1


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "wrap", "constant"])
def test_a_bend_and_a_matrix_fill_the_outside_alike(channels: int, fill_mode: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, channels), dtype=np.uint8)
    still = (RandomElastic(), {"strength": 0.0, "seed": 0.0})
    far = (RandomShift(), {"width": 0.5, "height": 0.25})
    matrix, bend = route([far], HEIGHT, WIDTH), route([far, still], HEIGHT, WIDTH)
    assert (matrix.ndim, bend.ndim) == (2, 3)
    one = warp(image, matrix, fill_mode, 77)  # type: ignore[arg-type]  # a parametrized literal
    two = warp(image, bend, fill_mode, 77)  # type: ignore[arg-type]
    assert one.shape == two.shape == image.shape
    assert np.array_equal(one, two)
    if fill_mode == "constant":
        assert (one == 77).all(axis=-1).mean() > 0.5


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "wrap", "constant"])
@pytest.mark.parametrize("bent", [False, True])
def test_a_plane_that_reaches_the_horizon_is_drawn_at_once(fill_mode: str, bent: bool) -> None:
    # Zoomed out four times, the tilted plane ends in a line within the picture.
    steep = {"x0": 0.2, "y0": 0.2, "x1": 0.2, "y1": -0.2, "x2": 0.0, "y2": 0.0, "x3": 0.0}
    tilt = (RandomPerspective(fraction=0.2), {**steep, "y3": 0.0})
    draws: list[tuple[Operation, Draw]] = [tilt, (RandomZoom(), {"width": 4.0, "height": 4.0})]
    matrix = compose(draws, HEIGHT, WIDTH)
    assert (matrix[2] @ [0, 0, 1] < 0) != (matrix[2] @ [WIDTH, 0, 1] < 0)
    way = route([*draws, ELASTIC] if bent else draws, HEIGHT, WIDTH)
    assert np.abs(way).max() <= 16 * WIDTH
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    made = warp(image, way, fill_mode, 5)  # type: ignore[arg-type]  # a parametrized literal
    assert made.shape == image.shape
    assert made.std() > 0


def test_the_strength_bounds_how_far_a_point_moves() -> None:
    for seed in range(20):
        shifts = RandomElastic().shifts({"strength": 0.05, "seed": float(seed)}, 100, 200)
        # Between its points a cubic may swing beyond them, by 37.5 % along each side.
        assert 1.0 < np.abs(shifts).max() <= 0.05 * 100 * 1.375**2


def test_a_draw_of_elastic_is_repeated_exactly() -> None:
    one, two = (RandomElastic().shifts({"strength": 0.1, "seed": 12.0}, 30, 20) for _ in range(2))
    assert np.array_equal(one, two)
    other = RandomElastic().shifts({"strength": 0.1, "seed": 13.0}, 30, 20)
    assert not np.array_equal(one, other)


def test_a_view_with_gaps_is_warped_as_its_copy() -> None:
    image = np.random.default_rng(0).integers(0, 256, (2 * HEIGHT, 2 * WIDTH, 4), dtype=np.uint8)
    view = image[::2, ::2, :3]
    for draws in ([ROTATION], [TILT], [ELASTIC]):
        way = route(draws, HEIGHT, WIDTH)
        assert np.array_equal(warp(view, way), warp(view.copy(), way))
