"""The training loop as a generator of events: pausing is not pulling, cancelling is closing.

One compiled step around Keras's own `train_step`, so the weights are those that `fit` would give.
Metrics are reset inside the step: its values are the batch's own, and the epoch is summed here.
"""

import math
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.runs.events import BatchEnded, EpochEnded, Event, LogLine, PhaseChanged, Scores
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.plan import total_steps
from cnnstudio.training import clean
from cnnstudio.training.build import Network, target
from cnnstudio.training.compiled import compiled, note
from cnnstudio.training.dataset import TrainingData, class_weights, training_batches
from cnnstudio.training.engine import tf
from cnnstudio.training.evaluate import Evaluator
from cnnstudio.training.examples import Examples
from cnnstudio.training.progress import Progress, Sums
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.statistics import LayerSampler, StepGradients, recorded


class Diverged(Exception):
    """The loss of a batch is no number any more; `rate` is the learning rate of that step."""

    def __init__(self, epoch: int, step: int, rate: float) -> None:
        super().__init__(f"loss not finite in step {step}")
        self.epoch, self.step, self.rate = epoch, step, rate


class TrainingStep:
    """One compiled step of training: (loss, accuracy, penalty) of the batch it was given."""

    def __init__(
        self,
        network: Network,
        experiment: Experiment,
        classes: int,
        weights: Any = None,
    ) -> None:
        _make_variables(network, experiment, classes)

        mixes = SampleMaker(experiment).mixes
        images = tf.TensorSpec([None, *experiment.input_shape], tf.uint8)
        labels, shares = tf.TensorSpec([None], tf.int64), tf.TensorSpec([None], tf.float32)
        mixed = [labels, shares] if mixes else []
        constant = None if weights is None else tf.constant(weights, tf.float32)

        @tf.function(input_signature=[images, labels, *mixed])
        def step(images: Any, labels: Any, *mixed: Any) -> Any:
            network.reset_metrics()
            batch, judged = _targets(form, constant, labels, *mixed)
            network.judged = judged
            with recorded(network.optimizer) as used:
                logs = network.train_step((images, *batch))
            network.judged = None
            # One tensor, so that one read fetches all there is to tell of every step.
            return tf.stack([logs["loss"], logs["accuracy"], network.penalty()]), used

        def form(labels: Any) -> Any:
            return target(labels, experiment, classes)

        self._step = step
        self._network, self._experiment = network, experiment
        self._compiled: Any = None
        self._mixes = mixes
        self.keeps_gradients = False
        """Whether `gradients` shall be known after the next steps."""
        self.gradients: StepGradients | None = None
        """Those of the last step, if wanted, or if its loss is no number."""

    def __call__(
        self, images: Any, labels: Any, partners: Any = None, shares: Any = None
    ) -> tuple[float, float, float]:
        """Train on a batch; `partners` and `shares` as in `Batch`, None where nothing is mixed."""
        if self._compiled is None:
            self._compiled = compiled(self._step, self._network, self._experiment)
        mixed = (partners, shares) if self._mixes else ()
        # Called directly: to match the arguments with the signature anew costs each step 0.1 ms.
        given = [tf.constant(part) for part in (images, labels, *mixed)]
        numbers, used = self._compiled(*given)
        loss, accuracy, penalty = numbers.numpy().tolist()
        # Kept beyond their step they take as much memory as the weights.
        kept = self.keeps_gradients or not math.isfinite(loss)
        self.gradients = used[0] if kept and used else None
        return loss, accuracy, penalty

    @property
    def note(self) -> str:
        """Why the steps go without the XLA that was asked for; empty otherwise."""
        return note(self._compiled)


def _targets(form: Callable[[Any], Any], weights: Any, labels: Any, *mixed: Any) -> Any:
    """(targets, or targets and weights of the images), and the targets of the accuracy if others.

    A mixture of a and b by the share s has the loss s · weight(a) · loss(a) + (1 − s) · weight(b)
    · loss(b), and counts as the class of its larger share.
    """
    own = form(labels)
    if not mixed:
        return (own,) if weights is None else (own, tf.gather(weights, labels)), None
    partners, shares = mixed
    judged = form(tf.where(shares >= 0.5, labels, partners))
    whole = None
    if weights is not None:
        part = shares * tf.gather(weights, labels)
        whole = part + (1.0 - shares) * tf.gather(weights, partners)
        shares = tf.math.divide_no_nan(part, whole)
    shares = tf.reshape(shares, [-1] + [1] * (len(own.shape) - 1))
    blend = shares * own + (1.0 - shares) * form(partners)
    return (blend,) if whole is None else (blend, whole), judged


