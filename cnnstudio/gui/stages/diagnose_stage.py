"""The Diagnose stage: what is wrong, the evidence, the short runs behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

    cards: FindingCards
    evidence: EvidenceView
    probes: ProbeList

    def build(self) -> Iterator[None]:
        """Findings, evidence, short runs."""
        findings, evidence, runs = Pane("Findings"), Pane("Evidence"), Pane("Short runs")
        self.set_columns((findings, 430), (evidence, 690), (runs, 320))
        yield
        self.cards = self.fill(findings, FindingCards())
        self.cards.setMinimumWidth(280)
        self.cards.diagnose_requested.connect(self.diagnose_requested)
        self.cards.remedy_chosen.connect(self.remedy_chosen)
        yield
        self.evidence = self.fill(evidence, EvidenceView())
        self.evidence.setMinimumWidth(340)
        self.make_detachable("evidence", evidence)
        yield
        self.probes = self.fill(runs, ProbeList())
        self.probes.setMinimumWidth(200)

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
