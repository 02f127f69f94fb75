"""From a fork that won to the cause behind it, and from the cause to the remedy a person wants."""

from collections.abc import Callable
from dataclasses import dataclass

from cnnstudio.doctor import forks
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.penalty import initial_penalty
from cnnstudio.doctor.rules.optimization import scaled_rate
from cnnstudio.doctor.rules.regularization import gentler_penalty, halved_rate
from cnnstudio.doctor.rules.words import number, percent
from cnnstudio.runs.findings import ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.patch import Change

CLEARED: dict[str, tuple[str, ...]] = {
    forks.AUGMENTATION_OFF: ("P5", "P6", "P7"),
    forks.REGULARIZATION_OFF: ("R1", "R2", "R3", "R4", "R5"),
    forks.RATE_DOWN: ("O1",),
    forks.RATE_UP: ("O2",),
    forks.RATE_ORDINARY: ("O1", "O2"),
}
"""Causes that a fork without effect speaks against."""

NAMES: dict[str, tuple[str, str]] = {
    forks.AUGMENTATION_OFF: ("augmentation", "without it"),
    forks.REGULARIZATION_OFF: ("regularization", "without it"),
    forks.RATE_DOWN: ("a rate too high", "at a tenth of it"),
    forks.RATE_UP: ("a rate too low", "at ten times it"),
    forks.RATE_ORDINARY: ("the rate", "at an ordinary rate"),
}
"""What a fork suspects, and how it ran, in words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cause with the remedy for it. `note` says how the remedy differs from what was run."""

    cause: str
    evidence: tuple[str, ...]
    remedy: tuple[Change, ...]
    label: str
    note: str = ""


def verdict(result: ForkResult, case: Case, history: RunHistory | None) -> Verdict | None:
    """The cause that a winning fork points at; None for a probe that this room does not plan."""
    judges: dict[str, Callable[[], Verdict]] = {
        forks.AUGMENTATION_OFF: lambda: _augmentation(result, case),
        forks.REGULARIZATION_OFF: lambda: _regularization(result, case, history),
        forks.RATE_DOWN: lambda: _rate(case, "O1", 0.1, "Divide the rate by 10"),
        forks.RATE_UP: lambda: _rate(case, "O2", 10.0, "Multiply the rate by 10"),
        forks.RATE_ORDINARY: lambda: _ordinary(case),
    }
    judge = judges.get(result.probe)
    return judge() if judge is not None else None


def _augmentation(result: ForkResult, case: Case) -> Verdict:
    operations = case.experiment.augmentation.operations
    names = [operations[i].title() for i, _ in case.active_operations]
    remedy = tuple(c for c in result.changes if c.path.startswith("augmentation."))
    return Verdict(
        "P5",
        (f"Operations that were on: {', '.join(names)}.",) if names else (),
        remedy,
        "Switch augmentation off",
        "Switch them on again one by one, each weaker than before.",
    )


def _regularization(result: ForkResult, case: Case, history: RunHistory | None) -> Verdict:
    penalty = _penalty(case, history)
    kept = 1.0
    for placed in case.reading.dropouts:
        if isinstance(placed.layer, Dropout):
            kept *= 1 - placed.layer.rate
    decay = getattr(case.experiment.training.optimizer, "weight_decay", None) or 0.0
    # On one scale: 1 is a penalty like the loss of guessing, half of the values dropped, or a
    # decay that alone would shrink the weights to a third.
    scores = {
        "R1": penalty / case.chance_loss,
        "R2": 1 / max(kept, 1e-6) - 1,
        "R4": (case.rate_sum or 0.0) * decay,
    }
    evidence = tuple(
        text
        for text, there in (
            (
                f"The weight penalty was up to {number(penalty)}; the loss of blind guessing is "
                f"{case.chance_loss:.2f}.",
                penalty > 0,
            ),
            (
                f"Dropout lets {percent(kept)} of a path through the network.",
                kept < 1,
            ),
            (f"Weight decay is {number(decay)}.", decay > 0),
        )
        if there
    )
    cause = max(scores, key=lambda name: scores[name])
    if scores[cause] < 0.3:
        cause = "R5"
    without = tuple(c for c in result.changes if not c.path.endswith(".learning_rate"))
    match cause:
        case "R1" if remedy := gentler_penalty(case, penalty):
            label = "Weaken the penalty to under a tenth of the loss"
            note = "The fork had no regularization at all; the remedy keeps a weak penalty."
            return Verdict("R1", evidence, remedy, label, note)
        case "R2":
            halved = tuple(
                Change(path=f"{p.path}.rate", value=halved_rate(p.layer.rate))
                for p in case.reading.dropouts
                if isinstance(p.layer, Dropout)
            )
            note = "The fork had no regularization at all; the remedy keeps half of the dropout."
            return Verdict("R2", evidence, halved, "Halve the dropout", note)
        case "R4":
            change = Change(path="training.optimizer.weight_decay", value=1e-4)
            note = "The fork had no regularization at all; the remedy keeps a little decay."
            return Verdict("R4", evidence, (change,), "Use a decay of 0.0001", note)
        case _:
            return Verdict(cause, evidence, without, "Switch regularization off")


def _penalty(case: Case, history: RunHistory | None) -> float:
    """The largest penalty of the run, or of the first weights."""
    measured = history.curve("epoch_penalty")[1] if history is not None else None
    largest = float(measured.max()) if measured is not None and len(measured) else 0.0
    first = initial_penalty(case.reading)
    # A broken run's penalty may be infinite or no number.
    return max(first, largest) if largest < 1e12 else first


def _ordinary(case: Case) -> Verdict:
    usual = forks.ordinary_rate(case.experiment)
    factor = usual / case.experiment.training.optimizer.learning_rate.peak
    return _rate(case, "O1" if factor < 1 else "O2", factor, f"Use a rate of {number(usual)}")


def _rate(case: Case, cause: str, factor: float, label: str) -> Verdict:
    schedule = case.experiment.training.optimizer.learning_rate
    constant = type(schedule).__name__ == "Constant"
    return Verdict(
        cause,
        (f"The highest rate of the schedule is {number(schedule.peak)}.",),
        scaled_rate(case, factor),
        label,
        "" if constant else "The fork held the rate; the remedy keeps the schedule's shape.",
    )
