"""Operations that mix two images of a batch, and their labels with them: MixUp and CutMix."""

from math import sqrt
from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, tidy
from cnnstudio.spec.operations.operation import (
    BatchOperation,
    Dice,
    Draw,
    Pixels,
    own_seed,
    stream,
)

Alpha = Annotated[
    float,
    Field(
        gt=0,
        le=4,
        title="Alpha",
        description="The shares follow Beta(alpha, alpha): near 0 one image keeps nearly all, "
        "1 makes every share equally likely, above that halves prevail",
    ),
]


class MixUp(BatchOperation):
    """Lays two images of a batch over each other; the label has the same shares.

    Zhang et al. 2017, https://arxiv.org/abs/1710.09412.
    """

    kind: Literal["MixUp"] = "MixUp"
    heading = "MixUp"
    icon = "combine"
    alpha: Alpha = 0.2

    def draw(self, rng: Dice) -> dict[str, float]:
        share = _larger_share(self.alpha, own_seed(rng))
        return {"share": share, "partner": rng.random()}

    def share(self, draw: Draw, height: int, width: int) -> float:
        return draw["share"]

    def mix(self, image: Pixels, partner: Pixels, draw: Draw, out: Pixels) -> None:
        import cv2

        cv2.addWeighted(image, draw["share"], partner, 1.0 - draw["share"], 0.0, dst=out)

    def label(self, draw: Draw) -> str:
        return f"mixed {100 * (1 - draw['share']):.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        return KerasLayers(
            (f"layers.MixUp(alpha={tidy(self.alpha)})",),
            ("In Keras the second image may have the larger share, and an image may meet itself.",),
        )


class CutMix(BatchOperation):
    """Sets a rectangle of another image of the batch into this one; the label has the same shares.

    Yun et al. 2019, https://arxiv.org/abs/1905.04899.
    """

    kind: Literal["CutMix"] = "CutMix"
    heading = "CutMix"
    icon = "square-stack"
    alpha: Alpha = 1.0

    def draw(self, rng: Dice) -> dict[str, float]:
        share = _larger_share(self.alpha, own_seed(rng))
        return {"share": share, "partner": rng.random(), "x": rng.random(), "y": rng.random()}

    def share(self, draw: Draw, height: int, width: int) -> float:
        left, top, right, bottom = _window(draw, height, width)
        return 1.0 - (right - left) * (bottom - top) / (height * width)

    def mix(self, image: Pixels, partner: Pixels, draw: Draw, out: Pixels) -> None:
        left, top, right, bottom = _window(draw, *image.shape[:2])
        out[:] = image
        out[top:bottom, left:right] = partner[top:bottom, left:right]

    def label(self, draw: Draw) -> str:
        return f"patch {100 * (1 - draw['share']):.0f} %"

    def keras_layers(self, frame: Frame) -> KerasLayers:
        alpha = tidy(min(1.0, self.alpha))
        notes = ["In Keras the second image may have the larger share, and may be the same one."]
        if self.alpha > 1:
            notes.append("Keras takes no alpha above 1: here it is 1.")
        return KerasLayers((f"layers.CutMix(({alpha}, {alpha}))",), tuple(notes))


def _larger_share(alpha: float, seed: float) -> float:
    """A share from Beta(alpha, alpha), the image itself having the larger one.

    As mixing a with b by 0.3 is mixing b with a by 0.7, nothing is lost, and a tile is still
    mainly the image whose name it has.
    """
    share = float(stream(seed).beta(alpha, alpha))
    return max(share, 1.0 - share)


def _window(draw: Draw, height: int, width: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the rectangle, wholly inside and at most half the image."""
    side = sqrt(1.0 - draw["share"])
    wide, high = round(side * width), round(side * height)
    if 2 * wide * high > width * height:
        wide, high = int(side * width), int(side * height)
    left, top = round(draw["x"] * (width - wide)), round(draw["y"] * (height - high))
    return left, top, left + wide, top + high
