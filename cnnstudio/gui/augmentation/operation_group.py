"""One group of the list of operations: its heading, its rows, and where a dragged row may go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.operation_row import OperationRow
from cnnstudio.gui.augmentation.operation_words import Group
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme


class OperationGroup(QWidget):
    """The rows that act in one stage, in their order. Hidden while it has none."""

    def __init__(self, group: Group, add: QMenu) -> None:
        super().__init__()
        self.group = group
        self.rows: list[OperationRow] = []
        self._title = QLabel(group.title)
        self._title.setProperty("role", "strong")
        self._title.setToolTip(group.help)
        self._refusal = QLabel()
        self._refusal.setProperty("role", "warn")
        # It takes what room there is and asks for none: the list must not widen under a drag.
        self._refusal.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.add = QToolButton()
        self.add.setProperty("role", "reset")
        self.add.setFixedSize(22, 22)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setToolTip(f"Add to “{group.title}”")
        self.add.setAccessibleName(f"Add to {group.title}")
        self.add.setMenu(add)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._refusal, 1)
        head.addWidget(self.add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 4)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._mark = QFrame(self)
        self._mark.setFixedHeight(2)
        self._mark.hide()
        self.hide()

    def set_rows(self, rows: Sequence[OperationRow]) -> None:
        """Take these rows, in this order; rows of before are left to their owner."""
        for row in self.rows:
            self._column.removeWidget(row)
        self.rows = list(rows)
        for place, row in enumerate(self.rows):
            self._column.addWidget(row)
            row.show()
            row.allow(up=place > 0, down=place < len(self.rows) - 1)
        self.setVisible(bool(self.rows))

    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key visits, in order."""
        return (self.add, *(stop for row in self.rows for stop in row.stops()))

    def set_theme(self, theme: Theme) -> None:
        """Colour the button and the mark of a drag."""
        self.add.setIcon(icon("plus", theme.muted, 14))
        self._mark.setStyleSheet(f"background: {theme.accent};")

    # ---- while a row is dragged ----

    def holds(self, y: int) -> bool:
        """Whether a height on the screen is on this group."""
        top = self.mapToGlobal(QPoint(0, 0)).y()
        return self.isVisible() and top <= y < top + self.height()

    def place_at(self, y: int) -> int:
        """Before which row something let go at a height on the screen would stand."""
        middles = [row.mapToGlobal(row.rect().center()).y() for row in self.rows]
        return sum(middle < y for middle in middles)

    def mark(self, place: int | None) -> None:
        """Show where the row would go, or nothing."""
        self._mark.setVisible(place is not None and bool(self.rows))
        if place is not None and self.rows:
            below = place < len(self.rows)
            y = self.rows[place].y() if below else self.rows[-1].geometry().bottom()
            self._mark.setGeometry(0, y - 1, self.width(), 2)
            self._mark.raise_()

    def refuse(self, words: str) -> None:
        """Say in place of the heading why nothing can be let go here, or stop saying it."""
        self._refusal.setText(words)
        self._title.setVisible(not words)
