"""All geometric draws of an image as one warp: one matrix, or one remap where something bends."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.decode import Pixels
from cnnstudio.spec.experiment import FillMode
from cnnstudio.spec.operations.operation import (
    BendingOperation,
    Draw,
    GeometryOperation,
    Operation,
)

# Images are spread over our own threads; OpenCV's would only wait for each other.
cv2.setNumThreads(1)

# scipy's names, which are ImageDataGenerator's. Its `reflect` repeats the border pixel, as
# BORDER_REFLECT does; its `wrap` repeats every n−1 pixels, which nobody means: here every n.
BORDERS: dict[FillMode, int] = {
    "nearest": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_IDENTITY = np.eye(3)
# Never an empty array: OpenCV 5.0 takes it for a map, and shows pixels of anywhere.
_NO_SECOND_MAP: Any = None

_FAR = 16.0
"""Sides of the image beyond which a point is taken to lie there."""

Matrix = NDArray[np.float64]
Map = NDArray[np.float32]
Way = NDArray[np.floating[Any]]


def compose(draws: Sequence[tuple[Operation, Draw]], height: int, width: int) -> Matrix:
    """float64[3, 3] from an output pixel (x, y, 1) to the input point it shows.

    Operations act in the order given: the output of the first is the input of the second, so the
    matrices from output to input multiply in that same order. What bends is passed over.
    """
    whole = _IDENTITY
    for operation, values in draws:
        if isinstance(operation, GeometryOperation):
            matrix = operation.matrix(values, height, width)
            whole = matrix if whole is _IDENTITY else whole @ matrix
    if whole is _IDENTITY:
        return _IDENTITY.copy()
    # The operations measure from the middle of the image, pixels from the middle of the first.
    x, y = (width - 1) / 2.0, (height - 1) / 2.0
    (a, b, c), (d, e, f), (g, h, i) = whole.tolist()
    if not g and not h and i == 1.0:
        return np.array(
            [(a, b, c + x - a * x - b * y), (d, e, f + y - d * x - e * y), (0.0, 0.0, 1.0)]
        )
    there = np.array([(1.0, 0.0, x), (0.0, 1.0, y), (0.0, 0.0, 1.0)])
    back = np.array([(1.0, 0.0, -x), (0.0, 1.0, -y), (0.0, 0.0, 1.0)])
    return np.asarray(there @ whole @ back)


def route(draws: Sequence[tuple[Operation, Draw]], height: int, width: int) -> Way:
    """Where each output pixel looks: a matrix (see `compose`), or float32[height, width, 2].

    The map holds the input point (x, y) of every output pixel. It is needed where something
    bends: the matrices before and after it and its own shifts then become one map. So does a
    matrix that shows points at infinity.
    """
    bends = [at for at, (one, _) in enumerate(draws) if isinstance(one, BendingOperation)]
    if not bends:
        whole = compose(draws, height, width)
        if not _meets_horizon(whole, height, width):
            return whole
    # From the output back to the input: first what stands last in the list.
    places = np.empty((height, width, 2), np.float32)
    places[..., 0] = np.arange(width)
    places[..., 1] = np.arange(height)[:, np.newaxis]
    end = len(draws)
    for at in reversed(bends):
        places = _moved(places, compose(draws[at + 1 : end], height, width))
        operation, values = draws[at]
        assert isinstance(operation, BendingOperation)
        shifts = operation.shifts(values, height, width)
        # Beyond the edge the rubber goes with the edge.
        places += cv2.remap(
            shifts, places, _NO_SECOND_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).reshape(places.shape)
        end = at
    return _moved(places, compose(draws[:end], height, width))


def warp(
    image: Pixels,
    way: Way,
    fill_mode: FillMode = "nearest",
    fill_value: int = 0,
    out: Pixels | None = None,
) -> Pixels:
    """The image seen along `way` (see `route`), same shape, bilinear; written to a gapless `out`.

    Outside the source stands what `fill_mode` says. The identity copies the pixels exactly.
    """
    if out is None:
        out = np.empty(image.shape, np.uint8)
    height, width = image.shape[:2]
    border, fill = BORDERS[fill_mode], (fill_value, fill_value, fill_value)
    if way.ndim == 3:
        made = cv2.remap(image, way, _NO_SECOND_MAP, cv2.INTER_LINEAR, out, border, fill)
    elif (way == _IDENTITY).all():
        np.copyto(out, image)
        return out
    elif way[2, 0] or way[2, 1]:
        made = cv2.warpPerspective(
            image, way, (width, height), out, _FLAGS, borderMode=border, borderValue=fill
        )
    else:
        made = cv2.warpAffine(
            image, way[:2], (width, height), out, _FLAGS, borderMode=border, borderValue=fill
        )
    if not np.may_share_memory(made, out):  # OpenCV made an array of its own
        np.copyto(out, made.reshape(out.shape))
    return out


def _moved(places: Map, matrix: Matrix) -> Map:
    if (matrix == _IDENTITY).all():
        return places
    moved = np.asarray(cv2.perspectiveTransform(places, matrix), np.float32)
    if matrix[2, 0] or matrix[2, 1]:
        # OpenCV folds a point back into the image step by step: from infinity it never arrives.
        far = _FAR * max(places.shape)
        np.clip(moved, -far, far, out=moved)
    return moved


def _meets_horizon(matrix: Matrix, height: int, width: int) -> bool:
    """Whether a tilted plane reaches infinity, or nearly so, within the output."""
    if not matrix[2, 0] and not matrix[2, 1]:
        return False
    g, h, i = matrix[2].tolist()
    ends = [g * x + h * y + i for x in (0, width - 1) for y in (0, height - 1)]
    return bool(min(ends) < max(ends) / _FAR)
