"""Learning-rate schedules as pure functions of the step, equal to Keras's classes of those names.

Formulas: https://keras.io/api/optimizers/learning_rate_schedules/
"""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from cnnstudio.spec.member import ANY_MEMBER, Member

Steps = NDArray[np.int64]
Rates = NDArray[np.float64]

Rate = Annotated[
    float,
    Field(gt=0, le=100, json_schema_extra={"logarithmic": True, "smallest": 1e-8}),
]
DecaySteps = Annotated[
    int | None,
    Field(ge=1, title="Decay steps", json_schema_extra={"empty": "the whole run"}),
]


class Schedule(Member):
    """How the learning rate changes from step to step."""

    family = "schedules"
    rate_fields: ClassVar[tuple[str, ...]] = ("initial_learning_rate",)

    @abstractmethod
    def value(self, steps: Steps) -> Rates:
        """Learning rate at each step: int64[n], counted from 0, to float64[n]."""

    def resolved(self, total_steps: int) -> Self:
        """The same schedule with `decay_steps` filled in for a run of `total_steps` steps."""
        if "decay_steps" in type(self).model_fields and getattr(self, "decay_steps", 1) is None:
            return self.model_copy(update={"decay_steps": max(1, total_steps)})
        return self

    def scaled(self, factor: float) -> Self:
        """The same curve with every rate multiplied by `factor`."""
        changed: dict[str, Any] = {}
        for name in self.rate_fields:
            old = getattr(self, name)
            if isinstance(old, tuple):
                changed[name] = tuple(rate * factor for rate in old)
            elif old is not None:
                changed[name] = old * factor
        return self.with_fields(**changed)

    @property
    def peak(self) -> float:
        """The highest of the rates that the schedule names."""
        rates: list[float] = []
        for name in self.rate_fields:
            value = getattr(self, name)
            rates += value if isinstance(value, tuple) else [value] if value is not None else []
        return max(rates)

    def _decay_steps(self) -> int:
        steps: int | None = getattr(self, "decay_steps", None)
        if steps is None:
            raise ValueError("call resolved(total_steps) before value()")
        return steps


class Constant(Schedule):
    """The same learning rate at every step."""

    kind: Literal["Constant"] = "Constant"
    rate_fields = ("learning_rate",)
    learning_rate: Rate = Field(0.001, title="Learning rate")

    def value(self, steps: Steps) -> Rates:
        return np.full(len(steps), self.learning_rate, dtype=np.float64)


class ExponentialDecay(Schedule):
    """Multiplies the rate by the decay rate every decay steps: smoothly, or in a staircase."""

    kind: Literal["ExponentialDecay"] = "ExponentialDecay"
    heading = "Exponential decay"
    initial_learning_rate: Rate = Field(0.001, title="Initial rate")
    decay_steps: DecaySteps = Field(
        None, description="Steps over which the rate falls once by the decay rate"
    )
    decay_rate: float = Field(0.9, gt=0, le=1, title="Decay rate")
    staircase: bool = Field(
        False, title="Staircase", description="Fall in steps instead of smoothly"
    )

    def value(self, steps: Steps) -> Rates:
        times = steps / self._decay_steps()
        if self.staircase:
            times = np.floor(times)
        return np.asarray(self.initial_learning_rate * self.decay_rate**times, dtype=np.float64)


class PiecewiseConstantDecay(Schedule):
    """Holds a rate until a boundary step, then the next one: the classic step schedule."""

    kind: Literal["PiecewiseConstantDecay"] = "PiecewiseConstantDecay"
    heading = "Step decay"
    rate_fields = ("values",)
    boundaries: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (500, 1000), title="Boundaries", description="Last step of each piece, rising"
    )
    values: tuple[Rate, ...] = Field(
        (0.001, 0.0003, 0.0001), title="Rates", description="One more rate than boundaries"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"{len(self.boundaries)} boundaries need {len(self.boundaries) + 1} rates, "
                f"but there are {len(self.values)}"
            )
        if any(b <= a for a, b in zip(self.boundaries, self.boundaries[1:], strict=False)):
            raise ValueError("boundaries must rise from one to the next")
        return self

    def value(self, steps: Steps) -> Rates:
        # Keras keeps values[i] up to and including boundaries[i].
        pieces = np.searchsorted(np.asarray(self.boundaries), steps, side="left")
        return np.asarray(self.values, dtype=np.float64)[pieces]


class CosineDecay(Schedule):
    """Falls along half a cosine to a fraction of the rate, after an optional linear warm-up.

    Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983
    """

    kind: Literal["CosineDecay"] = "CosineDecay"
    heading = "Cosine decay"
    rate_fields = ("initial_learning_rate", "warmup_target")
    initial_learning_rate: Rate = Field(0.001, title="Initial rate")
    decay_steps: DecaySteps = Field(None, description="Steps from the top of the curve to its end")
    alpha: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Final fraction",
        description="Last rate as a fraction of the highest",
    )
    warmup_target: Rate | None = Field(
        None,
        title="Warm-up target",
        description="Rate at the end of the warm-up; empty: no warm-up",
    )
    warmup_steps: int = Field(0, ge=0, title="Warm-up steps")

    def resolved(self, total_steps: int) -> Self:
        """Without `decay_steps`, the decay takes what the warm-up leaves of the run."""
        if self.decay_steps is not None:
            return self
        warmup = self.warmup_steps if self.warmup_target is not None else 0
        return self.model_copy(update={"decay_steps": max(1, total_steps - warmup)})

    def value(self, steps: Steps) -> Rates:
        warmup = self.warmup_steps if self.warmup_target is not None else 0
        top = self.initial_learning_rate if self.warmup_target is None else self.warmup_target
        share = np.clip((steps - warmup) / self._decay_steps(), 0.0, 1.0)
        cosine = 0.5 * (1.0 + np.cos(np.pi * share))
        decayed = top * ((1.0 - self.alpha) * cosine + self.alpha)
        if not warmup:
            return np.asarray(decayed, dtype=np.float64)
        rise = self.initial_learning_rate + (top - self.initial_learning_rate) * steps / warmup
        return np.where(steps < warmup, rise, decayed)


def _number_is_constant(value: object) -> object:
    """A bare number in a file means a constant rate, as in Keras."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"kind": "Constant", "learning_rate": value}
    return value


AnySchedule = Annotated[Schedule, ANY_MEMBER]
RateOrSchedule = Annotated[AnySchedule, BeforeValidator(_number_is_constant)]
