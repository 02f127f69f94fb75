"""Operations that draw one factor around 1, whatever they multiply by it."""

from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.spec.operations.operation import Dice, Draw, Operation, with_sign
from cnnstudio.spec.operations.ranges import Limits, Range, around, nothing


class FactorOperation(Operation):
    """Draws `factor` = 1 + a share from the range; a second base says what it acts on."""

    word: ClassVar[str]
    """What stands before the drawn share under a tile."""

    fraction: Annotated[Range, Limits(-1.0, 3.0)] = Field(
        0.1, title="Up to", json_schema_extra={"unit": "%", "percent": True}
    )

    @property
    def idle(self) -> bool:
        return super().idle or nothing(self.fraction)

    def draw(self, rng: Dice) -> dict[str, float]:
        return {"factor": 1.0 + around(rng, self.fraction)}

    def label(self, draw: Draw) -> str:
        return f"{self.word} {with_sign(100 * (draw['factor'] - 1))} %"
