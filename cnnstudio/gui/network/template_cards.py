"""What an empty network shows: whole networks to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.icons import icon, pixmap
from cnnstudio.gui.network.templates import Template, network_of, templates
from cnnstudio.gui.network.words import count_words
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.patch import replace
from cnnstudio.spec.shapes import walk

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts


class TemplateCards(Panel):
    """A card for each template, and the same as a menu for the title row."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._facts: DatasetFacts | None = None
        self._cards: list[_Card] = []
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        heading = QLabel("Begin with a network")
        heading.setProperty("role", "section")
        words = QLabel("Or click layers in the palette to build one of your own.")
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(words)
        for template in templates():
            card = _Card(template)
            card.use.clicked.connect(lambda _=False, template=template: self.take(template))
            layout.addWidget(card)
            self._cards.append(card)
            action = self.menu.addAction(template.name)
            action.setToolTip(template.help)
            action.triggered.connect(lambda _=False, template=template: self.take(template))
        layout.addStretch(1)
        scroll = scrolled(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def set_experiment(self, experiment: Experiment) -> None:
        """Make the templates for these images."""
        self._experiment = experiment
        if not experiment.model.layers:
            self._measure()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Make the templates for these classes."""
        self._facts = facts

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        for card in self._cards:
            card.set_theme(theme)
        for action, card in zip(self.menu.actions(), self._cards, strict=True):
            action.setIcon(icon(card.template.icon, theme))

    def take(self, template: Template) -> None:
        """Put the template in place of the present layers, as one edit."""
        if self._experiment is not None:
            network = network_of(template, self._experiment, self._facts)
            self.edited.emit("model.layers", network.layers)

    def _measure(self) -> None:
        if self._experiment is None:
            return
        for card in self._cards:
            network = network_of(card.template, self._experiment, self._facts)
            facts = walk(replace(self._experiment, "model.layers", network.layers))
            card.set_size(len(network.layers), sum(facts.parameters))


class _Card(QWidget):
    """One template: drawing, name, sentence, size, and the button that takes it."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.template = template
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(28, 28))
        name = QLabel(template.name)
        name.setProperty("role", "strong")
        words = QLabel(template.help)
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        self._size = QLabel()
        self._size.setProperty("role", "caption")
        self.use = QPushButton("Use this")
        self.use.setAccessibleName(f"Use the template {template.name}")
        middle = QVBoxLayout()
        middle.setSpacing(2)
        for label in (name, words, self._size):
            middle.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(middle, 1)
        row.addWidget(self.use)

    def set_size(self, layers: int, parameters: int) -> None:
        """Say how large the network would be."""
        self._size.setText(f"{layers} layers · {count_words(parameters)} parameters")

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self._icon.setPixmap(pixmap(self.template.icon, theme.accent, 24, self.devicePixelRatioF()))
