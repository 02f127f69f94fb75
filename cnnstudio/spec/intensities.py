"""How stored values become the 256 grey levels that are shown and trained on, for all images alike.

Never one image at a time: a window of its own for each image would hide what tells them apart.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cnnstudio.spec.member import ANY_MEMBER, Member

# Far beyond any camera's values, and still exact to a fraction of their spread in 32-bit floats.
Level = Annotated[float, Field(ge=-1e9, le=1e9)]
Percentile = Annotated[float, Field(ge=0, le=100, json_schema_extra={"unit": "%"})]


class Intensity(Member):
    """A rule from stored values to grey levels 0 to 255."""

    family = "intensities"


class EightBit(Intensity):
    """Images of 8 bits a channel, taken as they are. Deeper ones are left out and named."""

    kind: Literal["EightBit"] = "EightBit"
    heading = "8-bit, as stored"


class FixedWindow(Intensity):
    """Values from `low` to `high` become black to white; what lies beyond is cut off."""

    kind: Literal["FixedWindow"] = "FixedWindow"
    heading = "Window of values"
    low: Level = Field(0.0, title="Black at")
    high: Level = Field(65535.0, title="White at")

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if not self.low < self.high:
            raise ValueError("white must lie above black")
        return self


class PercentileWindow(Intensity):
    """A window measured once over a fixed sample of the training images, the same for all."""

    kind: Literal["PercentileWindow"] = "PercentileWindow"
    heading = "Window by percentiles"
    low: Percentile = Field(0.1, title="Black at")
    high: Percentile = Field(99.9, title="White at")

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if not self.low < self.high:
            raise ValueError("white must lie above black")
        return self


AnyIntensity = Annotated[Intensity, ANY_MEMBER]
