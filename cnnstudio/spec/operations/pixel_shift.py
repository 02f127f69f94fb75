"""The shift that is measured in pixels of the network's image."""

from math import floor, trunc
from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.operations.elsewhere import (
    Argument,
    Frame,
    GeneratorArguments,
    KerasLayers,
    ends,
    even,
    left_out,
    tidy,
    two,
)
from cnnstudio.spec.operations.geometry import affine
from cnnstudio.spec.operations.operation import Dice, Draw, GeometryOperation, Matrix, with_sign
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing

MOST_PIXELS = 512.0

Pixels = Annotated[
    Range, Limits(-MOST_PIXELS, MOST_PIXELS), Field(json_schema_extra={"unit": "px"})
]


class RandomPixelShift(GeometryOperation):
    """Moves the image sideways and up or down by pixels, whatever its size."""

    kind: Literal["RandomPixelShift"] = "RandomPixelShift"
    heading = "Pixel shift"
    icon = "move-diagonal"
    width: Pixels = Field(4.0, title="Width")
    height: Pixels = Field(4.0, title="Height")
    whole: bool = Field(
        True,
        title="Whole pixels",
        description="Move by whole pixels only, which leaves every pixel as sharp as it was",
    )

    @property
    def idle(self) -> bool:
        return super().idle or (nothing(self.width) and nothing(self.height))

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"width": self._pixels(rng, self.width), "height": self._pixels(rng, self.height)}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(1, 0, 0, 1, draw["width"], draw["height"])

    def label(self, draw: Draw) -> str:
        # The content moves against the sampling point.
        return f"{with_sign(-draw['width'])}/{with_sign(-draw['height'])} px"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        (left, right), (up, down) = ends(self.width), ends(self.height)
        vertical = two(_share(-down, frame.height), _share(-up, frame.height))
        horizontal = two(_share(-right, frame.width), _share(-left, frame.width))
        return KerasLayers(
            (f"layers.RandomTranslation({vertical}, {horizontal}, {frame.fill})",),
            ("Keras moves by parts of a pixel, too, which blurs.",) if self.whole else (),
        )

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        values: dict[str, Argument] = {}
        # Its `height_shift_range` moves sideways, see RandomShift.
        for name, reach, side in (
            ("height_shift_range", self.width, frame.height),
            ("width_shift_range", self.height, frame.width),
        ):
            far = even(reach)
            if far is None or (self.whole and isinstance(reach, tuple)):
                return left_out("Its shifts reach equally far both ways, so it is left out.")
            if far and self.whole:
                values[name] = floor(far) + 1
            elif far:
                values[name] = float(tidy(far if far >= 1 else far / side))
        return GeneratorArguments(values)

    def _pixels(self, rng: Dice, reach: Range) -> float:
        if not self.whole:
            return around(rng, reach)
        if isinstance(reach, tuple):
            return float(round(around(rng, reach)))
        # As ImageDataGenerator draws for a whole number n = reach + 1: a number below n, and then
        # its sign, which makes zero twice as likely as any other.
        return float(trunc(around(rng, floor(reach) + 1.0)))


def _share(pixels: float, side: int) -> float:
    """Pixels as a share of the side; further than a whole side no layer of Keras moves."""
    return max(-1.0, min(1.0, pixels / side))
