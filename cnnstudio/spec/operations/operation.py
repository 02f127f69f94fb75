"""What every augmentation operation is: a range to draw from, and the arithmetic of one draw.

Meanings are ImageDataGenerator's (brightness multiplies, shear is an angle), under names with
units. https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from cnnstudio.spec.member import Member

Draw = Mapping[str, float]
Matrix = NDArray[np.float64]
Levels = NDArray[np.float64]

Degrees = Annotated[float, Field(ge=0, le=180, json_schema_extra={"unit": "°"})]
Fraction = Annotated[float, Field(ge=0, le=1, json_schema_extra={"unit": "%", "percent": True})]


class Operation(Member):
    """A random change of a training image; validation and test images never pass through it."""

    family = "operations"
    stage: ClassVar[Literal["geometry", "color"]]
    icon: ClassVar[str] = "wand-sparkles"

    enabled: bool = Field(True, title="On", json_schema_extra={"hidden": True})
    probability: float = Field(
        1.0,
        ge=0,
        le=1,
        title="Probability",
        description="Share of the images that this operation changes",
        json_schema_extra={"unit": "%", "percent": True, "advanced": True},
    )

    @property
    def idle(self) -> bool:
        """Whether no draw can change an image, as with a range of zero."""
        return self.probability == 0

    def drawn(self, rng: np.random.Generator) -> dict[str, float] | None:
        """Draw once; None when this image is left alone.

        Every call takes equally many numbers from `rng`, so that switching one operation off
        leaves the draws of the others as they were.
        """
        applies = rng.random() < self.probability
        values = self.draw(rng)
        return values if applies and self.enabled and not self.idle else None

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """Values by name, drawn from the range, taking a fixed count of numbers from `rng`."""

    @abstractmethod
    def label(self, draw: Draw) -> str:
        """The drawn values as a few characters under a tile, such as `+12°`."""


class GeometryOperation(Operation):
    """Moves pixels. All geometric draws of an image become one matrix and one warp."""

    stage = "geometry"

    @abstractmethod
    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        """float64[3, 3] from an output point (x, y, 1) to the input point that it shows.

        Pixels, x to the right and y down, measured from the middle of the image.
        """


class ColorOperation(Operation):
    """Changes grey levels. All tone draws of an image become one look-up table."""

    stage = "color"

    @abstractmethod
    def curve(self, levels: Levels, draw: Draw) -> Levels:
        """float64[256] of levels 0 to 255, changed by this draw; the caller clips and rounds."""


def symmetric(rng: np.random.Generator, reach: float) -> float:
    """Uniform in [-reach, reach]."""
    return float(reach * (2.0 * rng.random() - 1.0))
