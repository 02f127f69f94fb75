"""Resize an image to the network's input by stretch, pad, crop or a fixed scale: always BILINEAR.

Pillow's BILINEAR is antialiased: a triangle filter whose width grows with the reduction, the same
as `tf.image.resize(bilinear, antialias=True)`.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import Pixels, as_array
from cnnstudio.spec.experiment import Resize


@dataclass(frozen=True, slots=True)
class Placement:
    """Which part of the source is scaled to which size, and where it lies in the result.

    `source` is (top, left, height, width) in source pixels, `inner` (height, width) after
    scaling, `offset` (top, left) of the scaled part in the result; around it is black.
    """

    source: tuple[int, int, int, int]
    inner: tuple[int, int]
    offset: tuple[int, int]


def placement(
    height: int, width: int, size: tuple[int, int], how: Resize, scale: float = 1.0
) -> Placement:
    """How an image of `height`×`width` comes to `size` (height, width); integers throughout.

    `pad` and `crop` keep the aspect ratio to the nearest pixel, halves upward, and centre; an odd
    pixel goes to the bottom or right. `fixed_scale` scales every image by `scale`, to the nearest
    pixel, and cuts out its middle or centres it, each side for itself.
    """
    rows, columns = size
    taller = height * columns >= width * rows
    if how == "pad":
        if taller:
            inner = rows, max(1, (2 * width * rows + height) // (2 * height))
        else:
            inner = max(1, (2 * height * columns + width) // (2 * width)), columns
        offset = (rows - inner[0]) // 2, (columns - inner[1]) // 2
        return Placement((0, 0, height, width), inner, offset)
    if how == "crop":
        if taller:
            part = max(1, (2 * width * rows + columns) // (2 * columns)), width
        else:
            part = height, max(1, (2 * height * columns + rows) // (2 * rows))
        top, left = (height - part[0]) // 2, (width - part[1]) // 2
        return Placement((top, left, *part), size, (0, 0))
    if how == "fixed_scale":
        parts, inners = zip(
            _scaled(height, rows, scale), _scaled(width, columns, scale), strict=True
        )
        top, left = (height - parts[0]) // 2, (width - parts[1]) // 2
        offset = (rows - inners[0]) // 2, (columns - inners[1]) // 2
        return Placement((top, left, *parts), inners, offset)
    return Placement((0, 0, height, width), size, (0, 0))


def _scaled(side: int, wanted: int, scale: float) -> tuple[int, int]:
    """How much of a side is used, and how long it is after scaling: at most `wanted`."""
    scaled = max(1, floor(side * scale + 0.5))
    if scaled <= wanted:
        return side, scaled
    return min(side, max(1, floor(wanted / scale + 0.5))), wanted


def resize(
    image: Pixels, size: tuple[int, int], how: Resize = "stretch", scale: float = 1.0
) -> Pixels:
    """uint8[h, w, 1 or 3] to uint8[height, width, 1 or 3] for `size` (height, width)."""
    flat: NDArray[np.uint8] = image[:, :, 0] if image.shape[2] == 1 else image
    return as_array(resize_image(Image.fromarray(flat), size, how, scale))


def resize_image(
    image: Image.Image, size: tuple[int, int], how: Resize = "stretch", scale: float = 1.0
) -> Image.Image:
    """As `resize`, for a Pillow image of mode `RGB` or `L`."""
    place = placement(image.height, image.width, size, how, scale)
    top, left, height, width = place.source
    if place.source != (0, 0, image.height, image.width):
        # Cropping first keeps pixels outside the crop from bleeding into its border.
        image = image.crop((left, top, left + width, top + height))
    rows, columns = place.inner
    if (rows, columns) != (height, width):
        image = image.resize((columns, rows), Image.Resampling.BILINEAR)
    if place.inner == size:
        return image
    canvas = Image.new(image.mode, (size[1], size[0]))
    canvas.paste(image, (place.offset[1], place.offset[0]))
    return canvas
