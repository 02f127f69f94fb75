"""Draws that change colour: neighbours become one look-up table or one matrix."""

from collections.abc import Sequence
from itertools import groupby

import cv2
import numpy as np

from cnnstudio.data.decode import Pixels
from cnnstudio.spec.operations.operation import (
    Draw,
    MixingOperation,
    Operation,
    PixelOperation,
    ToneOperation,
)

_LEVELS = np.arange(256, dtype=np.float64)


def table(draws: Sequence[tuple[Operation, Draw]]) -> Pixels:
    """uint8[256]: what the tone draws make of each grey level, clipped after each, rounded once."""
    levels = _LEVELS
    for operation, values in draws:
        if isinstance(operation, ToneOperation):
            levels = np.clip(operation.curve(levels, values), 0.0, 255.0)
    return np.rint(levels).astype(np.uint8)


def recolor(
    image: Pixels, draws: Sequence[tuple[Operation, Draw]], out: Pixels | None = None
) -> Pixels:
    """The image after all `draws` in order, in a gapless `out`, which may be `image` itself."""
    if out is None:
        out = np.empty(image.shape, np.uint8)
    made = image
    for form, of_form in groupby(draws, _form):
        if form is ToneOperation:
            made = _shaped(cv2.LUT(made, table(list(of_form)), dst=out), image)
        elif form is MixingOperation:
            if image.shape[2] == 3:
                made = _shaped(cv2.transform(made, _mixture(list(of_form)), dst=out), image)
        else:
            for operation, values in of_form:
                assert isinstance(operation, PixelOperation)
                made = operation.apply(made, values)
    if made is not out and not np.may_share_memory(made, out):
        np.copyto(out, made)
    return out


def _shaped(made: object, image: Pixels) -> Pixels:
    """OpenCV drops the axis of a single channel."""
    return np.asarray(made, np.uint8).reshape(image.shape)


def _form(draw: tuple[Operation, Draw]) -> type[Operation]:
    for form in (ToneOperation, MixingOperation):
        if isinstance(draw[0], form):
            return form
    return PixelOperation


def _mixture(
    draws: Sequence[tuple[Operation, Draw]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    whole = np.eye(3)
    for operation, values in draws:
        if isinstance(operation, MixingOperation):
            whole = operation.mixture(values) @ whole
    return whole
