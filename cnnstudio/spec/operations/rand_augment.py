"""RandAugment: a few operations drawn from a fixed set, all of one strength."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from cnnstudio.spec.operations.colors import RandomSaturation
from cnnstudio.spec.operations.elsewhere import Frame, KerasLayers, tidy
from cnnstudio.spec.operations.geometry import RandomRotation, RandomShear, RandomShift
from cnnstudio.spec.operations.noise import RandomSharpness
from cnnstudio.spec.operations.operation import CompoundOperation, Dice, Draw, Operation
from cnnstudio.spec.operations.tone import (
    RandomBrightness,
    RandomContrast,
    RandomEqualize,
    RandomPosterize,
)

Part = tuple[Operation, Draw]
MOST = 5


def _factor(operation: Operation) -> Callable[[float, float], Part]:
    return lambda strength, sign: (operation, {"factor": 1.0 + 0.9 * strength * sign})


# The set and its full strengths of Cubuk et al. 2019, table 6 of its forerunner AutoAugment,
# without inverting and solarizing, which few photos ever undergo.
_SET: tuple[Callable[[float, float], Part], ...] = (
    lambda strength, sign: (RandomRotation(), {"degrees": 30.0 * strength * sign}),
    lambda strength, sign: (RandomShear(), {"degrees": 17.0 * strength * sign}),
    lambda strength, sign: (RandomShift(), {"width": 0.3 * strength * sign, "height": 0.0}),
    lambda strength, sign: (RandomShift(), {"width": 0.0, "height": 0.3 * strength * sign}),
    _factor(RandomBrightness()),
    _factor(RandomContrast()),
    _factor(RandomSaturation()),
    _factor(RandomSharpness()),
    lambda strength, sign: (RandomPosterize(), {"bits": 8.0 - round(4.0 * strength)}),
    lambda strength, sign: (RandomEqualize(), {}),
)


class RandAugment(CompoundOperation):
    """Draws a few changes from a fixed set for every image, all of one strength.

    Cubuk et al. 2019, https://arxiv.org/abs/1909.13719: two numbers to choose instead of twenty.
    """

    kind: Literal["RandAugment"] = "RandAugment"
    heading = "RandAugment"
    icon = "dices"
    stage = "geometry"
    count: int = Field(2, ge=1, le=MOST, title="Changes", description="How many for each image")
    magnitude: float = Field(
        0.3,
        ge=0,
        le=1,
        title="Strength",
        description="Of each change: 100 % turns by 30°, shifts by 30 %, changes light by 90 %",
        json_schema_extra={"unit": "%", "percent": True},
    )

    @property
    def idle(self) -> bool:
        return super().idle or self.magnitude == 0

    def draw(self, rng: Dice) -> dict[str, float]:
        values: dict[str, float] = {}
        # Always as many numbers, so that another count leaves the first choices as they were.
        for place in range(MOST):
            chosen, sign = int(rng.random() * len(_SET)), rng.random()
            if place < self.count:
                values[f"chosen {place + 1}"] = float(chosen)
                values[f"sign {place + 1}"] = 1.0 if sign < 0.5 else -1.0
        return values

    def parts(self, draw: Draw) -> tuple[Part, ...]:
        return tuple(
            _SET[int(draw[f"chosen {place}"])](self.magnitude, draw[f"sign {place}"])
            for place in range(1, self.count + 1)
        )

    def keras_layers(self, frame: Frame) -> KerasLayers:
        factor = tidy(self.magnitude)
        bits = max(1, int(8 * self.magnitude))
        return KerasLayers(
            (f"layers.RandAugment(num_ops={self.count}, factor={factor})",),
            (
                "Keras's RandAugment is another one: this strength turns by up to "
                f"{360 * self.magnitude:.0f}° instead of {30 * self.magnitude:.0f}°, shifts by "
                f"{100 * self.magnitude:.0f} % instead of {30 * self.magnitude:.0f} %, keeps "
                f"{bits} bits, inverts bright levels, and always reflects at the border: look at "
                "its images.",
            ),
        )
