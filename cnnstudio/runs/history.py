"""What a run's events add up to: its curves as arrays, its state, its findings."""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnstudio.runs.columns import Columns
from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    Extended,
    FindingRaised,
    LayerStatistics,
    LogLine,
    Paused,
    PhaseChanged,
    PredictionsMade,
    Resumed,
    RunFinished,
    RunStarted,
    Scores,
)
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.layer_columns import LayerColumns
from cnnstudio.runs.timeline import Timeline

State = Literal["new", "running", "paused", "completed", "canceled", "errored", "lost"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BATCH_CURVES = ("loss", "accuracy", "penalty", "learning_rate")
EPOCH_CURVES = (
    "training_loss",
    "training_accuracy",
    "validation_loss",
    "validation_accuracy",
    "clean_loss",
    "clean_accuracy",
    "epoch_penalty",
    "epoch_learning_rate",
    "images_per_second",
    "seconds",
)


class RunHistory:
    """Folds the events of one training run, in order; live and replayed runs alike.

    `state` is "new" before the first event, "running" until the last word (or "paused", while it
    holds), then its reason, or "lost" when somebody who knows that the worker is gone says so with
    `lose`. `paused` says why it holds; `epochs_planned` is the total, extensions included.
    """

    def __init__(self) -> None:
        self.state: State = "new"
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.paused: Paused | None = None
        self.epochs_planned = 0
        self.phase: PhaseChanged | None = None
        self.findings: list[Finding] = []
        self.checkpoints: list[CheckpointSaved] = []
        self.log: list[LogLine] = []
        self.epoch_events: list[EpochEnded] = []
        self.predictions: list[PredictionsMade] = []
        self.timeline = Timeline()
        self.layers = LayerColumns()
        self._batches = Columns(BATCH_CURVES)
        self._epochs = Columns(EPOCH_CURVES)
        self._epoch_steps = Columns(())
        self._first: BatchEnded | None = None
        self._last: BatchEnded | None = None

    def add(self, event: Event) -> None:
        """Takes in the next event; kinds that do not concern training are ignored."""
        self.timeline.add(event)
        match event:
            case RunStarted():
                self.state, self.started, self.finished = "running", event, None
                self.paused, self.epochs_planned = None, event.epochs
                self._first = self._last = None
            case PhaseChanged():
                self.state, self.phase, self.paused = "running", event, None
            case BatchEnded():
                self.state = "running"
                self._first, self._last = self._first or event, event
                self._batches.append(
                    event.step, (event.loss, event.accuracy, event.penalty, event.learning_rate)
                )
            case EpochEnded():
                self._add_epoch(event)
            case PredictionsMade():
                self.predictions = [p for p in self.predictions if p.epoch < event.epoch]
                self.predictions.append(event)
            case LayerStatistics():
                self.layers.add(event)
            case Paused():
                self.state, self.paused = "paused", event
            case Resumed():
                self.state, self.paused = "running", None
                # The pace is measured anew: the pause was no work.
                self._first = None
            case Extended():
                self.epochs_planned = event.epochs
            case CheckpointSaved():
                self.checkpoints.append(event)
            case LogLine():
                self.log.append(event)
            case FindingRaised():
                self.findings.append(event.finding)
            case RunFinished():
                self.state, self.finished, self.paused = event.reason, event, None
            case _:
                pass

    def lose(self) -> None:
        """Says that the worker is gone; a run without a last word becomes "lost"."""
        if self.state in ("running", "paused"):
            self.state, self.paused = "lost", None

    def _add_epoch(self, event: EpochEnded) -> None:
        nothing = Scores(loss=math.nan, accuracy=math.nan)
        validation, clean = event.validation or nothing, event.clean_training or nothing
        # A resumed run tells the epochs after its checkpoint a second time.
        self.epoch_events = [e for e in self.epoch_events if e.epoch < event.epoch]
        self.epoch_events.append(event)
        self._epoch_steps.append(event.step, ())
        self._epochs.append(
            event.epoch,
            (
                event.training.loss,
                event.training.accuracy,
                validation.loss,
                validation.accuracy,
                clean.loss,
                clean.accuracy,
                event.penalty,
                event.learning_rate,
                event.images_per_second,
                event.seconds,
            ),
        )

    @property
    def steps(self) -> Integers:
        """int64[n]: the steps of `curve` of the batch curves, from 1."""
        return self._batches.positions()

    @property
    def epochs(self) -> Integers:
        """int64[m]: the finished epochs, from 1."""
        return self._epochs.positions()

    @property
    def epoch_steps(self) -> Integers:
        """int64[m]: the last step of each finished epoch, where its numbers belong on a curve."""
        return self._epoch_steps.positions()

    @property
    def loss(self) -> Floats:
        """float64[n]: the loss of each batch, penalty included."""
        return self._batches.column("loss")

    @property
    def accuracy(self) -> Floats:
        """float64[n]: the accuracy 0..1 of each batch."""
        return self._batches.column("accuracy")

    @property
    def penalty(self) -> Floats:
        """float64[n]: the regularization's part of the loss."""
        return self._batches.column("penalty")

    @property
    def learning_rate(self) -> Floats:
        """float64[n]: the rate of each step."""
        return self._batches.column("learning_rate")

    def curve(self, name: str) -> tuple[Integers, Floats]:
        """Steps and values of one of `BATCH_CURVES` or `EPOCH_CURVES`; NaN = not measured.

        Raises `KeyError` for another name.
        """
        if name in BATCH_CURVES:
            return self.steps, self._batches.column(name)
        return self.epoch_steps, self._epochs.column(name)

    @property
    def chance(self) -> float | None:
        """The accuracy of guessing, 1 / classes; None before the run has started."""
        if self.started is None or not self.started.class_names:
            return None
        return 1.0 / len(self.started.class_names)

    @property
    def total_steps(self) -> int:
        """The steps of the whole run, 0 before it has started."""
        return self.epochs_planned * self.started.steps_per_epoch if self.started else 0

    @property
    def step(self) -> int:
        """The last step, 0 before the first."""
        return int(self.steps[-1]) if len(self._batches) else 0

    @property
    def epoch(self) -> int:
        """The epoch in which the run is or ended, from 1; 0 before the first."""
        if self._last is not None:
            return self._last.epoch
        return int(self.epochs[-1]) if len(self._epochs) else 0

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights are kept as the best."""
        if self.finished is not None and self.finished.best_epoch is not None:
            return self.finished.best_epoch
        best = [saved.epoch for saved in self.checkpoints if saved.best]
        return best[-1] if best else None

    @property
    def kept_epoch(self) -> int | None:
        """The epoch whose weights are exported: the best one, or else the last; None before one."""
        if self.best_epoch is not None and self.best_epoch in self.epochs:
            return self.best_epoch
        return int(self.epochs[-1]) if len(self._epochs) else None

    def at_epoch(self, name: str, epoch: int | None) -> float | None:
        """The value of an epoch curve after `epoch`; None where it was not measured."""
        if epoch is None or epoch not in self.epochs:
            return None
        value = float(self.curve(name)[1][self.epochs.tolist().index(epoch)])
        return None if np.isnan(value) else value

    @property
    def confusion(self) -> Integers | None:
        """int64[classes, classes] of the last measured epoch: true rows, predicted columns."""
        for event in reversed(self.epoch_events):
            if event.confusion is not None:
                return np.array(event.confusion, dtype=np.int64)
        return None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far, validation included; None if unknown."""
        first, last = self._first, self._last
        if self.state != "running" or first is None or last is None or last.step <= first.step:
            return None
        pace = (last.time - first.time) / (last.step - first.step)
        return max(self.total_steps - last.step, 0) * pace

    def latest(self, name: str) -> float | None:
        """The last measured value of a curve; None when there is none."""
        values = self.curve(name)[1]
        measured = values[~np.isnan(values)]
        return float(measured[-1]) if len(measured) else None
