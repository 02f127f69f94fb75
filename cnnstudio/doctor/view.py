"""How much of an image augmentation leaves in view, and how much of its picture.

Measured on draws from the operations themselves, so that every operation, also a new one, counts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from cnnstudio.augment.color import recolor
from cnnstudio.augment.draws import Drawn, OperationDraw
from cnnstudio.spec.operations.operation import (
    BatchOperation,
    BendingOperation,
    Draw,
    GeometryOperation,
    MixingOperation,
    Operation,
    PixelOperation,
    ToneOperation,
)

DRAWS = 128
_DISTURBED = 32  # draws where a picture must be made of each
LEAST_LIKENESS = 0.5
"""Correlation with its image under which a disturbed picture shows something else."""

_GRID = 12
_LEVELS = np.arange(256, dtype=np.float64)
_MOST_SIDE = 96

Points = NDArray[np.float64]


def share_in_view(
    operations: Sequence[Operation], height: int, width: int, wrapped: bool = False
) -> float:
    """Mean share (0..1) of an image's area that is still to be seen after the geometry.

    `wrapped` says that what leaves on one side comes back on the other.
    """
    kept = [o for o in operations if o.stage == "geometry"]
    if not kept:
        return 1.0
    rng, size = np.random.default_rng(0), np.array([width, height], np.float64)
    along = (np.arange(_GRID) + 0.5) / _GRID - 0.5
    # Points of the input, from the middle, that ought to be found again in the output.
    points = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2) * size
    total = 0.0
    for _ in range(DRAWS):
        seen, area = points, 1.0
        for operation, values in _drawn(kept, rng).of("geometry"):
            seen, scale = _moved(seen, operation, values, size)
            area *= scale
        inside = (np.abs(seen) <= size / 2).all(axis=1)
        total += min(1.0, area) if wrapped else float(inside.mean())
    return total / DRAWS


def share_ruined(operations: Sequence[Operation], side: int = _MOST_SIDE) -> float:
    """Share (0..1) of draws that leave hardly any picture of an image of `side` pixels.

    That is under a quarter of the contrast, half of the levels clipped, or, after what disturbs
    pixels, a correlation with the image under `LEAST_LIKENESS`.
    """
    kept = [o for o in operations if not isinstance(o, GeometryOperation | BendingOperation)]
    if not kept:
        return 0.0
    rng, picture = np.random.default_rng(0), _picture(min(max(side, 8), _MOST_SIDE))
    plain = all(isinstance(o, ToneOperation | MixingOperation | BatchOperation) for o in kept)
    ruined, times = 0, DRAWS if plain else _DISTURBED
    for _ in range(times):
        drawn = _drawn(kept, rng)
        draws = drawn.of("color") + drawn.of("noise")
        ruined += _levels_lost([d for d in draws if isinstance(d[0], ToneOperation)]) or _unlike(
            picture, [d for d in draws if isinstance(d[0], PixelOperation)]
        )
    return ruined / times


def _drawn(operations: Sequence[Operation], rng: Generator) -> Drawn:
    draws = ((index, operation, operation.drawn(rng)) for index, operation in enumerate(operations))
    return Drawn(tuple(OperationDraw(i, o, values) for i, o, values in draws if values is not None))


def _moved(
    points: Points, operation: Operation, values: Draw, size: Points
) -> tuple[Points, float]:
    """Where points of the input, float64[n, 2] in pixels from the middle, stand in the output.

    And the share of the input's area that fills the output, above 1 where it is made smaller.
    """
    width, height = size.tolist()
    if isinstance(operation, GeometryOperation):
        matrix = operation.matrix(values, int(height), int(width))
        area = abs(float(np.linalg.det(matrix[:2, :2])))
        if area < 1e-6:
            return np.full_like(points, np.inf), 0.0
        moved = np.column_stack([points, np.ones(len(points))]) @ np.linalg.inv(matrix).T
        # What lies behind the horizon is not in view.
        ahead = np.where(moved[:, 2:] > 1e-6, moved[:, 2:], np.nan)
        return np.asarray(moved[:, :2] / ahead), area
    assert isinstance(operation, BendingOperation)
    # A bend is the same at any size, so a small one is exact enough.
    shifts = operation.shifts(values, _GRID, _GRID) * size.min() / _GRID
    place = np.clip(np.nan_to_num(points / size) + 0.5, 0.0, 1.0 - 1e-9)
    at = (place * _GRID).astype(np.int64)
    return np.asarray(points - shifts[at[:, 1], at[:, 0]]), 1.0


def _levels_lost(tones: Sequence[tuple[Operation, Draw]]) -> bool:
    levels, cut = _LEVELS, np.zeros(_LEVELS.shape, np.bool_)
    for operation, values in tones:
        if isinstance(operation, ToneOperation):
            made = operation.curve(levels, values)
            cut |= (made < 0) | (made > 255)
            # As in training, each operation gets levels that there are.
            levels = np.clip(made, 0, 255)
    return float(cut.mean()) > 0.5 or float(np.std(levels) / np.std(_LEVELS)) < 0.25


def _unlike(picture: NDArray[np.uint8], disturbing: Sequence[tuple[Operation, Draw]]) -> bool:
    if not disturbing:
        return False
    made = recolor(picture, disturbing).astype(np.float64)
    if made.std() < 1.0:
        return True
    return float(np.corrcoef(made.ravel(), picture.ravel())[0, 1]) < LEAST_LIKENESS


def _picture(side: int) -> NDArray[np.uint8]:
    """uint8[side, side, 3] with the spectrum of photos: halving the detail halves its contrast.

    Field 1987, https://doi.org/10.1364/JOSAA.4.002379.
    """
    rng = np.random.default_rng(0)
    frequency = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side))
    frequency[0, 0] = 1.0
    phase = np.exp(2j * np.pi * rng.random(frequency.shape))
    waves = np.fft.irfft2(phase / frequency, (side, side))
    waves = (waves - waves.mean()) / waves.std()
    levels = np.clip(127.5 + 50.0 * waves, 0, 255).astype(np.uint8)
    return np.repeat(levels[:, :, np.newaxis], 3, axis=2)
