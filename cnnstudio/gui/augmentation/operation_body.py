"""The settings of one operation, below its title."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.gui.augmentation.range_line import BUTTON, RangeLine
from cnnstudio.gui.forms.editor import WheelGuard, narrow
from cnnstudio.gui.forms.editors import Switch, spoken
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import Card
from cnnstudio.spec.operations.operation import Operation

INSET = 20


class OperationBody(QWidget):
    """A slider for each number, a list for each choice. `edited` carries a field and its value.

    Each is made when it is first shown: a preset of a dozen folded rows must not keep the window
    waiting for what nobody sees.
    """

    edited = Signal(str, object)

    def __init__(self, operation: Operation, known: list[Card], guard: WheelGuard) -> None:
        super().__init__()
        self._title = operation.title()
        self._cards = known
        self._guard = guard
        self._theme: Theme = LIGHT
        self.lines: dict[str, RangeLine] = {}
        self.switches: dict[str, Switch] = {}
        self.lists: dict[str, QComboBox] = {}
        self._labels: list[QLabel] = []
        self._made: dict[str, QWidget] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INSET, 0, 0, 0)
        self._column.setSpacing(0)

    def show_settings(self, operation: Operation, shown: list[Card]) -> None:
        """Show these settings of an operation of the same kind. Never emits."""
        names = {card.name for card in shown}
        for card in shown:
            if card.name not in self._made:
                self._make(card)
        for name, widget in self._made.items():
            widget.setVisible(name in names)
            widget.setEnabled(operation.enabled)
        for name, line in self.lines.items():
            line.show_value(getattr(operation, name))
        for name, switch in self.switches.items():
            switch.setChecked(getattr(operation, name))
        for card in shown:
            if card.name in self.lists:
                at = card.choices.index(getattr(operation, card.name))
                self.lists[card.name].setCurrentIndex(at)
        self._align(shown)

    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key visits, in order."""
        found: list[QWidget] = []
        for card in self._cards:
            if card.name in self.lines:
                found += self.lines[card.name].stops()
            elif card.name in self._made:
                found.append(self.lists.get(card.name) or self.switches[card.name])
        return tuple(found)

    def set_theme(self, theme: Theme) -> None:
        """Colour the buttons."""
        self._theme = theme
        for line in self.lines.values():
            line.set_theme(theme)

    def _align(self, shown: list[Card]) -> None:
        """Give the names one column. One range alone needs none: its ± or ≤ says what it is."""
        titled = [card for card in shown if card.shape != "switch"]
        metrics = self.fontMetrics()
        width = max((metrics.horizontalAdvance(card.title) + 4 for card in titled), default=0)
        named = len(titled) > 1 or any(card.shape != "range" for card in titled)
        for label in self._labels:
            label.setFixedWidth(width)
        for line in self.lines.values():
            line.set_label_width(width if named else 0)

    def _make(self, card: Card) -> None:
        if card.shape == "switch":
            widget: QWidget = self._make_switch(card)
        elif card.shape == "choice":
            widget = self._make_list(card)
        else:
            widget = self._make_line(card)
        before = sum(other.name in self._made for other in self._cards[: self._cards.index(card)])
        self._made[card.name] = widget
        self._column.insertWidget(before, widget)

    def _make_list(self, card: Card) -> QWidget:
        combo = QComboBox()
        combo.addItems([spoken(choice) for choice in card.choices])
        combo.setAccessibleName(f"{self._title}: {card.title}")
        combo.setToolTip(card.help or card.title)
        narrow(combo)
        self._guard.watch(combo)
        combo.activated.connect(lambda at: self.edited.emit(card.name, card.choices[at]))
        self.lists[card.name] = combo
        label = QLabel(card.title)
        label.setProperty("role", "muted")
        label.setToolTip(card.help)
        self._labels.append(label)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 2, BUTTON + 6, 2)
        line.setSpacing(6)
        line.addWidget(label)
        line.addWidget(combo, 1)
        return whole

    def _make_switch(self, card: Card) -> QWidget:
        switch = Switch(card.title)
        switch.setToolTip(card.help or card.title)
        switch.setAccessibleName(f"{self._title}: {card.title}")
        switch.clicked.connect(lambda on: self.edited.emit(card.name, bool(on)))
        self.switches[card.name] = switch
        return switch

    def _make_line(self, card: Card) -> QWidget:
        line = RangeLine(card, self._guard, of=self._title)
        line.set_theme(self._theme)
        line.edited.connect(lambda value: self.edited.emit(card.name, value))
        self.lines[card.name] = line
        return line
