"""What every augmentation operation is: a range to draw from, and the arithmetic of one draw.

Meanings are ImageDataGenerator's (brightness multiplies, shear is an angle), under names with
units. https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from pydantic import Field

from cnnstudio.spec.member import Member
from cnnstudio.spec.operations.elsewhere import Frame, GeneratorArguments, KerasLayers

Draw = Mapping[str, float]
Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Levels = NDArray[np.float64]
Shifts = NDArray[np.float32]
Stage = Literal["geometry", "color", "noise", "batch"]

SEEDS = 2**32
"""Drawn seeds are whole numbers below this, which a float holds exactly."""


class Dice(Protocol):
    """Where draws take their numbers from: a NumPy generator, or the ends of every range."""

    def random(self) -> float:
        """The next number in [0, 1)."""


class Operation(Member):
    """A random change of a training image; validation and test images never pass through it."""

    family = "operations"
    stage: ClassVar[Stage]
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

    def drawn(self, rng: Dice) -> dict[str, float] | None:
        """Draw once; None when this image is left alone.

        Every call takes equally many numbers from `rng`, so that switching one operation off
        leaves the draws of the others as they were.
        """
        applies = rng.random() < self.probability
        values = self.draw(rng)
        return values if applies and self.enabled and not self.idle else None

    @abstractmethod
    def draw(self, rng: Dice) -> dict[str, float]:
        """Values by name, drawn from the range, taking a fixed count of numbers from `rng`."""

    @abstractmethod
    def label(self, draw: Draw) -> str:
        """The drawn values as a few characters under a tile, such as `+12°`."""

    def keras_layers(self, frame: Frame) -> KerasLayers | None:
        """The layers of Keras that come nearest, None where there are none."""
        return None

    def generator_arguments(self, frame: Frame) -> GeneratorArguments | None:
        """The arguments of ImageDataGenerator that do the same, None where there are none."""
        return None


class GeometryOperation(Operation):
    """Moves pixels. All geometric draws of an image become one matrix and one warp."""

    stage = "geometry"

    @abstractmethod
    def matrix(self, draw: Draw, height: int, width: int) -> Matrix:
        """float64[3, 3] from an output point (x, y, 1) to the input point that it shows.

        Pixels, x to the right and y down, measured from the middle of the image. Points are
        homogeneous: the third number divides the first two.
        """


class BendingOperation(Operation):
    """Moves every pixel by a way of its own; joins the matrices of an image in one remap."""

    stage = "geometry"

    @abstractmethod
    def shifts(self, draw: Draw, height: int, width: int) -> Shifts:
        """float32[height, width, 2]: (x, y) in pixels from each output pixel to what it shows."""


class ToneOperation(Operation):
    """Changes grey levels one by one. Neighbours in the list become one look-up table."""

    stage = "color"

    @abstractmethod
    def curve(self, levels: Levels, draw: Draw) -> Levels:
        """float64[256] of levels 0 to 255, changed by this draw; the caller clips and rounds."""


class MixingOperation(Operation):
    """Makes each colour from all three. Neighbours in the list become one matrix.

    A grayscale image stays as it is.
    """

    stage = "color"

    @abstractmethod
    def mixture(self, draw: Draw) -> Matrix:
        """float64[3, 3] from (red, green, blue) to the new ones; the caller clips and rounds."""


class PixelOperation(Operation):
    """Changes an image in a way that needs the whole of it."""

    @abstractmethod
    def apply(self, image: Pixels, draw: Draw) -> Pixels:
        """The changed uint8[height, width, 1 or 3]; `image` stays as it is."""


class BatchOperation(Operation):
    """Mixes an image with another one of its batch, and their labels by the same share.

    Of several such operations the first that is drawn for an image acts on it.
    """

    stage = "batch"

    @abstractmethod
    def share(self, draw: Draw, height: int, width: int) -> float:
        """How much of the image's own label remains, 0 to 1; the partner has the rest."""

    @abstractmethod
    def mix(self, image: Pixels, partner: Pixels, draw: Draw, out: Pixels) -> None:
        """Write the mixture of two augmented images uint8[height, width, channels] into `out`.

        `out` is neither of the two.
        """


class CompoundOperation(Operation):
    """Draws other operations, which then act as if they stood in the list at its place."""

    @abstractmethod
    def parts(self, draw: Draw) -> tuple[tuple[Operation, Draw], ...]:
        """The operations drawn, each with its own draw, in their order."""

    def label(self, draw: Draw) -> str:
        return "  ".join(operation.label(values) for operation, values in self.parts(draw))


def with_sign(value: float) -> str:
    """A drawn change as a whole number with its sign: `+12`, `−3`, and plain `0`."""
    rounded = round(value)
    return f"{rounded:+}".replace("-", "−") if rounded else "0"


def own_seed(rng: Dice) -> float:
    """A whole number below `SEEDS`: what a draw keeps of randomness too long to list."""
    return float(int(rng.random() * SEEDS))


def stream(seed: float) -> Generator:
    """The random numbers of a drawn seed, the same on every machine."""
    return Generator(Philox(key=int(seed)))
