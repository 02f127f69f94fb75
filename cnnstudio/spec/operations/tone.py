"""Operations on grey levels: light, contrast, gamma, channel shift, posterize, equalize."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.elsewhere import (
    Frame,
    GeneratorArguments,
    KerasLayers,
    ends,
    even,
    left_out,
    tidy,
    two,
)
from cnnstudio.spec.operations.factor import FactorOperation
from cnnstudio.spec.operations.operation import (
    Dice,
    Draw,
    Levels,
    PixelOperation,
    Pixels,
    ToneOperation,
    with_sign,
)
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing

MIDDLE_GREY = 127.5


class RandomBrightness(FactorOperation, ToneOperation):
    """Multiplies every grey level by one factor around 1."""

    kind: Literal["RandomBrightness"] = "RandomBrightness"
    heading = "Brightness"
    icon = "sun-medium"
    word = "light"

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return levels * draw["factor"]

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.fraction)
        factor = f"tf.random.uniform((), {tidy(1 + lower)}, {tidy(1 + upper)})"
        added = two(min(1.0, lower), min(1.0, upper))
        return KerasLayers(
            (f"layers.RandomBrightness({added}, value_range=(0, 255))",),
            (
                "Keras adds a share of 255 to every level, where CNN Studio multiplies; the same "
                f"would be lambda image: image * {factor}",
            ),
        )

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        lower, upper = ends(self.fraction)
        return GeneratorArguments({"brightness_range": (tidy(1 + lower), tidy(1 + upper))})


class RandomContrast(FactorOperation, ToneOperation):
    """Stretches or squeezes grey levels around middle grey."""

    kind: Literal["RandomContrast"] = "RandomContrast"
    heading = "Contrast"
    icon = "contrast"
    word = "contrast"

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return MIDDLE_GREY + (levels - MIDDLE_GREY) * draw["factor"]

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.fraction)
        notes = ["Keras stretches around the mean of each channel instead of middle grey."]
        # It sorts the two ends, how far down and how far up, and takes none below zero.
        down, up = max(0.0, min(1.0, -lower)), max(0.0, upper)
        if down > up or lower > 0:
            down = min(down, up)
            notes.append(
                "Keras cannot take that range: "
                f"here it is {with_sign(-100 * down)} to {with_sign(100 * up)} %."
            )
        return KerasLayers((f"layers.RandomContrast({two(down, up)})",), tuple(notes))


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

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.fraction)
        gamma = f"2.0 ** tf.random.uniform((), {tidy(lower)}, {tidy(upper)})"
        return KerasLayers((f"lambda image: 255 * (image / 255) ** ({gamma})",))


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

    def keras_layers(self, frame: Frame) -> KerasLayers:
        return KerasLayers((f"layers.RandomPosterization(({self.bits}, 9))",))


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
            return f"shift {with_sign(draw['red'])}"
        return (
            f"shift {with_sign(draw['red'])}/{with_sign(draw['green'])}/{with_sign(draw['blue'])}"
        )

    def keras_layers(self, frame: Frame) -> KerasLayers:
        lower, upper = ends(self.levels)
        shape = f"({frame.channels},)" if self.apart else "()"
        added = f"image + tf.random.uniform({shape}, {tidy(lower)}, {tidy(upper)})"
        within = "tf.reduce_min(image), tf.reduce_max(image)"
        return KerasLayers((f"lambda image: tf.clip_by_value({added}, {within})",))

    def generator_arguments(self, frame: Frame) -> GeneratorArguments:
        far = even(self.levels)
        if far is None or self.apart:
            return left_out(
                "channel_shift_range is one value for all channels, as far up as down, "
                "so it is left out."
            )
        return GeneratorArguments({"channel_shift_range": tidy(far)})


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

    def keras_layers(self, frame: Frame) -> KerasLayers:
        return KerasLayers(("layers.Equalization()",))
