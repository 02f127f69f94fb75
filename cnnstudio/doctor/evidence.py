"""What the doctor may look at: the facts and health of the images, the run, the forks."""

from dataclasses import dataclass

from cnnstudio.data.health.report import HealthReport
from cnnstudio.runs.findings import ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.facts import DatasetFacts


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known beside the experiment itself; each part may be missing."""

    facts: DatasetFacts | None = None
    history: RunHistory | None = None
    forks: tuple[ForkResult, ...] = ()
    health: HealthReport | None = None
