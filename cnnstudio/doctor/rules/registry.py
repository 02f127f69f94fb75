"""Where rules are registered: by the cause they reveal and by what they need to see."""

from collections.abc import Callable, Iterator
from typing import Final

from cnnstudio.doctor.case import Case
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory

StaticRule = Callable[[Case], Iterator[Finding]]
TrainRule = Callable[[Case, RunHistory], Iterator[Finding]]

STATIC: Final[dict[str, StaticRule]] = {}
"""Rules that need the experiment and, at most, the facts of its images."""

TRAIN: Final[dict[str, TrainRule]] = {}
"""Rules that need a run."""


def static_rule(cause: str) -> Callable[[StaticRule], StaticRule]:
    """Registers a rule that reveals `cause` before a run; a cause has one such rule."""

    def register(rule: StaticRule) -> StaticRule:
        if cause in STATIC:
            raise ValueError(f"{cause} has a static rule already")
        STATIC[cause] = rule
        return rule

    return register


def train_rule(cause: str) -> Callable[[TrainRule], TrainRule]:
    """Registers a rule that reveals `cause` from a run; a cause has one such rule."""

    def register(rule: TrainRule) -> TrainRule:
        if cause in TRAIN:
            raise ValueError(f"{cause} has a train rule already")
        TRAIN[cause] = rule
        return rule

    return register
