"""Operations that cut out a window and enlarge it to the full size."""

from math import exp, log, sqrt
from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, two
from cnnstudio.spec.operations.geometry import affine
from cnnstudio.spec.operations.operation import Dice, Draw, GeometryOperation, Matrix
from cnnstudio.spec.operations.ranges import Limits, Range, around, up_to

LEAST_AREA = 0.05


class RandomCrop(GeometryOperation):
    """Cuts out a window at a random place and enlarges it to the full size."""

    kind: Literal["RandomCrop"] = "RandomCrop"
    heading = "Crop"
    icon = "crop"
    fraction: Annotated[Range, Limits(0.0, 0.9)] = Field(
        0.1,
        title="Cut away up to",
        description="Share of each side that is cut away",
        json_schema_extra={"unit": "%", "percent": True},
    )

    @property
    def idle(self) -> bool:
        return super().idle or self.fraction in (0, (0, 0))

    def draw(self, rng: Dice) -> dict[str, float]:
        side = 1.0 - up_to(rng, self.fraction)
        slack = (1.0 - side) / 2.0
        return {"side": side, "x": around(rng, slack), "y": around(rng, slack)}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(draw["side"], 0, 0, draw["side"], draw["x"] * width, draw["y"] * height)

    def label(self, draw: Draw) -> str:
        return f"crop {100 * draw['side']:.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = self.fraction if isinstance(self.fraction, tuple) else (0, self.fraction)
        cut = (lower + upper) / 2
        side = [max(1, round((1 - cut) * side)) for side in (frame.height, frame.width)]
        crop = f"layers.RandomCrop({side[0]}, {side[1]})"
        full = f"layers.Resizing({frame.height}, {frame.width})"
        return KerasLayers(
            (f"layers.Pipeline([{crop}, {full}])",),
            (f"Keras's window has one size: it always cuts away {100 * cut:.0f} % of each side.",),
        )


class RandomResizedCrop(GeometryOperation):
    """Cuts out a window of random area and shape and stretches it to the full size.

    The usual crop of networks trained on ImageNet (Szegedy et al. 2014,
    https://arxiv.org/abs/1409.4842). A window that would not fit is made narrower or lower.
    """

    kind: Literal["RandomResizedCrop"] = "RandomResizedCrop"
    heading = "Resized crop"
    icon = "scaling"
    area: Annotated[Range, Limits(LEAST_AREA, 1.0)] = Field(
        (0.5, 1.0),
        title="Area",
        description="Share of the image's area that is kept",
        json_schema_extra={"unit": "%", "percent": True},
    )
    aspect: float = Field(
        1.33,
        ge=1,
        le=4,
        title="Stretch up to",
        description="How much wider or higher than the image the window may be, as a factor",
        json_schema_extra={"unit": "×"},
    )

    @property
    def idle(self) -> bool:
        return super().idle or (self.area == (1, 1) and self.aspect == 1)

    def draw(self, rng: Dice) -> dict[str, float]:
        area, shape = up_to(rng, self.area, LEAST_AREA), exp(around(rng, log(self.aspect)))
        width, height = min(1.0, sqrt(area * shape)), min(1.0, sqrt(area / shape))
        x, y = around(rng, (1.0 - width) / 2.0), around(rng, (1.0 - height) / 2.0)
        return {"width": width, "height": height, "x": x, "y": y}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(draw["width"], 0, 0, draw["height"], draw["x"] * width, draw["y"] * height)

    def label(self, draw: Draw) -> str:
        return f"crop {100 * draw['width']:.0f}×{100 * draw['height']:.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        area = self.area if isinstance(self.area, tuple) else (LEAST_AREA, self.area)
        notes = ["TensorFlow draws a window that would not fit anew, so wide areas are rarer."]
        if area[1] - area[0] < 0.06 and area[1] < 1:
            # In whole pixels it finds no window of exactly that area, and gives up.
            area = (area[0] - 0.03, area[1] + 0.03)
            notes.append(
                f"Its area is from {100 * area[0]:.0f} to {100 * area[1]:.0f} %, as pixels are "
                "whole."
            )
        square = frame.width / frame.height
        window = (
            "tf.image.sample_distorted_bounding_box(tf.shape(image), tf.zeros((1, 0, 4)), "
            f"area_range={two(area[0], min(1.0, area[1]))}, "
            f"aspect_ratio_range={two(square / self.aspect, square * self.aspect)}, "
            "min_object_covered=0.0, use_image_if_no_bounding_boxes=True)[:2]"
        )
        return KerasLayers(
            (
                f"lambda image: tf.image.resize(tf.slice(image, *{window}), "
                f"({frame.height}, {frame.width}))",
            ),
            tuple(notes),
        )
