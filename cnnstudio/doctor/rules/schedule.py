"""What the learning-rate schedule reveals when it is laid over the steps of the run."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.doctor.rules.words import number, percent
from cnnstudio.runs.findings import Finding, Severity
from cnnstudio.spec.patch import Change
from cnnstudio.spec.schedules import Constant, CosineDecay, PiecewiseConstantDecay, Rates, Schedule

GONE = 0.01
"""Share of the highest rate under which a network learns next to nothing."""

PATH = "training.optimizer.learning_rate"


@static_rule("O3")
def misfit(case: Case) -> Iterator[Finding]:
    """A warm-up, decay or boundary that does not fit the length of the run."""
    schedule, rates, steps = (
        case.experiment.training.optimizer.learning_rate,
        case.rates,
        case.steps,
    )
    if rates is None or steps is None or steps < 10 or isinstance(schedule, Constant):
        return
    yield from (
        _long_warmup(schedule, steps)
        or _gone_early(schedule, rates, steps)
        or _never_reached(schedule, steps)
        or _hardly_acts(schedule, rates, steps)
    )


def _long_warmup(schedule: Schedule, steps: int) -> list[Finding]:
    if not isinstance(schedule, CosineDecay) or schedule.warmup_target is None:
        return []
    if schedule.warmup_steps <= 0.5 * steps:
        return []
    return [
        _misfit(
            f"The warm-up takes {schedule.warmup_steps:,} of the run's {steps:,} steps.",
            "warning",
            0.6,
            (f"{percent(min(1, schedule.warmup_steps / steps))} of the run is warm-up.",),
            Change(path=f"{PATH}.warmup_steps", value=max(1, round(0.05 * steps))),
            "Warm up for 5 % of the run",
        )
    ]


def _gone_early(schedule: Schedule, rates: Rates, steps: int) -> list[Finding]:
    top = int(rates.argmax())
    low = np.flatnonzero(rates[top:] < GONE * rates[top])
    if not len(low) or (top + int(low[0])) / len(rates) >= 0.5:
        return []
    at = round((top + int(low[0])) / len(rates) * steps)
    change, label = _spread(schedule, steps)
    return [
        _misfit(
            f"From step {at:,} of {steps:,} on, the rate is under a hundredth of its peak: the "
            "rest of the run learns next to nothing.",
            "warning",
            0.65,
            (f"Highest rate {number(float(rates[top]))}, last rate {number(float(rates[-1]))}.",),
            change,
            label,
        )
    ]


def _never_reached(schedule: Schedule, steps: int) -> list[Finding]:
    if not isinstance(schedule, PiecewiseConstantDecay):
        return []
    beyond = [b for b in schedule.boundaries if b >= steps]
    if not beyond:
        return []
    change, label = _spread(schedule, steps)
    return [
        _misfit(
            f"The run ends at step {steps:,}, before the rate changes at step {beyond[0]:,}.",
            "information",
            0.6,
            (f"{len(beyond)} of {len(schedule.boundaries)} boundaries lie behind the end.",),
            change,
            label,
        )
    ]


def _hardly_acts(schedule: Schedule, rates: Rates, steps: int) -> list[Finding]:
    decay_steps: int | None = getattr(schedule, "decay_steps", None)
    if decay_steps is None or decay_steps <= steps or rates[-1] < 0.9 * rates.max():
        return []
    return [
        _misfit(
            f"The schedule needs {decay_steps:,} steps, but the run has {steps:,}: the rate stays "
            "nearly constant.",
            "information",
            0.5,
            (
                f"Rate at the start {number(float(rates[0]))}, at the end "
                f"{number(float(rates[-1]))}.",
            ),
            Change(path=f"{PATH}.decay_steps", value=None),
            "Span the whole run",
        )
    ]


def _spread(schedule: Schedule, steps: int) -> tuple[Change, str]:
    """The schedule laid over the whole run."""
    plain: dict[str, Any] = schedule.model_dump(mode="json")
    if isinstance(schedule, PiecewiseConstantDecay):
        pieces = len(schedule.values)
        edges = [max(1, round(steps * (i + 1) / pieces)) for i in range(pieces - 1)]
        if len(set(edges)) == len(edges):
            plain["boundaries"] = edges
            return Change(path=PATH, value=plain), "Spread over the run"
    elif getattr(schedule, "decay_steps", None) is not None:
        return Change(path=f"{PATH}.decay_steps", value=None), "Span the whole run"
    return (
        Change(
            path=PATH,
            value={"kind": "CosineDecay", "initial_learning_rate": schedule.peak, "alpha": 0.01},
        ),
        "Use a cosine over the run",
    )


def _misfit(
    sentence: str,
    severity: Severity,
    confidence: float,
    evidence: Sequence[str],
    change: Change,
    label: str,
) -> Finding:
    return finding(
        "O3",
        sentence,
        severity=severity,
        confidence=confidence,
        evidence=evidence,
        remedy=(change,),
        label=label,
    )
