"""How fast a network trains under other settings of the same step, and what that amounts to."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from cnnstudio.runs.value import Value
from cnnstudio.spec.experiment import Training
from cnnstudio.spec.patch import Change

LEAST_GAIN = 1.05
"""A variant must be so many times as fast, and beyond the noise, to be worth a word."""

LONG_WAIT = 0.3
"""Share of a step spent waiting for augmented images from which that sets the pace."""


class SpeedVariant(Value):
    """One way to compute the same training step, and how fast it was.

    `ratio` is to the settings as they stood, `noise` the half-width of its spread over the rounds,
    as a share (0..1). Where `failed` says why there is no figure, all three are 0.
    """

    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    jit_compile: bool = False
    devices: Literal["one", "all"] = "one"
    images_per_second: float = Field(0.0, ge=0)
    ratio: float = Field(0.0, ge=0)
    noise: float = Field(0.0, ge=0)
    failed: str = ""

    @classmethod
    def of(cls, training: Training) -> "SpeedVariant":
        """The variant that these settings are, not yet measured."""
        return cls(
            precision=training.precision,
            jit_compile=training.jit_compile,
            devices=training.devices,
        )

    def same_as(self, other: "SpeedVariant") -> bool:
        """Whether both are the same settings, whatever was measured."""
        return self.changes == other.changes

    @property
    def changes(self) -> tuple[Change, ...]:
        """What makes an experiment train like this."""
        return (
            Change(path="training.precision", value=self.precision),
            Change(path="training.jit_compile", value=self.jit_compile),
            Change(path="training.devices", value=self.devices),
        )

    @property
    def words(self) -> str:
        """`mixed_float16 with XLA on all devices`."""
        compiled = "with XLA" if self.jit_compile else "without XLA"
        return f"{self.precision} {compiled}{' on all devices' * (self.devices == 'all')}"


def gain(variant: SpeedVariant, than: SpeedVariant) -> float:
    """How many times as fast a variant is; 0 where one of the two has no figure."""
    if not than.images_per_second:
        return 0.0
    return variant.images_per_second / than.images_per_second


def helps(variant: SpeedVariant, than: SpeedVariant) -> bool:
    """Whether a variant is faster by more than the noise of both figures; or alone has one."""
    if not than.images_per_second:
        return variant.images_per_second > 0
    return gain(variant, than) >= max(LEAST_GAIN, 1 + variant.noise + than.noise)


def fastest_first(variants: Iterable[SpeedVariant]) -> tuple[SpeedVariant, ...]:
    """Those with a figure, the fastest first, then those without."""
    return tuple(sorted(variants, key=lambda one: -one.images_per_second))


def sentence(variants: Sequence[SpeedVariant], waiting: float = 0.0) -> str:
    """What was found, in one or two sentences; the first variant is the settings as they stand.

    `waiting` is the share (0..1) of a step that was spent waiting for augmented images.
    """
    first, best = variants[0], fastest_first(variants)[0]
    if not best.images_per_second:
        return f"Nothing could be timed. {first.failed}"
    if first.failed:
        return (
            f"{first.words} could not be timed: {first.failed} The fastest here is {best.words}: "
            f"{rate(best)} images a second."
        )
    if helps(best, first):
        found = (
            f"{best.words} trains {gain(best, first):.2f} times as fast as {first.words}: "
            f"{rate(best)} instead of {rate(first)} images a second."
        )
    else:
        found = f"Nothing is faster here than {first.words}: {rate(first)} images a second."
    if waiting >= LONG_WAIT:
        found += (
            f" A step waits {100 * waiting:.0f} % of its time for augmented images, which no "
            "setting of the network shortens."
        )
    return found


def rate(variant: SpeedVariant) -> str:
    """Images a second, to the digits that mean something: `1,230`, `48`, `2.6`."""
    value = variant.images_per_second
    if value < 10:
        return f"{value:.1f}"
    return f"{round(value, -1 if value >= 1000 else 0):,.0f}"
