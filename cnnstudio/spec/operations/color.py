"""Operations that change grey levels: brightness and contrast."""

from typing import Literal

import numpy as np
from pydantic import Field

from cnnstudio.spec.operations.operation import (
    ColorOperation,
    Draw,
    Levels,
    symmetric,
)

MIDDLE_GREY = 127.5


class RandomBrightness(ColorOperation):
    """Multiplies every grey level by one factor around 1."""

    kind: Literal["RandomBrightness"] = "RandomBrightness"
    heading = "Brightness"
    icon = "sun-medium"
    fraction: float = Field(
        0.1, ge=0, le=1, title="Up to", json_schema_extra={"unit": "%", "percent": True}
    )

    @property
    def idle(self) -> bool:
        return super().idle or self.fraction == 0

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        return {"factor": 1.0 + symmetric(rng, self.fraction)}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return levels * draw["factor"]

    def label(self, draw: Draw) -> str:
        return f"light {100 * (draw['factor'] - 1):+.0f} %"


class RandomContrast(ColorOperation):
    """Stretches or squeezes grey levels around middle grey."""

    kind: Literal["RandomContrast"] = "RandomContrast"
    heading = "Contrast"
    icon = "contrast"
    fraction: float = Field(
        0.1, ge=0, le=1, title="Up to", json_schema_extra={"unit": "%", "percent": True}
    )

    @property
    def idle(self) -> bool:
        return super().idle or self.fraction == 0

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        return {"factor": 1.0 + symmetric(rng, self.fraction)}

    def curve(self, levels: Levels, draw: Draw) -> Levels:
        return MIDDLE_GREY + (levels - MIDDLE_GREY) * draw["factor"]

    def label(self, draw: Draw) -> str:
        return f"contrast {100 * (draw['factor'] - 1):+.0f} %"
