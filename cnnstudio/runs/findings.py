"""What the doctor says: findings with their evidence and remedy, fork results, the diagnosis."""

from typing import Literal

from pydantic import Field

from cnnstudio.runs.value import Value
from cnnstudio.spec.patch import Change

Severity = Literal["information", "warning", "error"]


class Finding(Value):
    """One suspected or proven cause, with what speaks for it and the one change that mends it.

    `cause` is the id in the catalogue of causes; `confidence` lies in 0..1; `evidence` are plain
    sentences with numbers and epochs; `remedy` is a patch to the experiment. `proven` is None
    when no fork has tried the remedy, otherwise whether the fork beat its controls by more than
    twice the noise. `ruled_out` are sentences about look-alikes that the evidence excludes.
    """

    cause: str
    title: str
    sentence: str
    severity: Severity
    confidence: float = Field(ge=0.0, le=1.0)
    evidence: tuple[str, ...] = ()
    remedy: tuple[Change, ...] = ()
    remedy_label: str = ""
    proven: bool | None = None
    ruled_out: tuple[str, ...] = ()


class ForkResult(Value):
    """One short controlled run: what was changed, and what came of it at equal steps.

    Accuracies are fractions 0..1: `accuracy_*` as training reports them, `clean_*` on a fixed
    sample of training images without augmentation and dropout. `samples` is the number of images
    behind the clean accuracies. `failed` is a sentence when the fork could not be run to its end.
    """

    probe: str
    title: str
    changes: tuple[Change, ...] = ()
    steps: int
    seed: int
    accuracy_before: float
    accuracy_after: float
    clean_before: float
    clean_after: float
    loss_after: float
    samples: int
    failed: str | None = None


class Diagnosis(Value):
    """The doctor's answer: one sentence, the findings (worst first) and the forks behind them.

    `noise` is the standard deviation of a fork's clean accuracy (0..1); `next_probe` names the
    probe that would be worth its time next, None when nothing is open.
    """

    sentence: str
    findings: tuple[Finding, ...] = ()
    forks: tuple[ForkResult, ...] = ()
    noise: float = 0.0
    next_probe: str | None = None
