"""How an operation is said elsewhere: as layers of Keras, as arguments of ImageDataGenerator."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose

Range = float | tuple[float, float]
Argument = bool | int | float | str | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """What code must know of the images: their size in pixels, and what fills a gap."""

    height: int
    width: int
    channels: int
    fill_mode: str
    fill_value: int

    @property
    def fill(self) -> str:
        """The gap's filling as keyword arguments of a layer."""
        if self.fill_mode == "constant":
            return f'fill_mode="constant", fill_value={self.fill_value}'
        return f'fill_mode="{self.fill_mode}"'


@dataclass(frozen=True, slots=True)
class KerasLayers:
    """Calls that make the layers, in their order, and where they mean something else.

    Code may use `keras`, `layers`, `math` and `tf`. Any function from an image float32[height,
    width, channels] of levels 0 to 255 to another one serves as a layer. `own_probability` says
    that the layers already leave some images alone.
    """

    calls: tuple[str, ...]
    notes: tuple[str, ...] = ()
    own_probability: bool = False


@dataclass(frozen=True, slots=True)
class GeneratorArguments:
    """Arguments of ImageDataGenerator, and what they do not say."""

    values: Mapping[str, Argument]
    notes: tuple[str, ...] = ()


def left_out(note: str) -> GeneratorArguments:
    """No argument, and the reason."""
    return GeneratorArguments({}, (note,))


def ends(reach: Range) -> tuple[float, float]:
    """The lower and upper end of a range around zero."""
    return reach if isinstance(reach, tuple) else (-reach, reach)


def even(reach: Range) -> float | None:
    """How far a range reaches either way, None where its ends differ."""
    lower, upper = ends(reach)
    return upper if isclose(-lower, upper, rel_tol=1e-9, abs_tol=1e-12) else None


def tidy(value: float) -> int | float:
    """A number as one types it: without rounding's last digits, whole ones as integers."""
    rounded = round(value, 10) + 0.0
    return int(rounded) if rounded.is_integer() else rounded


def two(lower: float, upper: float) -> str:
    """A lower and an upper end as code."""
    return f"({tidy(lower)}, {tidy(upper)})"
