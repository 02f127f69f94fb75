"""Static findings of the doctor as small cards beside the settings that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.one_edit import one_edit

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Experiment

TONES = {"information": "", "warning": "warn", "error": "error"}


class Notices(QWidget):
    """One card for each finding. `edited` carries the remedy that a person takes, as one edit."""

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._findings: tuple[Finding, ...] = ()
        self._experiment: Experiment | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def set_experiment(self, experiment: Experiment) -> None:
        """The experiment that remedies apply to."""
        self._experiment = experiment

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these findings. Never emits."""
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in self._findings:
            self._column.addWidget(self._card(finding))

    def set_theme(self, theme: Theme) -> None:
        """The style sheet colours the cards."""

    def _card(self, finding: Finding) -> QWidget:
        card = QWidget()
        card.setProperty("role", "card")
        card.setProperty("tone", TONES[finding.severity])
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 10, 8)
        column.setSpacing(4)
        for words, role in ((finding.title, "strong"), (finding.sentence, "")):
            label = QLabel(words)
            label.setWordWrap(True)
            label.setProperty("role", role)
            column.addWidget(label)
        card.setToolTip("\n".join(finding.evidence))
        if finding.remedy:
            button = QPushButton(finding.remedy_label or "Change it")
            button.clicked.connect(lambda: self._take(finding))
            row = QHBoxLayout()
            row.setContentsMargins(0, 2, 0, 0)
            row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        return card

    def _take(self, finding: Finding) -> None:
        if self._experiment is None:
            return
        place, value = one_edit(self._experiment, finding.remedy)
        self.edited.emit(place, value)
