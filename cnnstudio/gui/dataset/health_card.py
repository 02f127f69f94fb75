"""One finding of the health check: what it is, how many images, show them, fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from cnnstudio.gui.dataset.flow import FlowLayout
from cnnstudio.gui.icons import icon

if TYPE_CHECKING:
    from cnnstudio.data.health.report import HealthFinding
    from cnnstudio.gui.theme import Theme

TONES = {"error": "error", "warning": "warn", "information": ""}
ICONS = {"error": "circle-alert", "warning": "triangle-alert", "information": "info"}
COLORS = {"error": "error", "warning": "warn", "information": "muted"}


class HealthCard(QFrame):
    """`listed` and `fixed` tell that a person pressed the button; both carry the finding."""

    listed = Signal(object)
    fixed = Signal(object)

    def __init__(self, finding: HealthFinding) -> None:
        super().__init__()
        self.finding = finding
        self._icon = QLabel()
        self.setProperty("role", "card")
        self.setProperty("tone", TONES[finding.severity])
        title = QLabel(finding.title)
        title.setProperty("role", "strong")
        title.setWordWrap(True)
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title, 1)
        words = QLabel(finding.sentence)
        words.setWordWrap(True)
        words.setProperty("role", "caption")
        words.setToolTip("\n".join(finding.evidence))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(words)
        row = FlowLayout()
        self.listing = QPushButton(f"Show {len(finding.keys):,}")
        self.listing.setToolTip("Show only these images in the grid")
        self.listing.setCheckable(True)
        self.listing.clicked.connect(lambda: self.listed.emit(self.finding))
        self.fix = QPushButton(finding.fix_label)
        self.fix.setToolTip(f"{finding.fix_label}. Undo takes it back; no file is touched.")
        self.fix.clicked.connect(lambda: self.fixed.emit(self.finding))
        if finding.keys:
            row.addWidget(self.listing)
        if finding.fix_label and (finding.edits is not None or finding.changes):
            row.addWidget(self.fix)
        if row.count():
            column.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        name, color = ICONS[self.finding.severity], COLORS[self.finding.severity]
        self._icon.setPixmap(icon(name, getattr(theme, color)).pixmap(16, 16))
