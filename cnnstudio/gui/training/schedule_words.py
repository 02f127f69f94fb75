"""A learning-rate schedule in one sentence, and what is odd about it in a run of this length."""

from __future__ import annotations

import numpy as np

from cnnstudio.gui.plots.scale import rate_words
from cnnstudio.gui.training.plan import Plan
from cnnstudio.spec.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
)

HARDLY = 0.85
"""A run whose rate ends above this share of its top might as well have a constant one."""


def sentence(plan: Plan) -> str:
    """What the rate does over the run: `Warms up over 66 steps to 0.001, then falls along …`."""
    schedule, total = plan.schedule, plan.total_steps
    ends = rate_words(_rate(plan, total - 1))
    match schedule:
        case Constant():
            return f"Stays at {rate_words(schedule.learning_rate)} for all {total:,} steps."
        case ExponentialDecay():
            begins = rate_words(schedule.initial_learning_rate)
            how = "in steps" if schedule.staircase else "smoothly"
            every = _step_words(schedule.decay_steps or total)
            return (
                f"Starts at {begins} and is multiplied by {schedule.decay_rate:g} every {every}, "
                f"{how}: {ends} at step {total:,}."
            )
        case PiecewiseConstantDecay():
            values = [rate_words(value) for value in schedule.values]
            drops = [
                f"{value} after step {boundary:,}"
                for value, boundary in zip(values[1:], schedule.boundaries, strict=True)
                if boundary < total
            ]
            return f"Starts at {values[0]}" + "".join(f", then {drop}" for drop in drops) + "."
        case CosineDecay():
            last = (schedule.decay_steps or total) + _warmup(schedule)
            end = min(last, total)
            low = rate_words(_rate(plan, end - 1 if end == total else end))
            fall = f"falls along a cosine to {low} at step {end:,}"
            stays = f", and stays there to step {total:,}" if last < total else ""
            if not _warmup(schedule):
                return f"Starts at {rate_words(schedule.initial_learning_rate)}, {fall}{stays}."
            top = rate_words(schedule.warmup_target or schedule.initial_learning_rate)
            warm = f"Warms up over {_step_words(_warmup(schedule))} to {top}"
            return f"{warm}, then {fall}{stays}."
        case _:
            return f"Starts at {rate_words(_rate(plan, 0))}, ends at {ends} at step {total:,}."


def warning(plan: Plan) -> str:
    """What will not happen although the schedule says it, in one sentence; empty: nothing."""
    schedule, total = plan.schedule, plan.total_steps
    if not plan.counted or isinstance(schedule, Constant):
        return ""
    if isinstance(schedule, CosineDecay) and _warmup(schedule) >= total:
        return (
            f"The warm-up takes {_warmup(schedule):,} steps, but the run has only {total:,}: "
            "the rate never reaches its top."
        )
    if isinstance(schedule, ExponentialDecay) and schedule.staircase:
        first = schedule.decay_steps or total
        if first >= total and schedule.decay_rate < 1:
            return _never(f"its first step comes after {first:,} steps", total)
    if isinstance(schedule, PiecewiseConstantDecay):
        late = [boundary for boundary in schedule.boundaries if boundary >= total - 1]
        if late and len(late) == len(schedule.boundaries):
            return _never(f"its first boundary is step {late[0]:,}", total)
        if late:
            verb = "lies" if len(late) == 1 else "lie"
            steps = ", ".join(f"{boundary:,}" for boundary in late)
            return f"The boundary {steps} {verb} beyond the run's {total:,} steps."
    rates = schedule.value(np.unique(np.linspace(0, total - 1, 400).astype(np.int64)))
    share = float(rates[-1]) / float(rates.max())
    if share > HARDLY:
        length = getattr(schedule, "decay_steps", None) or total
        if length > total:
            return _never(f"its decay takes {length:,} steps", total)
        return f"The rate hardly decays in this run: it ends at {100 * share:.0f} % of its top."
    return ""


def _never(reason: str, total: int) -> str:
    return f"The rate hardly decays in this run: {reason}, and the run has {total:,}."


def _warmup(schedule: CosineDecay) -> int:
    return schedule.warmup_steps if schedule.warmup_target is not None else 0


def _rate(plan: Plan, step: int) -> float:
    return float(plan.schedule.value(np.array([max(step, 0)], dtype=np.int64))[0])


def _step_words(steps: int) -> str:
    return "step" if steps == 1 else f"{steps:,} steps"
