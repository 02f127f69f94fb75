"""The Diagnose stage: what is wrong, the evidence, the short runs behind it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from cnnstudio.gui.diagnosis.evidence_view import EvidenceView
from cnnstudio.gui.diagnosis.finding_cards import FindingCards
from cnnstudio.gui.diagnosis.probe_list import ProbeList
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory


class DiagnoseStage(StagePage):
    """Connect `set_history` and `set_probes` to the store, `set_busy` to the controller."""

    diagnose_requested = Signal()
    """A person wants the forks of the shown run."""
    remedy_chosen = Signal(object, str)
    """Changes (a tuple of `Change`) and their label, to be made in the experiment."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = FindingCards()
        self.evidence = EvidenceView()
        self.probes = ProbeList()
        for panel in (self.cards, self.evidence, self.probes):
            self.add_panel(panel)
        self.cards.diagnose_requested.connect(self.diagnose_requested)
        self.cards.remedy_chosen.connect(self.remedy_chosen)
        self.cards.setMinimumWidth(280)
        self.evidence.setMinimumWidth(340)
        self.probes.setMinimumWidth(200)
        evidence = Pane("Evidence", self.evidence)
        self.make_detachable("evidence", evidence)
        self.set_columns(
            (Pane("Findings", self.cards), 430),
            (evidence, 690),
            (Pane("Short runs", self.probes), 320),
        )

    def set_history(self, history: RunHistory | None) -> None:
        """The shown run."""
        self.cards.set_history(history)
        self.evidence.set_history(history)

    def set_probes(self, probes: ProbeHistory | None) -> None:
        """The shown run's diagnosis."""
        self.cards.set_probes(probes)
        self.evidence.set_probes(probes)
        self.probes.set_probes(probes)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """What the settings alone reveal."""
        self.cards.set_findings(findings)

    def set_busy(self, reason: str) -> None:
        """Why no job can start now, as a sentence; empty when one can."""
        self.cards.set_busy(reason)


def build() -> DiagnoseStage:
    """The page of the Diagnose stage."""
    return DiagnoseStage()
