"""Stored values of any depth to grey levels, by a window that is the same for every image."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
# ITU-R 601-2, as Pillow computes luma.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def in_color(values: Values, color: Literal["rgb", "grayscale"]) -> NDArray[np.float32]:
    """[h, w, c] to float32[h, w, 3] or [h, w, 1]: one channel is gray, the first three are RGB."""
    if values.shape[2] < 3:
        gray = values[:, :, :1].astype(np.float32)
        return np.repeat(gray, 3, axis=2) if color == "rgb" else gray
    three = values[:, :, :3].astype(np.float32)
    return three if color == "rgb" else (three @ _LUMA)[:, :, np.newaxis]


def windowed(values: Values, window: tuple[float, float]) -> NDArray[np.uint8]:
    """Grey levels of `values`: low becomes 0, high 255, halves upward; what is no number is 0.

    `values` is [h, w, c] of any number type; `window` is (low, high) with low < high.
    In float32 and in this order of steps, as the exported model computes it.
    """
    low, high = window
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    scaled = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0), 0, 255)
    levels: NDArray[np.uint8] = np.floor(scaled + np.float32(0.5)).astype(np.uint8)
    return levels


def turn(values: Values, orientation: int) -> Values:
    """[h, w, c] as the EXIF orientation 1 to 8 wants it shown."""
    if orientation in {5, 6, 7, 8}:
        values = values.transpose(1, 0, 2)
    if orientation in {2, 3, 6, 7}:
        values = values[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        values = values[::-1]
    return values
