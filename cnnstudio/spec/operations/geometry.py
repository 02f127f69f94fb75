"""Operations that turn, move, slant, enlarge and mirror the image."""

from math import cos, radians, sin
from typing import Annotated, Literal

import numpy as np
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
from cnnstudio.spec.operations.operation import Dice, Draw, GeometryOperation, Matrix, with_sign
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
        return f"{with_sign(draw['degrees'])}°"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        far = even(self.degrees)
        lower, upper = ends(self.degrees)
        turns = f"({tidy(lower)} / 360, {tidy(upper)} / 360)"
        if far is not None:
            turns = f"{tidy(far)} / 360"
        return KerasLayers((f"layers.RandomRotation({turns}, {frame.fill})",))

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        far = even(self.degrees)
        if far is None:
            return left_out("rotation_range reaches equally far both ways, so it is left out.")
        return GeneratorArguments({"rotation_range": tidy(far)})


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
        return f"{with_sign(-100 * draw['width'])}/{with_sign(-100 * draw['height'])} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        (left, right), (up, down) = ends(self.width), ends(self.height)
        vertical, horizontal = two(-down, -up), two(-right, -left)
        return KerasLayers((f"layers.RandomTranslation({vertical}, {horizontal}, {frame.fill})",))

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        values: dict[str, Argument] = {}
        # In Keras 3 `height_shift_range` moves sideways, by a share of the height.
        for name, reach, along, side in (
            ("height_shift_range", self.width, frame.width, frame.height),
            ("width_shift_range", self.height, frame.height, frame.width),
        ):
            far = even(reach)
            if far is None:
                return left_out("Its shifts reach equally far both ways, so it is left out.")
            share = far * along / side
            # From 1.0 on the argument is a number of pixels.
            if share:
                values[name] = float(tidy(share if share < 1 else max(1.0, far * along)))
        return GeneratorArguments(values)


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
        return f"shear {with_sign(draw['degrees'])}°"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.degrees)
        far = max(abs(lower), abs(upper))
        notes = ["Keras slants from the top edge instead of the middle, and does not shorten."]
        if even(self.degrees) is None:
            notes.append(f"Keras slants as far to both sides, here by {tidy(far)}°.")
        slope = f"math.sin(math.radians({tidy(far)}))"
        return KerasLayers((f"layers.RandomShear({slope}, {frame.fill})",), tuple(notes))

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        far = even(self.degrees)
        if far is None:
            return left_out("shear_range reaches equally far both ways, so it is left out.")
        return GeneratorArguments({"shear_range": tidy(far)})


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

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.fraction)
        notes: tuple[str, ...] = ()
        if upper > 1:
            upper, notes = 1.0, ("Keras shows at most twice the width and height.",)
        factor = two(min(lower, upper), upper)
        both = factor if self.keep_aspect else f"{factor}, {factor}"
        return KerasLayers((f"layers.RandomZoom({both}, {frame.fill})",), notes)

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        if self.keep_aspect:
            return left_out("zoom_range draws width and height apart, so it is left out.")
        far = even(self.fraction)
        if far is not None:
            return GeneratorArguments({"zoom_range": tidy(far)})
        lower, upper = ends(self.fraction)
        return GeneratorArguments({"zoom_range": (tidy(1 + lower), tidy(1 + upper))})


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

    def keras_layers(self, frame: Frame) -> KerasLayers:
        if self.probability == 0.5:
            return KerasLayers((f'layers.RandomFlip("{self.mode}")',), own_probability=True)
        functions = {
            "horizontal": ("tf.image.flip_left_right",),
            "vertical": ("tf.image.flip_up_down",),
            "horizontal_and_vertical": ("tf.image.flip_left_right", "tf.image.flip_up_down"),
        }
        return KerasLayers(functions[self.mode])

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        notes: tuple[str, ...] = ()
        if self.probability != 0.5:
            share = tidy(100 * self.probability)
            notes = (f"ImageDataGenerator mirrors half of the images, not {share} %.",)
        ways = ("horizontal", "vertical")
        return GeneratorArguments({f"{way}_flip": True for way in ways if way in self.mode}, notes)


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

    def keras_layers(self, frame: Frame) -> KerasLayers | None:
        if frame.height != frame.width:
            return None
        turns = "tf.random.uniform((), 0, 4, tf.int32)"
        return KerasLayers((f"lambda image: tf.image.rot90(image, {turns})",))
