"""Every rule, run over an experiment or over a run of it."""

from cnnstudio.data.health.report import HealthReport
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import ranked
from cnnstudio.doctor.rules import (
    architecture,
    data,
    loss,
    measurement,
    optimization,
    pipeline,
    regularization,
    schedule,
)
from cnnstudio.doctor.rules import health as health_rules
from cnnstudio.doctor.rules.registry import STATIC, TRAIN
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts

RULE_FILES = (
    architecture,
    data,
    health_rules,
    loss,
    measurement,
    optimization,
    pipeline,
    regularization,
    schedule,
)
"""Importing these registers their rules."""


def static_findings(
    experiment: Experiment,
    facts: DatasetFacts | None = None,
    health: HealthReport | None = None,
) -> tuple[Finding, ...]:
    """What the experiment and its images reveal before any run, worst first."""
    case = Case(experiment, facts, health)
    return ranked(found for rule in STATIC.values() for found in rule(case))


def train_findings(
    experiment: Experiment, facts: DatasetFacts | None, history: RunHistory
) -> tuple[Finding, ...]:
    """What a run reveals, worst first; none before its first epoch or broken loss."""
    case = Case(experiment, facts)
    return ranked(found for rule in TRAIN.values() for found in rule(case, history))
