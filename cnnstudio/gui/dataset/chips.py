"""A row of small buttons that filter: each a word and a count, any number of them pressed."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from cnnstudio.gui.dataset.flow import FlowLayout


class Chip(QPushButton):
    """One pressed or unpressed word with its count."""

    def __init__(self, name: str, words: str, count: int) -> None:
        super().__init__()
        self.name = name
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.show_count(words, count)

    def show_count(self, words: str, count: int) -> None:
        """Change the words without a signal."""
        self.setText(f"{words} {count:,}".replace(",", " "))

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 20, 22)


class Chips(QWidget):
    """Chips by name; `toggled` carries the name of the one that a person pressed."""

    toggled = Signal(str)

    def __init__(self, tooltip: str) -> None:
        super().__init__()
        self._tooltip = tooltip
        self._chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_counts(self, counts: Sequence[tuple[str, str, int]]) -> None:
        """Show (name, words, count) triples; the same names only get their counts renewed."""
        if [name for name, _, _ in counts] != list(self._chips):
            for chip in self._chips.values():
                self._flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self._chips = {}
            for name, words, count in counts:
                chip = Chip(name, words, count)
                chip.setToolTip(self._tooltip.format(words))
                chip.clicked.connect(self._clicked)
                self._flow.addWidget(chip)
                self._chips[name] = chip
        for name, words, count in counts:
            self._chips[name].show_count(words, count)
        self.updateGeometry()

    def set_pressed(self, names: Names[str]) -> None:
        """Press these and release the others. Never emits."""
        for name, chip in self._chips.items():
            chip.setChecked(name in names)

    def chip(self, name: str) -> Chip:
        """The chip of that name."""
        return self._chips[name]

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, Chip):
            self.toggled.emit(sender.name)
