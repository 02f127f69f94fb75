"""An experiment as the rules see it: with its facts, its walked network and the run's length."""

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from cnnstudio.data.health.report import HealthReport
from cnnstudio.doctor.network import Reading
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.optimizers import SGD, RMSprop
from cnnstudio.spec.plan import steps_per_epoch, total_steps
from cnnstudio.spec.schedules import Rates

MOST_RATES = 4000


@dataclass(frozen=True)
class Case:
    """What every rule is given.

    `facts` is None while the folder of images is not yet read, `health` until it was checked.
    """

    experiment: Experiment
    facts: DatasetFacts | None = None
    health: HealthReport | None = None

    @cached_property
    def reading(self) -> Reading:
        """The walked network."""
        return Reading(self.experiment)

    @property
    def classes(self) -> int:
        """How many classes there are, by the images or else by the network's output; at least 2."""
        if self.facts is not None and self.facts.class_names:
            return max(2, len(self.facts.class_names))
        shape = self.reading.network.output_shape
        return max(2, shape[0]) if shape is not None and len(shape) == 1 else 2

    @property
    def chance_loss(self) -> float:
        """Cross-entropy of blind guessing, ln(classes)."""
        return log(self.classes)

    @property
    def training_images(self) -> int | None:
        """Images to train on, None when unknown or none."""
        return (self.facts.images("train") or None) if self.facts is not None else None

    @property
    def epoch_steps(self) -> int | None:
        """Steps of an epoch, None when the images are unknown."""
        if self.training_images is None:
            return None
        return steps_per_epoch(self.training_images, self.experiment.dataset.batch_size)

    @property
    def steps(self) -> int | None:
        """Steps of the whole run, None when the images are unknown."""
        if self.training_images is None:
            return None
        return total_steps(self.experiment, self.training_images)

    @cached_property
    def rates(self) -> Rates | None:
        """Learning rates along the run, float64[n] at equal distances; None without its length."""
        if self.steps is None:
            return None
        schedule = self.experiment.training.optimizer.learning_rate.resolved(self.steps)
        at = np.linspace(0, self.steps - 1, min(self.steps, MOST_RATES)).astype(np.int64)
        return schedule.value(at)

    @property
    def rate_sum(self) -> float | None:
        """The sum of the learning rates of all steps."""
        if self.rates is None or self.steps is None:
            return None
        return float(self.rates.mean()) * self.steps

    @property
    def momentum(self) -> float:
        """The optimizer's momentum where it lengthens steps (SGD, RMSprop), otherwise 0."""
        optimizer = self.experiment.training.optimizer
        return optimizer.momentum if isinstance(optimizer, SGD | RMSprop) else 0.0

    @cached_property
    def active_operations(self) -> tuple[tuple[int, Operation], ...]:
        """Augmentation operations that change images, with their places in the list."""
        operations = self.experiment.augmentation.operations
        return tuple((i, o) for i, o in enumerate(operations) if o.enabled and not o.idle)
