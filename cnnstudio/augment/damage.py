"""What a draw takes from an image: pixels from outside it, levels cut off, all contrast."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.color import recolor
from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.warp import route, warp
from cnnstudio.data.decode import Pixels
from cnnstudio.spec.experiment import Augmentation

MUCH_FILL = 0.4
"""The doctor, too, wants 60 % of an image in view on average (its rule P5)."""
MUCH_CLIPPED = 0.25
"""Of the grey levels: shading is gone in a quarter of the picture."""
FLAT = 8.0
"""Grey levels of standard deviation, 3 % of the scale, below which hardly anybody sees a thing."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What one draw did to one image.

    `fill` is the share (0..1) of the pixels that show what the fill mode puts outside the image;
    with `wrap` that is the image itself, so nothing is lost and the share is 0. `clipped` is the
    share of the grey levels that the colour operations made 0 or 255 and that were neither
    before. `contrast` is the standard deviation of the channel that varies most, in grey levels,
    and `contrast_before` the one of the untouched image.
    """

    fill: float = 0.0
    clipped: float = 0.0
    contrast: float = 0.0
    contrast_before: float = 0.0

    @property
    def much_fill(self) -> bool:
        """Whether so little of the image is left that the label may no longer be seen."""
        return self.fill > MUCH_FILL

    @property
    def much_clipped(self) -> bool:
        """Whether so many levels are cut off that details are gone."""
        return self.clipped > MUCH_CLIPPED

    @property
    def near_blank(self) -> bool:
        """Whether the draw made a flat picture of one that was not: flat images are not blamed."""
        return self.contrast < FLAT and self.contrast < self.contrast_before / 2

    @property
    def harms(self) -> bool:
        """Whether any of the three is worth a warning."""
        return self.much_fill or self.much_clipped or self.near_blank


def damage(augmentation: Augmentation, image: Pixels, drawn: Drawn, made: Pixels) -> Damage:
    """What `drawn` did to `image`, both it and `made` uint8[height, width, channels].

    `made` is what `SampleMaker.sample` returns for it. Noise, erasing and mixing count for the
    contrast alone: they cover the picture on purpose.
    """
    moved, fill = image, 0.0
    colors = drawn.of("color")
    if moves := drawn.of("geometry"):
        way = route(moves, *image.shape[:2])
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
    return Damage(fill, clipped, contrast(made), contrast(image))


def contrast(image: Pixels) -> float:
    """The largest standard deviation among the channels of uint8[height, width, channels]."""
    return float(cv2.meanStdDev(image)[1].max())


def _at_ends(image: Pixels) -> NDArray[np.bool_]:
    return np.asarray((image == 0) | (image == 255))
