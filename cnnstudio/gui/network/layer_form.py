"""The form of the chosen layer, or of the input stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.notices import Notices
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.network.words import count_words, shape_words
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.shapes import walk

if TYPE_CHECKING:
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

INPUT = -1
LABELS = 116
LEAST = 340
"""Pixels that a label, a slider, a field and the way back need beside each other."""


class LayerForm(Panel):
    """Edits the layer that `show_layer` names; below it what the doctor says of the network."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._index = INPUT
        self._theme: Theme = LIGHT
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self._title = QLabel()
        self._title.setProperty("role", "section")
        self._summary = QLabel()
        self._summary.setProperty("role", "muted")
        self._summary.setWordWrap(True)
        self._facts = QLabel()
        self._facts.setProperty("role", "caption")
        self._facts.setWordWrap(True)
        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._layer_form = SpecForm(label_width=LABELS)
        self._input_form = SpecForm(only=("input_scaling",), label_width=LABELS)
        self._notices = Notices()
        for source in (self._layer_form, self._input_form, self._notices):
            source.edited.connect(self.edited)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self._summary, self._facts, self._problem):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addWidget(self._layer_form)
        column.addWidget(self._input_form)
        column.addSpacing(16)
        column.addWidget(self._notices)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setMinimumWidth(LEAST)

    def show_layer(self, index: int) -> None:
        """Show the layer at this index, -1 for the input stage."""
        self._index = index
        self._show()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the chosen layer of this experiment."""
        self._experiment = experiment
        self._notices.set_experiment(experiment)
        self._show()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Give class names to fields that need them."""
        self._layer_form.set_facts(facts)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field."""
        self._layer_form.set_problems(problems)
        self._input_form.set_problems(problems)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what the doctor says of the network."""
        self._notices.set_findings(findings)

    def set_theme(self, theme: Theme) -> None:
        """Colour icon and form."""
        self._theme = theme
        self._layer_form.set_theme(theme)
        self._input_form.set_theme(theme)
        self._notices.set_theme(theme)
        self._show()

    def _show(self) -> None:
        experiment = self._experiment
        if experiment is None:
            return
        layers = experiment.model.layers
        chosen = 0 <= self._index < len(layers)
        self._layer_form.setVisible(chosen)
        self._input_form.setVisible(not chosen)
        if not chosen:
            self._show_input(experiment)
            return
        layer, facts = layers[self._index], walk(experiment).layers[self._index]
        self._title.setText(type(layer).title())
        self._summary.setText(type(layer).summary())
        self._draw(layer.icon)
        words = [f"{shape_words(facts.input_shape)} → {shape_words(facts.output_shape)}"]
        if sum(facts.parameters):
            words.append(f"{count_words(sum(facts.parameters))} parameters")
        if facts.multiply_adds:
            words.append(f"{count_words(facts.multiply_adds)} multiply-adds per image")
        self._facts.setText(" · ".join(words))
        self._problem.setText(facts.problem or "")
        self._problem.setVisible(bool(facts.problem))
        self._layer_form.show_value(layer, f"model.layers.{self._index}")

    def _show_input(self, experiment: Experiment) -> None:
        height, width, channels = experiment.input_shape
        self._title.setText("Input")
        self._summary.setText(
            "What the network does first with every image. It is part of the exported model, "
            "which therefore takes plain grey levels of 0 to 255."
        )
        self._draw("image")
        color = "RGB" if channels == 3 else "grayscale"
        self._facts.setText(
            f"{width} × {height} px, {color} · size and colour are set on the Data stage"
        )
        self._problem.hide()
        self._input_form.show_value(experiment.model, "model")

    def _draw(self, name: str) -> None:
        self._icon.setPixmap(pixmap(name, self._theme.accent, 20, self.devicePixelRatioF()))
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
