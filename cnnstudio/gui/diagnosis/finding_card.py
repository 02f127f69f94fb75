"""One finding as a card: what is wrong, why one may believe it, and the one thing to try."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from cnnstudio.doctor.causes import causes
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.findings import Finding

TONES = {"error": "error", "warning": "warn", "information": ""}
SHOWN_EVIDENCE = 3
WIDE = 30
"""Letters above which a button stands in a line of its own."""
PADDING = 30
"""Pixels of a button around its words."""


class RemedyButton(QPushButton):
    """A button whose words are cut with dots when the pane is too narrow for them."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        self.setMinimumWidth(80)

    def sizeHint(self) -> QSize:
        """Wide enough for all words."""
        whole = self.fontMetrics().horizontalAdvance(self.words)
        return QSize(whole + PADDING, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the words anew."""
        super().resizeEvent(event)
        room = event.size().width() - PADDING + 2
        cut = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room)
        if cut != self.text():
            self.setText(cut)


class FindingCard(QFrame):
    """Shows a `Finding`; a severity stripe at its left, green once its remedy is proven."""

    remedy_chosen = Signal(object)
    """The finding whose remedy a person wants to try."""
    dismissed = Signal(object)
    """The finding that a person does not want to see."""

    def __init__(self, finding: Finding, first: bool = False) -> None:
        super().__init__()
        self.finding = finding
        self._theme = LIGHT
        self.setProperty("role", "card")
        self.setProperty("tone", TONES[finding.severity])
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(_label(finding.title, "strong"), 1)
        self.badge = QLabel()
        self._badge_icon = QLabel()
        if finding.proven is not None:
            self.badge.setText("Proven" if finding.proven else "Not proven")
            self.badge.setProperty("tone", "good" if finding.proven else "")
            self.badge.setProperty("role", "" if finding.proven else "muted")
            self.badge.setToolTip(
                "A run with this change beat the unchanged ones by more than twice the noise."
                if finding.proven
                else "A run with this change did no better than the unchanged ones."
            )
            head.addWidget(self._badge_icon, 0, Qt.AlignmentFlag.AlignTop)
            head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(_label(finding.sentence))
        bullets = [f"•  {line}" for line in finding.evidence]
        self._hidden: list[QLabel] = []
        for index, line in enumerate(bullets):
            label = _label(line, "muted")
            label.setIndent(2)
            column.addWidget(label)
            if index >= SHOWN_EVIDENCE:
                label.hide()
                self._hidden.append(label)
        self.explanation = _label(_explained(finding.cause))
        self.explanation.hide()
        column.addWidget(self.explanation)
        column.addLayout(self._buttons(first))

    def _buttons(self, first: bool) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setColumnStretch(1, 1)
        words = f"Try: {self.finding.remedy_label}"
        self.trying = RemedyButton(words)
        self.trying.setToolTip(f"{words}. Changes the experiment; undo takes it back.")
        if first:
            self.trying.setProperty("role", "primary")
        self.trying.clicked.connect(lambda: self.remedy_chosen.emit(self.finding))
        wide = len(words) > WIDE
        grid.addWidget(self.trying, 0, 0, 1, 4 if wide else 1, Qt.AlignmentFlag.AlignLeft)
        if not self.finding.remedy:
            self.trying.hide()
        self.more = QPushButton("Learn more")
        self.more.setProperty("role", "link")
        self.more.clicked.connect(self._toggle)
        grid.addWidget(self.more, 1 if wide else 0, 0 if wide else 2)
        if not (self.explanation.text() or self._hidden):
            self.more.hide()
        self.dismiss = QPushButton("Dismiss")
        self.dismiss.setProperty("role", "link")
        self.dismiss.setToolTip("Hide this finding for this experiment")
        self.dismiss.clicked.connect(lambda: self.dismissed.emit(self.finding))
        grid.addWidget(self.dismiss, 1 if wide else 0, 1 if wide else 3)
        if wide:
            grid.setAlignment(self.more, Qt.AlignmentFlag.AlignLeft)
            grid.setAlignment(self.dismiss, Qt.AlignmentFlag.AlignLeft)
        return grid

    def _toggle(self) -> None:
        opened = self.explanation.isHidden()
        for widget in (self.explanation, *self._hidden):
            widget.setVisible(opened)
        self.more.setText("Show less" if opened else "Learn more")

    def set_theme(self, theme: Theme) -> None:
        """Colour the badge's icon."""
        if self.finding.proven is not None:
            name = "badge-check" if self.finding.proven else "circle-help"
            color = theme.ok if self.finding.proven else theme.muted
            self._badge_icon.setPixmap(icon(name, color).pixmap(16, 16))


def _explained(cause_id: str) -> str:
    """What the cause means and what to do about it, from the catalogue of causes."""
    known = causes().get(cause_id)
    return f"{known.meaning}\n\n{known.advice}" if known is not None else ""


def _label(text: str, role: str = "") -> QLabel:
    # A number and its unit stay in one line.
    label = QLabel(text.replace(" %", "\u00a0%"))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label
