"""Operations that mix the three colours: saturation, hue and grayscale."""

from math import cos, radians, sin, sqrt
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, ends, even, tidy, two
from cnnstudio.spec.operations.factor import FactorOperation
from cnnstudio.spec.operations.operation import Dice, Draw, Matrix, MixingOperation, with_sign
from cnnstudio.spec.operations.ranges import Degrees, Limits, Range, around, nothing

# Rec. 601, https://www.itu.int/rec/R-REC-BT.601: what Pillow and OpenCV call gray.
GRAY = np.tile(np.array([0.299, 0.587, 0.114]), (3, 1))
_GRAY_AXIS = np.full((3, 3), 1.0 / 3.0)
_ACROSS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / sqrt(3.0)


class RandomSaturation(FactorOperation, MixingOperation):
    """Makes colours stronger or paler, down to gray."""

    kind: Literal["RandomSaturation"] = "RandomSaturation"
    heading = "Saturation"
    icon = "droplets"
    word = "saturation"
    fraction: Annotated[Range, Limits(-1.0, 3.0)] = Field(
        0.2,
        title="Up to",
        description="−100 % is gray",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def mixture(self, draw: Draw) -> Matrix:
        return np.asarray(GRAY + draw["factor"] * (np.eye(3) - GRAY))

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = (max(0.0, 1 + end) for end in ends(self.fraction))
        # A factor f there multiplies the saturation by f / (1 - f).
        factor = two(lower / (1 + lower), upper / (1 + upper))
        return KerasLayers(
            (f"layers.RandomSaturation({factor})",),
            ("Keras changes the saturation of hue, saturation and value, with the same ends.",),
        )


class RandomHue(MixingOperation):
    """Turns all colours around the colour circle; gray stays gray.

    A rotation of (red, green, blue) about the gray axis: linear, so it costs one matrix, and
    120° moves red exactly to green.
    """

    kind: Literal["RandomHue"] = "RandomHue"
    heading = "Hue"
    icon = "palette"
    degrees: Degrees = Field(15.0, title="Up to")

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.degrees)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"degrees": around(rng, self.degrees)}

    def mixture(self, draw: Draw) -> Matrix:
        angle = radians(draw["degrees"])
        turn = cos(angle) * np.eye(3) + (1 - cos(angle)) * _GRAY_AXIS + sin(angle) * _ACROSS
        return np.asarray(turn)

    def label(self, draw: Draw) -> str:
        return f"hue {with_sign(draw['degrees'])}°"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        far = max(abs(end) for end in ends(self.degrees))
        notes = ["Keras turns the hue of hue, saturation and value, which keeps pure colours pure."]
        if even(self.degrees) is None:
            notes.append(f"Keras turns as far both ways, here by {tidy(far)}°.")
        return KerasLayers((f"layers.RandomHue({tidy(far)} / 180)",), tuple(notes))


class RandomGrayscale(MixingOperation):
    """Takes the colour away from a share of the images."""

    kind: Literal["RandomGrayscale"] = "RandomGrayscale"
    heading = "Grayscale"
    icon = "circle-slash"
    probability: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Probability",
        description="Share of the images that lose their colour",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def draw(self, rng: Dice) -> dict[str, float]:
        return {}

    def mixture(self, draw: Draw) -> Matrix:
        return GRAY

    def label(self, draw: Draw) -> str:
        return "gray"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        call = f"layers.RandomGrayscale({tidy(self.probability)})"
        return KerasLayers((call,), own_probability=True)