class Loop:
    """Trains a network from where `progress` stands to the last epoch, and keeps `progress` true.

    `table` is the schedule object inside the network's optimizer.
    """

    def __init__(
        self,
        network: Network,
        table: RateTable,
        experiment: Experiment,
        data: TrainingData,
        progress: Progress,
    ) -> None:
        self.network = network
        self.progress = progress
        self._table = table
        self._experiment = experiment
        self._data = data
        self._batches: Batches = training_batches(experiment, data.train)
        whole = total_steps(experiment, len(data.train))
        self._schedule = experiment.training.optimizer.learning_rate.resolved(whole)
        self._step = TrainingStep(
            network, experiment, data.classes, class_weights(experiment, data)
        )
        self._evaluator = Evaluator(network, experiment, data.classes)
        self._examples = Examples(data.validation, experiment.training.seed)
        self._clean_part = clean.epoch_sample(data.train, experiment.training.seed)
        self._clean = clean.CleanEvaluator(network, experiment, data.classes, len(self._clean_part))
        self.sampler = LayerSampler(network, experiment, data.train)
        self._traced = False
        self._planned = rates(self._schedule, 0, 1)

    def extend(self, experiment: Experiment) -> None:
        """Goes on to the epochs of `experiment`, which is the same otherwise.

        A schedule that lasts as long as the run is stretched: from the next step on the rates are
        those of a run that was planned that long.
        """
        self._experiment = experiment
        whole = total_steps(experiment, len(self._data.train))
        self._schedule = experiment.training.optimizer.learning_rate.resolved(whole)
        self._plan()

    def _plan(self) -> None:
        """Puts the rates of the epoch under way in place."""
        steps = len(self._batches)
        self._planned = rates(self._schedule, self.progress.epoch * steps, steps)
        self._table.load(self._planned, self.progress.step - self.progress.batch)

    def events(self) -> Generator[Event | None, None, None]:
        """What happens, in order; None is a place to pause or stop where nothing is to be told.

        Raises:
            Diverged: the loss is no number any more; the weights are worth nothing then.
        """
        try:
            while self.progress.epoch < self._experiment.training.epochs:
                yield from self._epoch()
        finally:
            self._batches.close()

    def _epoch(self) -> Iterator[Event | None]:
        progress, epoch = self.progress, self.progress.epoch + 1
        self._plan()
        yield PhaseChanged(phase="training" if self._traced else "tracing")
        batches = self._batches.epoch(progress.epoch, progress.batch)
        try:
            before = time.perf_counter()
            for batch in batches:
                images = len(batch.labels)
                is_last = progress.batch + 1 == len(self._batches)
                self._step.keeps_gradients = self.sampler.begin(is_last)
                loss, accuracy, penalty = self._step(*batch)
                progress.sums.add(images, loss, accuracy, penalty)
                rate = float(self._planned[progress.batch])
                progress.batch += 1
                progress.step += 1
                if self._traced:
                    took = time.perf_counter() - before
                    progress.sums.seconds += took
                    progress.sums.timed_images += images
                    self.sampler.trained(took)
                yield BatchEnded(
                    epoch=epoch,
                    step=progress.step,
                    loss=loss,
                    accuracy=accuracy,
                    penalty=penalty,
                    learning_rate=rate,
                )
                if self._step.gradients is not None:
                    yield self.sampler.sample(epoch, progress.step, self._step.gradients)
                if not math.isfinite(loss):
                    raise Diverged(epoch, progress.step, rate)
                if not self._traced:
                    self._traced = True
                    if self._step.note:
                        yield LogLine(level="warning", text=self._step.note)
                    yield PhaseChanged(phase="training")
                before = time.perf_counter()
        finally:
            batches.close()
        yield from self._finish(float(self._planned[-1]))

    def _finish(self, rate: float) -> Iterator[Event | None]:
        """Measures at the end of an epoch, and tells it."""
        began = time.perf_counter()
        progress, sums, validation = self.progress, self.progress.sums, self._data.validation
        measured = None
        if len(validation):
            yield PhaseChanged(phase="validating", total=len(validation))
            for _ in (steps := _Returning(self._evaluator.steps(validation))):
                yield None
            measured = steps.value
            # Before the epoch counts as done: whoever stops here has it measured again.
            yield self._examples.judged(progress.epoch + 1, progress.step, measured)
        for _ in (steps := _Returning(self._clean.steps(self._clean_part))):
            yield None
        cleaned = steps.value.scores
        training = Scores(loss=sums.loss / sums.images, accuracy=sums.correct / sums.images)
        watched = {"training_loss": training.loss, "training_accuracy": training.accuracy}
        if measured is not None:
            watched["validation_loss"] = measured.scores.loss
            watched["validation_accuracy"] = measured.scores.accuracy
        progress.watch(watched)
        progress.epoch += 1
        progress.batch = 0
        progress.sums = Sums()
        yield EpochEnded(
            epoch=progress.epoch,
            step=progress.step,
            seconds=sums.seconds + time.perf_counter() - began,
            images_per_second=sums.timed_images / sums.seconds if sums.seconds else 0.0,
            training=training,
            validation=None if measured is None else measured.scores,
            clean_training=cleaned,
            penalty=sums.penalty / sums.images,
            learning_rate=rate,
            confusion=None if measured is None else measured.confusion(self._data.classes),
        )


class _Returning:
    """Iterates over a generator and keeps what it returns."""

    def __init__(self, steps: Any) -> None:
        self._steps = steps
        self.value: Any = None

    def __iter__(self) -> Iterator[int]:
        self.value = yield from self._steps


def _make_variables(network: Network, experiment: Experiment, classes: int) -> None:
    """Makes the variables of optimizer and metrics now: made while tracing, they are not reset."""
    network.optimizer.build(network.trainable_variables)
    labels = target(tf.zeros([1], tf.int64), experiment, classes)
    outputs = np.zeros((1, *network.output_shape[1:]), np.float32)
    network.compute_metrics(None, labels, outputs)
    network.reset_metrics()
