"""Operations that turn, move, slant, enlarge and mirror the image."""

from math import cos, radians, sin
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.operation import Dice, Draw, GeometryOperation, Matrix
from cnnstudio.spec.operations.ranges import Degrees, Fraction, Limits, Range, around, nothing


def affine(a: float, b: float, c: float, d: float, x: float = 0.0, y: float = 0.0) -> Matrix:
    """float64[3, 3] of x' = a x + b y + x and y' = c x + d y + y."""
    return np.array([[a, b, x], [c, d, y], [0.0, 0.0, 1.0]])


class RandomRotation(GeometryOperation):
    """Turns the image by an angle up to this many degrees either way."""

    kind: Literal["RandomRotation"] = "RandomRotation"
    heading = "Rotation"
    icon = "rotate-cw"
    degrees: Degrees = Field(10.0, title="Up to")

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.degrees)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"degrees": around(rng, self.degrees)}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        angle = radians(draw["degrees"])
        return affine(cos(angle), -sin(angle), sin(angle), cos(angle))

    def label(self, draw: Draw) -> str:
        return f"{draw['degrees']:+.0f}°"


class RandomShift(GeometryOperation):
    """Moves the image sideways and up or down by a share of its width and height."""

    kind: Literal["RandomShift"] = "RandomShift"
    heading = "Shift"
    icon = "move"
    width: Fraction = Field(0.1, title="Width")
    height: Fraction = Field(0.1, title="Height")

    @property
    def idle(self) -> bool:
        return super().idle or (nothing(self.width) and nothing(self.height))

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"width": around(rng, self.width), "height": around(rng, self.height)}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(1, 0, 0, 1, draw["width"] * width, draw["height"] * height)

    def label(self, draw: Draw) -> str:
        # The content moves against the sampling point.
        return f"{-100 * draw['width']:+.0f}/{-100 * draw['height']:+.0f} %"


class RandomShear(GeometryOperation):
    """Slants the image by an angle, as ImageDataGenerator does.

    There the popular `shear_range=0.2` means 0.2 degrees, which nobody can see.
    """

    kind: Literal["RandomShear"] = "RandomShear"
    heading = "Shear"
    icon = "italic"
    degrees: Annotated[Range, Limits(-60.0, 60.0)] = Field(
        10.0, title="Up to", json_schema_extra={"unit": "°"}
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.degrees)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"degrees": around(rng, self.degrees)}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        angle = radians(draw["degrees"])
        return affine(1, -sin(angle), 0, cos(angle))

    def label(self, draw: Draw) -> str:
        return f"shear {draw['degrees']:+.0f}°"


class RandomZoom(GeometryOperation):
    """Enlarges or shrinks the image, width and height apart unless the aspect is kept."""

    kind: Literal["RandomZoom"] = "RandomZoom"
    heading = "Zoom"
    icon = "zoom-in"
    fraction: Annotated[Range, Limits(-0.9, 2.0)] = Field(
        0.1,
        title="Up to",
        description="Change of the width and height that are seen: below zero is nearer",
        json_schema_extra={"unit": "%", "percent": True},
    )
    keep_aspect: bool = Field(
        False, title="Keep aspect", description="Draw one factor for width and height"
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        height = 1.0 + around(rng, self.fraction)
        width = 1.0 + around(rng, self.fraction)
        return {"width": height if self.keep_aspect else width, "height": height}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(draw["width"], 0, 0, draw["height"])

    def label(self, draw: Draw) -> str:
        width, height = f"{1 / draw['width']:.2f}", f"{1 / draw['height']:.2f}"
        return f"×{width}" if width == height else f"×{width}/{height}"


class RandomFlip(GeometryOperation):
    """Mirrors the image left–right, upside down, or each by its own coin."""

    kind: Literal["RandomFlip"] = "RandomFlip"
    heading = "Flip"
    icon = "flip-horizontal"
    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = Field(
        "horizontal", title="Direction"
    )
    probability: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Probability",
        description="Share of the images that are mirrored, for each direction",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def drawn(self, rng: Dice) -> dict[str, float] | None:
        """Each direction tosses its own coin; None when neither falls."""
        values = self.draw(rng)
        return values if self.enabled and any(values.values()) else None

    def draw(self, rng: Dice) -> dict[str, float]:
        horizontal, vertical = rng.random() < self.probability, rng.random() < self.probability
        return {
            "horizontal": float(horizontal and self.mode != "vertical"),
            "vertical": float(vertical and self.mode != "horizontal"),
        }

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        return affine(-1 if draw["horizontal"] else 1, 0, 0, -1 if draw["vertical"] else 1)

    def label(self, draw: Draw) -> str:
        return ("↔" if draw["horizontal"] else "") + ("↕" if draw["vertical"] else "")


class RandomQuarterTurn(GeometryOperation):
    """Turns the image by 0, 90, 180 or 270 degrees: for pictures without a right way up.

    An image that is not square is stretched back to its size after an odd turn.
    """

    kind: Literal["RandomQuarterTurn"] = "RandomQuarterTurn"
    heading = "Quarter turn"
    icon = "refresh-cw"

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"turns": float(int(4 * rng.random()))}

    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        turns = int(draw["turns"]) % 4
        stretch = width / height
        return (
            affine(1, 0, 0, 1),
            affine(0, stretch, -1 / stretch, 0),
            affine(-1, 0, 0, -1),
            affine(0, -stretch, 1 / stretch, 0),
        )[turns]

    def label(self, draw: Draw) -> str:
        return f"↻{90 * int(draw['turns'])}°"
