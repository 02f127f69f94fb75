"""What is wrong, worst first: findings of the settings, of the run and of the doctor's forks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.doctor.finding import ranked
from cnnstudio.doctor.forks import planned_forks
from cnnstudio.gui.diagnosis.finding_card import FindingCard
from cnnstudio.gui.icons import icon
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.runs.verdict import verdict
from cnnstudio.spec.experiment import Experiment

NO_RUN = "Train first: the doctor compares short runs from the weights of a run."
NOT_ENDED = "The run is still going on."


class FindingCards(Panel):
    """A head with the doctor's sentence and button, and a card for each finding.

    Findings of the settings come with `set_findings`, those of a run and of a diagnosis with
    `set_history` and `set_probes`.
    """

    remedy_chosen = Signal(object, str)
    """Changes (a tuple of `Change`) and their label: a person wants to try a remedy."""
    diagnose_requested = Signal()
    """A person wants to know why."""

    def __init__(self) -> None:
        super().__init__()
        self._history: RunHistory | None = None
        self._probes: ProbeHistory | None = None
        self._static: tuple[Finding, ...] = ()
        self._dismissed: set[str] = set()
        self._planned = 0
        self._busy = ""
        self._theme = LIGHT
        self._shown: tuple[Finding, ...] = ()
        self.cards: list[FindingCard] = []
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(8)
        self.undismiss = QPushButton()
        self.undismiss.setProperty("role", "link")
        self.undismiss.clicked.connect(self._show_dismissed)
        self.undismiss.hide()
        self._column.addWidget(self.undismiss)
        self._column.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._column)
        area = scrolled(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._make_head())
        layout.addWidget(area, 1)
        self._refresh()

    def _make_head(self) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(10)
        self._mood = QLabel()
        self._mood.setFixedSize(20, 20)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        line.addWidget(self._mood, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.sentence, 1)
        self.progress = QProgressBar()
        self.progress.setFixedHeight(4)
        self.progress.setTextVisible(False)
        self.ask = QPushButton("Find out why · about 2 min")
        self.ask.clicked.connect(self.diagnose_requested)
        column.addLayout(line)
        column.addWidget(self.progress)
        column.addWidget(self.ask)
        return head

    def set_experiment(self, experiment: Experiment) -> None:
        """Know how many short runs are planned for this experiment."""
        self._planned = len(planned_forks(experiment))

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Take what the settings alone reveal."""
        self._static = tuple(findings)
        self._refresh()

    def set_history(self, history: RunHistory | None) -> None:
        """Take the run's findings."""
        if history is not self._history:
            self._dismissed.clear()
        self._history = history
        self._refresh()

    def set_probes(self, probes: ProbeHistory | None) -> None:
        """Take the doctor's progress and answer."""
        self._probes = probes
        self._refresh()

    def set_busy(self, reason: str) -> None:
        """Why no diagnosis can start now, as a sentence; empty when one can."""
        self._busy = reason
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        self._theme = theme
        for card in self.cards:
            card.set_theme(theme)
        self._refresh()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything known, worst first, one finding for each cause: the best founded one."""
        diagnosis = self._probes.diagnosis if self._probes is not None else None
        sources: list[Sequence[Finding]] = []
        if diagnosis is not None:
            sources.append(diagnosis.findings)
        if self._history is not None:
            sources.append(self._history.findings[::-1])
        # A diagnosis has weighed the settings already; what it left out, it has refuted.
        if diagnosis is None:
            sources.append(self._static)
        found: dict[str, Finding] = {}
        for source in sources:
            for finding in source:
                found.setdefault(finding.cause, finding)
        return ranked(found.values())

    def _refresh(self) -> None:
        self._show_head()
        findings = tuple(f for f in self.findings if f.cause not in self._dismissed)
        hidden = len(self.findings) - len(findings)
        self.undismiss.setText(f"Show {hidden} dismissed")
        self.undismiss.setVisible(hidden > 0)
        if findings == self._shown:
            return
        self._shown = findings
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        for index, finding in enumerate(findings):
            card = FindingCard(finding, first=index == 0)
            card.set_theme(self._theme)
            card.remedy_chosen.connect(self._choose)
            card.dismissed.connect(self._dismiss)
            self._column.insertWidget(index, card)
            self.cards.append(card)

    def _show_head(self) -> None:
        probes, history = self._probes, self._history
        running = probes is not None and probes.state == "running"
        self.progress.setVisible(running)
        self.ask.setVisible(not running)
        if running and probes is not None:
            done = sum(course.result is not None for course in probes.courses.values())
            now = next((c for c in probes.courses.values() if c.result is None), None)
            part = now.points[-1][0] / max(now.steps, 1) if now is not None and now.points else 0.0
            planned = max(self._planned, len(probes.courses))
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(1000 * (done + part) / max(planned, 1)))
            words = f"Trying: {now.title.lower()}" if now is not None else "Preparing short runs"
            self._say("stethoscope", self._theme.accent, f"{words} · {done} of {planned} done")
            return
        self._show_answer(history, probes)
        started = history is not None and history.started is not None
        reason = self._busy or ("" if started else NO_RUN)
        if not reason and history is not None and history.state == "running":
            reason = NOT_ENDED
        self.ask.setEnabled(not reason)
        self.ask.setToolTip(
            reason or "Short runs from the same weights, each with one suspect removed"
        )
        again = probes is not None and probes.diagnosis is not None
        self.ask.setText("Ask again · about 2 min" if again else "Find out why · about 2 min")

    def _show_answer(self, history: RunHistory | None, probes: ProbeHistory | None) -> None:
        theme = self._theme
        if probes is not None and probes.diagnosis is not None:
            findings = probes.diagnosis.findings
            proven = any(f.proven for f in findings)
            bad = any(f.severity != "information" for f in findings)
            name, color = ("circle-check", theme.ok) if not bad else ("circle-alert", theme.warn)
            if proven:
                name, color = "badge-check", theme.ok
            self._say(name, color, probes.diagnosis.sentence)
        elif probes is not None and probes.finished is not None:
            self._say("circle-alert", theme.warn, probes.finished.sentence)
        elif history is not None and history.started is not None:
            said = verdict(history)
            healthy = said.tone == "good"
            name = "circle-check" if healthy else "stethoscope"
            self._say(name, theme.tone(said.tone), said.sentence)
        elif self._static:
            count = len(self._static)
            what = "1 finding" if count == 1 else f"{count} findings"
            self._say("info", theme.muted, f"No run yet. {what} from the settings alone.")
        else:
            self._say(
                "circle-check", theme.ok, "Healthy so far: nothing in the settings stands out."
            )

    def _say(self, name: str, color: str, sentence: str) -> None:
        self._mood.setPixmap(icon(name, color, 20).pixmap(20, 20))
        self.sentence.setText(sentence.replace(" %", "\u00a0%"))

    def _choose(self, finding: Finding) -> None:
        self.remedy_chosen.emit(finding.remedy, finding.remedy_label)

    def _dismiss(self, finding: Finding) -> None:
        self._dismissed.add(finding.cause)
        self._refresh()

    def _show_dismissed(self) -> None:
        self._dismissed.clear()
        self._refresh()
