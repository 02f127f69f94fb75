"""Operations on grey levels: light, contrast, gamma, channel shift, posterize, equalize."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.operation import (
    Dice,
    Draw,
    Levels,
    PixelOperation,
    Pixels,
    ToneOperation,
)
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing

MIDDLE_GREY = 127.5


class RandomBrightness(ToneOperation):
    """Multiplies every grey level by one factor around 1."""

    kind: Literal["RandomBrightness"] = "RandomBrightness"
    heading = "Brightness"
    icon = "sun-medium"
    fraction: Annotated[Range, Limits(-1.0, 3.0)] = Field(
        0.1, title="Up to", json_schema_extra={"unit": "%", "percent": True}
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"factor": 1.0 + around(rng, self.fraction)}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return levels * draw["factor"]

    def label(self, draw: Draw) -> str:
        return f"light {100 * (draw['factor'] - 1):+.0f} %"


class RandomContrast(ToneOperation):
    """Stretches or squeezes grey levels around middle grey."""

    kind: Literal["RandomContrast"] = "RandomContrast"
    heading = "Contrast"
    icon = "contrast"
    fraction: Annotated[Range, Limits(-1.0, 3.0)] = Field(
        0.1, title="Up to", json_schema_extra={"unit": "%", "percent": True}
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"factor": 1.0 + around(rng, self.fraction)}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return MIDDLE_GREY + (levels - MIDDLE_GREY) * draw["factor"]

    def label(self, draw: Draw) -> str:
        return f"contrast {100 * (draw['factor'] - 1):+.0f} %"


class RandomGamma(ToneOperation):
    """Lightens or darkens the middle levels and leaves black and white: level ** gamma."""

    kind: Literal["RandomGamma"] = "RandomGamma"
    heading = "Gamma"
    icon = "spline"
    fraction: Annotated[Range, Limits(-1.0, 1.0)] = Field(
        0.2,
        title="Up to",
        description="100 % is a gamma of 2, −100 % one of a half",
        json_schema_extra={"unit": "%", "percent": True},
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"gamma": 2.0 ** around(rng, self.fraction)}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return np.asarray(255.0 * (levels / 255.0) ** draw["gamma"])

    def label(self, draw: Draw) -> str:
        return f"γ {draw['gamma']:.2f}"


class RandomPosterize(ToneOperation):
    """Keeps only so many different grey levels in each channel."""

    kind: Literal["RandomPosterize"] = "RandomPosterize"
    heading = "Posterize"
    icon = "layers"
    bits: int = Field(
        5, ge=1, le=8, title="Bits", description="Fewest bits that are kept; 8 keeps all levels"
    )

    @property
    def idle(self) -> bool:
        return super().idle or self.bits == 8

    def draw(self, rng: Dice) -> dict[str, float]:
        # The ends count: each number of bits from the fewest to eight is equally likely.
        return {"bits": float(self.bits + int(rng.random() * (9 - self.bits)))}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        step = 2.0 ** (8 - draw["bits"])
        return np.asarray(np.floor(np.rint(levels) / step) * step)

    def label(self, draw: Draw) -> str:
        return f"{draw['bits']:.0f} bits"


class RandomChannelShift(PixelOperation):
    """Adds grey levels to all channels, never beyond the darkest and lightest of the image.

    As ImageDataGenerator does: one value for all channels, unless each is drawn apart.
    """

    kind: Literal["RandomChannelShift"] = "RandomChannelShift"
    heading = "Channel shift"
    icon = "layers-2"
    stage = "color"
    levels: Annotated[Range, Limits(-255.0, 255.0)] = Field(
        20.0, title="Up to", description="Grey levels that are added, of 255"
    )
    apart: bool = Field(
        False, title="Channels apart", description="Draw a value of its own for each channel"
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.levels)

    def draw(self, rng: Dice) -> dict[str, float]:
        red, green, blue = (around(rng, self.levels) for _ in range(3))
        return {
            "red": red,
            "green": green if self.apart else red,
            "blue": blue if self.apart else red,
        }

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        least, most = int(image.min()), int(image.max())
        every = np.arange(256.0)
        names = ("red", "green", "blue")[: image.shape[2]]
        tables = np.stack([every + draw[name] for name in names], axis=-1)
        tables = np.rint(tables.clip(least, most)).astype(np.uint8)[np.newaxis]
        return np.asarray(cv2.LUT(image, tables), np.uint8).reshape(image.shape)

    def label(self, draw: Draw) -> str:
        if not self.apart:
            return f"shift {draw['red']:+.0f}"
        return f"shift {draw['red']:+.0f}/{draw['green']:+.0f}/{draw['blue']:+.0f}"


class RandomEqualize(PixelOperation):
    """Spreads the levels of each channel so that all are about equally frequent."""

    kind: Literal["RandomEqualize"] = "RandomEqualize"
    heading = "Equalize"
    icon = "chart-column"
    stage = "color"
    probability: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Probability",
        description="Share of the images that are equalized",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def draw(self, rng: Dice) -> dict[str, float]:
        return {}

    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        import cv2

        channels = [cv2.equalizeHist(channel) for channel in cv2.split(image)]
        return np.stack(channels, axis=-1).astype(np.uint8, copy=False)

    def label(self, draw: Draw) -> str:
        return "equalized"
