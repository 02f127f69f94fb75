"""How the network will learn: length, optimizer, learning rate over the run, when to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.forms.editor import WheelGuard, narrow
from cnnstudio.gui.forms.members import changed_kind
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.plan import Plan
from cnnstudio.gui.training.schedule_plot import SchedulePlot
from cnnstudio.gui.training.schedule_words import sentence, warning
from cnnstudio.gui.training.speed_view import SpeedView
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.member import members
from cnnstudio.spec.optimizers import Optimizer
from cnnstudio.spec.problems import Problem

LABEL = 112
"""Pixels of the label column: the pane is narrow."""
LAID_OUT = 30
"""Milliseconds after which nested layouts have told each other their heights."""
REST = (
    "policies",
    "loss",
    "class_weights",
    "precision",
    "jit_compile",
    "devices",
    "seed",
    "tensorboard",
)


class SchedulerPanel(Panel):
    """Edits `dataset.batch_size` and everything below `training`; asks for `training.measure`."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._facts: DatasetFacts | None = None
        self._history: RunHistory | None = None
        self.batch = SpecForm(only=("batch_size",), label_width=LABEL)
        self.length = SpecForm(only=("epochs",), label_width=LABEL)
        self.rate = SpecForm(only=("learning_rate",), label_width=LABEL)
        self.optimizer = SpecForm(leave_out=("learning_rate",), label_width=LABEL)
        self.rest = SpecForm(only=REST, label_width=LABEL)
        self.forms = (self.batch, self.length, self.rate, self.optimizer, self.rest)
        for form in self.forms:
            form.edited.connect(self.edited)
        self.speed = SpeedView()
        self.speed.asked.connect(lambda: self.action_requested.emit("training.measure"))
        self.plot = SchedulePlot()
        self.steps = _words("muted")
        self.sentence = _words("")
        self.warning = _words("warn")
        self._guard = WheelGuard(self)
        self.kinds = QComboBox()
        self.kinds.setAccessibleName("Optimizer")
        narrow(self.kinds)
        self._guard.watch(self.kinds)
        for kind, cls in members(Optimizer).items():
            self.kinds.addItem(cls.title(), kind)
            tip = Qt.ItemDataRole.ToolTipRole
            self.kinds.setItemData(self.kinds.count() - 1, cls.summary(), tip)
        self.kinds.activated.connect(self._choose_optimizer)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(4)
        for widget in (self.length, self.batch, self.steps):
            column.addWidget(widget)
        column.addWidget(_heading("Schedule"))
        schedule: tuple[QWidget, ...] = (self.rate, self.plot, self.sentence, self.warning)
        for part in schedule:
            column.addWidget(part)
        column.addWidget(_heading("Optimizer"))
        column.addWidget(self._optimizer_row())
        column.addWidget(self.optimizer)
        column.addWidget(_heading("Stopping and loss"))
        column.addWidget(self.rest)
        column.addWidget(_heading("Speed"))
        column.addWidget(self.speed)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        self._area = scrolled(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)

    def _optimizer_row(self) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        label = QLabel("Method")
        label.setProperty("role", "muted")
        label.setFixedWidth(LABEL)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.kinds, 0, 1)
        # The forms keep this much for the way back to a default; the edges must meet.
        grid.setColumnMinimumWidth(2, 20)
        grid.setColumnStretch(1, 1)
        return row

    def set_experiment(self, experiment: Experiment) -> None:
        """Show this experiment's settings."""
        for _ in self.showing(experiment):
            pass

    def showing(self, experiment: Experiment) -> Iterator[None]:
        """The same, a form at a time."""
        self._experiment = experiment
        training, optimizer = experiment.training, experiment.training.optimizer
        self.batch.show_value(experiment.dataset, "dataset")
        self.length.show_value(training, "training")
        yield
        self.rate.show_value(optimizer, "training.optimizer")
        yield
        self.optimizer.show_value(optimizer, "training.optimizer")
        yield
        self.rest.show_value(training, "training")
        yield
        self.kinds.setCurrentIndex(self.kinds.findData(optimizer.kind))
        self.kinds.setToolTip(type(optimizer).summary())
        self.speed.set_experiment(experiment)
        self._replan()

    def show_speed(self) -> None:
        """Bring what is measured into sight, as soon as it has its place."""
        QTimer.singleShot(LAID_OUT, self, lambda: self._area.ensureWidgetVisible(self.speed))

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Count steps by these images."""
        self._facts = facts
        for form in self.forms:
            form.set_facts(facts)
        self._replan()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Mark the fields that make a run impossible."""
        for form in self.forms:
            form.set_problems(problems)

    def set_history(self, history: RunHistory | None) -> None:
        """Mark on the curve where the run is."""
        self._history = history
        self.plot.show_progress(history)

    def set_theme(self, theme: Theme) -> None:
        """Colour forms and plot."""
        for form in self.forms:
            form.set_theme(theme)
        self.plot.set_theme(theme)

    def _replan(self) -> None:
        if self._experiment is None:
            return
        plan = Plan.of(self._experiment, self._facts)
        self.plot.show_plan(plan)
        self.steps.setText(plan.short_sentence)
        self.sentence.setText(sentence(plan))
        odd = warning(plan)
        self.warning.setText(odd)
        self.warning.setVisible(bool(odd))

    def _choose_optimizer(self, index: int) -> None:
        if self._experiment is None:
            return
        old = self._experiment.training.optimizer
        kind = members(Optimizer)[self.kinds.itemData(index)]
        if type(old) is not kind:
            self.edited.emit("training.optimizer", changed_kind(old, kind))


def _words(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "strong")
    label.setContentsMargins(0, 16, 0, 4)
    return label
