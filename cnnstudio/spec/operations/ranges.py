"""Ranges of augmentation: one number for a reach either way, two for a lower and an upper end."""

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any, TypeGuard

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cnnstudio.spec.operations.operation import Dice

Range = float | tuple[float, float]

_FURTHEST = 10**9
"""No end of any range is as far; what is further is no number that a range can have."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a range may go. A single number `v` means from -v, or from `least`, up to v."""

    least: float
    most: float

    @property
    def reach(self) -> float:
        """The largest single number: -v must be within the limits as well as v."""
        return self.most if self.least >= 0 else min(self.most, -self.least)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        # One function instead of a union, whose errors name its branches in the path.
        return core_schema.no_info_plain_validator_function(self._checked)

    def _checked(self, value: object) -> Range:
        least, most = f"{self.least:g}", f"{self.most:g}"
        if _is_number(value):
            reach = float(value)
            if not max(0.0, self.least) <= reach <= self.reach:
                raise PydanticCustomError(
                    "range",
                    f"must be {max(0.0, self.least):g} to {self.reach:g}, "
                    f"or two ends within {least} and {most}",
                )
            return reach
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise PydanticCustomError("range", "must be a number, or a lower and an upper one")
        lower, upper = value
        if not (_is_number(lower) and _is_number(upper)):
            raise PydanticCustomError("range", "must have two numbers as its ends")
        if not self.least <= lower <= upper <= self.most:
            raise PydanticCustomError(
                "range",
                f"must be a lower and an upper end within {least} and {most}, the lower one first",
            )
        return float(lower), float(upper)


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, float):
        return isfinite(value)
    # A whole number may have any number of digits, more than a float has room for.
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _FURTHEST


Degrees = Annotated[Range, Limits(-180.0, 180.0), Field(json_schema_extra={"unit": "°"})]
Fraction = Annotated[
    Range, Limits(-1.0, 1.0), Field(json_schema_extra={"unit": "%", "percent": True})
]


def around(rng: Dice, reach: Range) -> float:
    """Uniform between the ends, for one number in [-reach, reach]; takes one number."""
    share = rng.random()
    if isinstance(reach, tuple):
        lower, upper = reach
        return lower + (upper - lower) * share
    return reach * (2.0 * share - 1.0)


def up_to(rng: Dice, reach: Range, least: float = 0.0) -> float:
    """Uniform between the ends, for one number in [least, reach]; takes one number."""
    lower, upper = reach if isinstance(reach, tuple) else (least, reach)
    return lower + (upper - lower) * rng.random()


def nothing(reach: Range) -> bool:
    """Whether a range around zero holds nothing but zero."""
    return reach in (0, (0, 0))


def furthest(reach: Range) -> float:
    """The largest distance from zero that can be drawn."""
    return max(abs(end) for end in reach) if isinstance(reach, tuple) else abs(reach)
