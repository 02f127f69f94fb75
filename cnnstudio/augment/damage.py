"""What a draw takes from an image: its pixels, its levels, all its contrast."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.color import recolor
from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.warp import Matrix, compose, route, warp
from cnnstudio.data.decode import Pixels
from cnnstudio.spec.experiment import Augmentation

MUCH_FILL = 0.4
"""The doctor, too, wants 60 % of an image in view on average (its rule P5)."""
LITTLE_SEEN = 0.2
"""Crops for ImageNet go down to 8 %, but there hardly any image has its object in one corner."""
MUCH_CLIPPED = 0.25
"""Of the grey levels: shading is gone in a quarter of the picture."""
FLAT = 8.0
"""Grey levels of standard deviation, 3 % of the scale, below which hardly anybody sees a thing."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What one draw did to one image.

    `fill` is the share (0..1) of the pixels that show what the fill mode puts outside the image;
    with `wrap` that is the image itself, so nothing is lost and the share is 0. `seen` is the share
    of the image's area that the picture still shows; what bends is passed over. `clipped` is the
    share of the grey levels that the colour operations made 0 or 255 and that were neither
    before. `contrast` is the standard deviation of the channel that varies most, in grey levels,
    and `contrast_before` the one of the untouched image.
    """

    fill: float = 0.0
    seen: float = 1.0
    clipped: float = 0.0
    contrast: float = 0.0
    contrast_before: float = 0.0

    @property
    def much_fill(self) -> bool:
        """Whether so little of the image is left that the label may no longer be seen."""
        return self.fill > MUCH_FILL

    @property
    def little_seen(self) -> bool:
        """Whether so little of the image is in the picture that its object may be gone."""
        return self.seen < LITTLE_SEEN

    @property
    def much_clipped(self) -> bool:
        """Whether so many levels are cut off that details are gone."""
        return self.clipped > MUCH_CLIPPED

    @property
    def near_blank(self) -> bool:
        """Whether the draw made a flat picture of one that was not: flat images are not blamed."""
        return self.contrast < FLAT and self.contrast < self.contrast_before / 2


def damage(augmentation: Augmentation, image: Pixels, drawn: Drawn, made: Pixels) -> Damage:
    """What `drawn` did to `image`, both it and `made` uint8[height, width, channels].

    `made` is what `SampleMaker.sample` returns for it. Noise, erasing and mixing count for the
    contrast alone: they cover the picture on purpose.
    """
    moved, fill, seen = image, 0.0, 1.0
    colors = drawn.of("color")
    if moves := drawn.of("geometry"):
        way = route(moves, *image.shape[:2])
        seen = share_seen(compose(moves, *image.shape[:2]), *image.shape[:2])
        if augmentation.fill_mode != "wrap":
            inside = np.full((*image.shape[:2], 1), 255, np.uint8)
            shown = cv2.sumElems(warp(inside, way, "constant", 0))[0]
            fill = 1.0 - shown / (255.0 * inside.size)
        if colors:
            moved = warp(image, way, augmentation.fill_mode, augmentation.fill_value)
    clipped = 0.0
    if colors:
        new = _at_ends(recolor(moved, colors)) & ~_at_ends(moved)
        clipped = int(np.count_nonzero(new)) / new.size
    return Damage(fill, seen, clipped, contrast(made), contrast(image))


def share_seen(way: Matrix, height: int, width: int) -> float:
    """The share (0..1) of an image's area, `height` by `width` pixels, that is seen.

    `way` is float64[3, 3] from output to input pixels (see `warp.compose`).
    """
    # From the outer edges of the outermost pixels.
    left, top, right, bottom = -0.5, -0.5, width - 0.5, height - 0.5
    edge = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    seen = np.column_stack([edge, np.ones(4)]) @ way.T
    if (seen[:, 2] <= 0).any():  # a tilt beyond the horizon has no outline
        return 1.0
    outline = (seen[:, :2] / seen[:, 2:]).astype(np.float32)
    area, _ = cv2.intersectConvexConvex(outline, edge.astype(np.float32))
    return min(1.0, area / (height * width))


def contrast(image: Pixels) -> float:
    """The largest standard deviation, in grey levels, among the channels of an image.

    It is uint8[height, width, channels].
    """
    return float(cv2.meanStdDev(image)[1].max())


def _at_ends(image: Pixels) -> NDArray[np.bool_]:
    return np.asarray((image == 0) | (image == 255))
