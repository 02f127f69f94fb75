"""All grey-level draws of an image as one look-up table."""

from collections.abc import Sequence

import cv2
import numpy as np

from cnnstudio.data.decode import Pixels
from cnnstudio.spec.operations.operation import ColorOperation, Draw

_LEVELS = np.arange(256, dtype=np.float64)


def table(draws: Sequence[tuple[ColorOperation, Draw]]) -> Pixels:
    """uint8[256]: what each grey level becomes, clipped after each operation, rounded once."""
    levels = _LEVELS
    for operation, values in draws:
        levels = np.clip(operation.curve(levels, values), 0.0, 255.0)
    return np.rint(levels).astype(np.uint8)


def recolor(image: Pixels, levels: Pixels, out: Pixels | None = None) -> Pixels:
    """Every grey level replaced by `levels[level]`; `out` may be `image` itself."""
    if out is None:
        out = np.empty(image.shape, np.uint8)
    made = cv2.LUT(image, levels, dst=out)
    if not np.may_share_memory(made, out):  # OpenCV made an array of its own
        np.copyto(out, made.reshape(out.shape))
    return out
