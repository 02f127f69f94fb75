"""The doctor's static findings, looked for once for the whole window and away from its thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome

if TYPE_CHECKING:
    from cnnstudio.data.health.report import HealthReport
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts

QUIET_MS = 200


class StaticFindings(QObject):
    """What the doctor says of the experiment on the table before any run.

    `changed` carries the tuple of findings once the person has paused.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: tuple[Finding, ...] = ()
        """The latest findings."""
        self._experiment: Experiment | None = None
        self._facts: DatasetFacts | None = None
        self._health: HealthReport | None = None
        self._threads = NewestFirst(self, threads=1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(QUIET_MS)
        self._pause.timeout.connect(self._ask)

    def set_experiment(self, experiment: Experiment) -> None:
        """Look at this experiment."""
        if experiment != self._experiment:
            self._experiment = experiment
            self._pause.start()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Look at it with these images."""
        if facts != self._facts:
            self._facts = facts
            self._pause.start()

    def set_health(self, health: HealthReport | None) -> None:
        """Look at it with what a health check of these images found."""
        if health != self._health:
            self._health = health
            self._pause.start()

    def _ask(self) -> None:
        if self._experiment is not None:
            work = partial(_look, self._experiment, self._facts, self._health)
            self._threads.request("findings", work, self._tell)

    def _tell(self, outcome: Outcome[tuple[Finding, ...]]) -> None:
        self.found = outcome.value or ()
        self.changed.emit(self.found)


def about(part: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those whose remedy changes one part of the experiment (`augmentation`, `model`)."""
    return tuple(f for f in findings if f.remedy and f.remedy[0].path.split(".")[0] == part)


def _look(
    experiment: Experiment, facts: DatasetFacts | None, health: HealthReport | None
) -> tuple[Finding, ...]:
    from cnnstudio.doctor.static import static_findings

    return static_findings(experiment, facts, health)
