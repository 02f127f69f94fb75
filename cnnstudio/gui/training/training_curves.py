"""The curves of a run, live or replayed: accuracy above loss, the learning rate below."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.band import Band, Reference
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import (
    BATCHES,
    CLEAN,
    PENALTY,
    PLANNED,
    RATE,
    TRAINING,
    VALIDATION,
)
from cnnstudio.gui.plots.redraw import RedrawClock
from cnnstudio.gui.plots.scale import (
    fine_number_words,
    fine_share_words,
    rate_words,
    round_up,
    share_words,
    ticks,
)
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.axis import AXES, AxisKind, RunAxis
from cnnstudio.gui.training.moments import moments
from cnnstudio.gui.training.numbers import clean_images, with_noise
from cnnstudio.gui.training.plan import Plan
from cnnstudio.gui.training.smoothing import smoothed, window
from cnnstudio.runs.events import RunStarted
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts

Floats = NDArray[np.float64]
ROOM_FOR_WORDS = 480
LIVE = ("running", "paused")
PRESS_TRAIN = "Press Train"


class TrainingCurves(Panel):
    """Three bands over one axis of epochs, steps or time.

    `set_history` takes the run's history and may be called after every event: drawing follows its
    own clock. Without a run it shows what is planned. `toolbar` belongs in the pane's title row.
    """

    train_requested = Signal()
    """A person clicked “Press Train”."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._facts: DatasetFacts | None = None
        self._history: RunHistory | None = None
        self._plan: Plan | None = None
        self._plan_of_run: Plan | None = None
        self._fit_anew = True
        self._is_smoothing_offered = True
        self.accuracy = Band("Accuracy", share_words, share=5, fine=fine_share_words)
        self.loss = Band("Loss", share=3, fine=fine_number_words)
        self.rate = Band("Learning rate", rate_words, height=64)
        for band in (self.accuracy, self.loss):
            band.line("batches", "", BATCHES, "training of each batch")
            band.line("training", "training", TRAINING)
            band.line("clean", "clean-train", CLEAN)
            band.line("validation", "validation", VALIDATION)
        self.loss.line("penalty", "penalty", PENALTY)
        self.rate.line("planned", "planned", PLANNED)
        self.rate.line("rate", "rate", RATE)
        self.chart = Chart((self.accuracy, self.loss, self.rate), axis_rows=2)
        self._axis = RunAxis(1)
        self.chart.places = self._places
        self._clock = RedrawClock(self)
        self._clock.due.connect(self._draw)
        self.chart.spent.connect(self._clock.spent)
        self.chart.message_pressed.connect(self._pressed)
        self.toolbar = self._make_toolbar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart)

    def _make_toolbar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.axis_choice = QComboBox()
        self.axis_choice.setAccessibleName("Axis")
        self.axis_choice.setToolTip("What the axis counts: epochs, steps or the time of training")
        for kind, name in AXES.items():
            self.axis_choice.addItem(name, kind)
        self.axis_choice.currentIndexChanged.connect(lambda _: self._axis_chosen())
        self.axis_choice.setMinimumWidth(92)
        words = self._smoothing_words = QLabel("Smoothing")
        words.setProperty("role", "muted")
        words.setMinimumWidth(1)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 100)
        self.smoothing.setValue(50)
        self.smoothing.setMinimumWidth(40)
        self.smoothing.setMaximumWidth(110)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("How many batches the training line averages")
        self.smoothing.valueChanged.connect(lambda _: self._clock.request())
        row.addWidget(words)
        row.addWidget(self.smoothing)
        row.addWidget(self.axis_choice)
        return bar

    def set_experiment(self, experiment: Experiment) -> None:
        """Plan the next run with it."""
        self._experiment = experiment
        self._replan()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Plan the next run with so many images."""
        self._facts = facts
        self._replan()

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run, or what has become of it since; None: no run."""
        if history is not self._history:
            # The plan that the run began with stays under its rate, whatever is edited meanwhile.
            fresh = history is not None and not len(history.steps)
            self._plan_of_run = self._plan if fresh else None
            self._history = history
            self._fit_anew = True
        self._clock.request()

    def set_theme(self, theme: Theme) -> None:
        """Colour the chart."""
        self.chart.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what happened while nobody looked."""
        super().showEvent(event)
        self._clock.request()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, the slider goes without its name."""
        super().resizeEvent(event)
        room = self.width() > ROOM_FOR_WORDS
        self._smoothing_words.setVisible(room and self._is_smoothing_offered)

    def draw_now(self) -> None:
        """Draw without waiting for the clock, as pictures and tests need it."""
        self._draw()

    def offer_smoothing(self, offered: bool) -> None:
        """Whether the slider is there: not while something else is seen over the same axis."""
        self._is_smoothing_offered = offered
        self.smoothing.setVisible(offered)
        self._smoothing_words.setVisible(offered and self.width() > ROOM_FOR_WORDS)

    def _axis_chosen(self) -> None:
        # A part of one axis is none of another: the whole is shown again.
        self.chart.show_all()
        self._draw()

    def _places(self, x: Floats) -> dict[str, Floats]:
        """The places of the axis as step, epoch and, of a run, seconds."""
        steps = self._axis.steps_at(x)
        found = {"step": steps, "epoch": steps / self._axis.steps_per_epoch}
        if self._history is not None and len(self._history.steps) > 1:
            run = self._history
            time = RunAxis(self._axis.steps_per_epoch, "time", run.steps, run.timeline.seconds)
            found["seconds"] = time.place(steps)
        return found

    def _pressed(self) -> None:
        if self.chart.message == PRESS_TRAIN:
            self.train_requested.emit()

    def _replan(self) -> None:
        if self._experiment is not None:
            self._plan = Plan.of(self._experiment, self._facts)
            self._clock.request()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        history = self._history
        if history is None or history.started is None:
            self._show_plan(history)
        else:
            self._show_run(history)
        self.chart.redraw()

    def _show_plan(self, history: RunHistory | None) -> None:
        for band in self.chart.bands:
            for line in band.lines.values():
                line.clear()
        self.chart.marks = ()
        self.accuracy.set_range(0.0, 1.0)
        plan = self._plan
        if plan is None:
            self.chart.message, self.chart.submessage = "No experiment", "Open a folder of images."
            return
        self.chart.title = f"{self._experiment.name}, planned" if self._experiment else ""
        self._set_axis(RunAxis(plan.steps_per_epoch, self.axis_kind), plan.total_steps)
        self.chart.set_back_words("Show all")
        if history is not None and history.state in LIVE:
            self.chart.message, self.chart.submessage = "The run begins", "Preparing the engine."
        else:
            self.chart.message, self.chart.submessage = PRESS_TRAIN, plan.sentence
        self._set_references(plan.classes, plan.majority)
        self.loss.set_range(0.0, _loss_top(1.4 * math.log(max(plan.classes, 2))))
        steps, rates = plan.rates()
        self.rate.lines["planned"].set(steps, rates)
        self._fit_rate()

    def _show_run(self, history: RunHistory) -> None:
        assert history.started is not None
        self.chart.message = self.chart.submessage = ""
        per_epoch = history.started.steps_per_epoch
        self.chart.title = history.started.name
        axis = RunAxis(per_epoch, self.axis_kind, history.steps, history.timeline.seconds)
        self._set_axis(axis, max(history.total_steps, history.step))
        self.chart.set_back_words("Back to live" if history.state in LIVE else "Show all")
        self._set_references(len(history.started.class_names), history.started.majority_share)
        batches = window(self.smoothing.value() / 100, per_epoch)
        steps, ends = axis.place(history.steps), axis.place(history.epoch_steps)
        for band, batch, epoch in (
            (self.accuracy, history.accuracy, "accuracy"),
            (self.loss, history.loss, "loss"),
        ):
            band.lines["batches"].set(steps, batch)
            band.lines["training"].set(steps, smoothed(batch, batches))
            for key, curve in (("clean", "clean"), ("validation", "validation")):
                band.lines[key].set(ends, history.curve(f"{curve}_{epoch}")[1])
        penalty = history.penalty
        some = bool(len(penalty)) and bool(np.nanmax(np.abs(penalty), initial=0.0) > 0)
        self.loss.lines["penalty"].set(steps if some else (), penalty if some else ())
        self._tell_noise(history.started, batches)
        self._fit_loss(history)
        self.rate.lines["planned"].clear()
        if (plan := self._plan_ahead(history)) is not None:
            planned, rates = plan.rates()
            self.rate.lines["planned"].set(axis.place(planned), rates)
        self.rate.lines["rate"].set(steps, history.learning_rate)
        self._fit_rate()
        self.chart.marks = moments(history, axis)

    def _tell_noise(self, begun: RunStarted, batches: int) -> None:
        """Under the crosshair an accuracy says how much it is worth: `63 ± 2 %`."""
        for key, images in (
            ("training", batches * begun.batch_size),
            ("clean", clean_images(begun.training_images)),
            ("validation", begun.validation_images),
        ):
            self.accuracy.lines[key].words = partial(_noisy_share, images=images)

    def _plan_ahead(self, history: RunHistory) -> Plan | None:
        """The plan of what is still to come: the run's own, or one whose rates are those so far."""
        if history.state not in LIVE:
            return None
        begun, now = self._plan_of_run, self._plan
        if begun is not None and begun.total_steps == history.total_steps:
            return begun
        return now if now is not None and now.is_followed_by(history) else None

    @property
    def axis_kind(self) -> AxisKind:
        """What the axis counts."""
        kind: AxisKind = self.axis_choice.currentData()
        return kind

    def _set_axis(self, axis: RunAxis, total: int) -> None:
        self._axis = axis
        self.chart.axis_captions = axis.captions
        self.chart.ticks_of, self.chart.words_at = axis.ticks, axis.words
        self.chart.set_span(0.0, float(axis.place(max(total, 1))))

    def _set_references(self, classes: int, majority: float) -> None:
        if classes < 2:
            self.accuracy.references = self.loss.references = ()
            return
        chance = 1.0 / classes
        references = [Reference(chance, f"chance {share_words(chance)}")]
        if majority > chance + 0.02:
            references.append(Reference(majority, f"majority {share_words(majority)}"))
        self.accuracy.references = tuple(references)
        guess = math.log(classes)
        self.loss.references = (Reference(guess, f"guessing {guess:.2f}"),)

    def _fit_loss(self, history: RunHistory) -> None:
        """High enough for all but single wild batches; lower only when much would be empty."""
        tops = [1.2 * math.log(max(len(history.started.class_names), 2))] if history.started else []
        for values, share in (
            (history.loss, 0.99),
            (history.curve("training_loss")[1], 1.0),
            (history.curve("clean_loss")[1], 1.0),
            (history.curve("validation_loss")[1], 0.9),
        ):
            known = values[np.isfinite(values)]
            if len(known):
                tops.append(float(np.quantile(known, share)))
        top = _loss_top(max(tops, default=1.0))
        # A run that has ended looks like its replay, whatever it looked like on the way.
        fit = self._fit_anew or history.state not in LIVE
        if fit or top > self.loss.high or top < 0.4 * self.loss.high:
            self._fit_anew = False
            self.loss.set_range(0.0, top)

    def _fit_rate(self) -> None:
        known = [
            float(np.max(line.y[np.isfinite(line.y)], initial=0.0))
            for line in self.rate.lines.values()
        ]
        top = max(known)
        self.rate.set_range(0.0, 1.12 * top if top > 0 else 1.0)


def _noisy_share(share: float, images: int) -> str:
    return " ".join(with_noise(share, images))


def _loss_top(value: float) -> float:
    """A round upper end not far above `value`."""
    unit = round_up(value) / 10
    return ticks(0.0, math.ceil(value / unit) * unit + 1e-9, 1000)[-1] if value > 0 else 1.0
