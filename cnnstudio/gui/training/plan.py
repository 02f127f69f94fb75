"""What a run would be before it starts: its length and rates, in numbers and words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.plan import duration_words, seconds, steps_per_epoch
from cnnstudio.spec.schedules import Schedule

ASSUMED_STEPS = 50
"""Steps in an epoch while the images are not counted: something to draw a curve over."""
POINTS = 800


@dataclass(frozen=True, slots=True)
class Plan:
    """A run as planned. `counted` says that the number of images is known, not assumed."""

    schedule: Schedule
    epochs: int
    steps_per_epoch: int
    batch_size: int
    images: int
    classes: int
    majority: float
    seconds: float
    counted: bool

    @classmethod
    def of(cls, experiment: Experiment, facts: DatasetFacts | None) -> Plan:
        """The run of this experiment on these images."""
        images = facts.images("train") if facts is not None else 0
        batch = experiment.dataset.batch_size
        epochs = experiment.training.epochs
        each = steps_per_epoch(images, batch) if images else ASSUMED_STEPS
        return cls(
            schedule=experiment.training.optimizer.learning_rate.resolved(epochs * each),
            epochs=epochs,
            steps_per_epoch=each,
            batch_size=batch,
            images=images,
            classes=len(facts.class_names) if facts is not None else 0,
            majority=facts.majority("train") if facts is not None else 0.0,
            seconds=seconds(experiment, facts) if facts is not None and images else 0.0,
            counted=images > 0,
        )

    def is_followed_by(self, history: RunHistory) -> bool:
        """Whether that run is as long as this plan, and its rates so far are the planned ones."""
        begun = history.started
        if begun is None or begun.steps_per_epoch != self.steps_per_epoch:
            return False
        if history.total_steps != self.total_steps:
            return False
        planned = self.schedule.value(history.steps - 1)
        return bool(np.allclose(planned, history.learning_rate, rtol=1e-3, atol=0.0))

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return self.epochs * self.steps_per_epoch

    @property
    def sentence(self) -> str:
        """`20 epochs of 66 steps, about 4 minutes.`"""
        if not self.counted:
            return f"{_many(self.epochs, 'epoch')}; the images are not counted yet."
        steps = _many(self.steps_per_epoch, "step")
        length = f"{_many(self.epochs, 'epoch')} of {steps}"
        return f"{length}, {duration_words(self.seconds)} on this computer's processor."

    @property
    def short_sentence(self) -> str:
        """`66 steps an epoch, 1,320 in all.`"""
        if not self.counted:
            return "The images are not counted yet."
        return f"{_many(self.steps_per_epoch, 'step')} an epoch, {self.total_steps:,} in all."

    def rates(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps from 1 (at most `POINTS`, all corners included) and their learning rates."""
        total = self.total_steps
        # Steps count from 0 where rates are made, from 1 where people read them.
        steps = np.unique(np.linspace(0, total - 1, min(total, POINTS)).astype(np.int64))
        corners = [
            place
            for corner in self._corners()
            for place in (corner - 1, corner, corner + 1)
            if 0 <= place < total
        ]
        steps = np.union1d(steps, np.array(corners, dtype=np.int64))
        return steps + 1, self.schedule.value(steps)

    def _corners(self) -> list[int]:
        """Where the curve may jump: drawing it through every n-th step would blur that."""
        schedule = self.schedule
        corners = [*getattr(schedule, "boundaries", ()), getattr(schedule, "warmup_steps", 0)]
        if getattr(schedule, "staircase", False):
            length = getattr(schedule, "decay_steps", None) or self.total_steps
            corners += [length * i for i in range(1, min(200, self.total_steps // length) + 1)]
        return corners


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
