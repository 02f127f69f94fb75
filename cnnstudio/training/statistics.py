"""How each layer fares while it trains: gradients, updates, dead and saturated units, sampled.

The compiled step gives out the gradients it used, which costs nothing; all else is computed beside
it, in steps that a strict allowance picks. Nothing here changes what is trained.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from cnnstudio.data.cache import PartPixels
from cnnstudio.runs.events import LayerStatistics, LayerValues
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training import clean
from cnnstudio.training.activity import Activity, ActivityMeter, activation
from cnnstudio.training.build import Network
from cnnstudio.training.engine import tf

UPDATES_SHARE, ACTIVITY_SHARE = 0.015, 0.015
"""Of the time trained so far that reading gradients and weights, and looking at what layers put
out, may take: 3 % together."""
IMAGES = 32
"""Fixed training images whose outputs are looked at: one batch of a validation."""
REST = 0.5
"""Seconds of training between two samples at least."""
_SAMPLES = 400  # after so many times REST they become rarer, so that a long run stays short to tell


class StepGradients(NamedTuple):
    """The gradients of one step, one for each trainable variable (None: it has none).

    They are multiplied by `scale`, which is 1 unless the loss is scaled for half precision.
    """

    scale: Any
    values: list[Any]


@contextmanager
def recorded(optimizer: Any) -> Iterator[list[StepGradients]]:
    """Keeps what `optimizer.apply` is given within the block, before it clips or unscales.

    Where several devices share a batch, each has but a part of the gradients: nothing is kept.
    """
    kept: list[StepGradients] = []
    plain = optimizer.apply

    def apply(gradients: Sequence[Any], variables: Any = None) -> None:
        if not tf.distribute.has_strategy():
            scale = getattr(optimizer, "dynamic_scale", None)
            one = tf.ones(()) if scale is None else tf.convert_to_tensor(scale)
            kept.append(StepGradients(one, list(gradients)))
        plain(gradients, variables)

    # Not by setattr: Keras would track it as part of the optimizer.
    vars(optimizer)["apply"] = apply
    try:
        yield kept
    finally:
        del vars(optimizer)["apply"]


class Allowance:
    """Says when something may be measured again: all of it together stays a small share of time.

    `share` is that of the seconds trained, `rest` the least seconds between two measurements, and
    `guess` what one is taken to cost before the first.
    """

    def __init__(self, share: float, rest: float = REST, guess: float = 0.005) -> None:
        self._share = share
        self._rest = rest
        self._expected = guess
        self._last = -math.inf
        self.spent = 0.0

    def allows(self, trained: float, anyway: bool = False) -> bool:
        """Whether to measure after so many seconds of training; `anyway`: without a rest."""
        if self.spent + self._expected > self._share * trained:
            return False
        return anyway or trained - self._last >= max(self._rest, trained / _SAMPLES)

    def charge(self, seconds: float, trained: float) -> None:
        """A measurement that was allowed after so many seconds of training took so long."""
        self.spent += seconds
        self._expected = (self._expected + seconds) / 2
        self._last = trained


class LayerSampler:
    """Picks steps and tells how the layers fared in them.

    Before each step ask `begin`, and give `sample` the gradients of a step that was picked. Where
    there were none, no other step is picked.
    """

    def __init__(self, network: Network, experiment: Experiment, part: PartPixels) -> None:
        self._layers = [
            layer for layer in network.layers if layer.trainable_variables or activation(layer)
        ]
        self._updates = Updates(network)
        self._batch = experiment.dataset.batch_size
        self._meter = ActivityMeter(network, clean.sample(part, experiment.training.seed, IMAGES))
        self._before: list[Any] = []
        self._trained = self._picked = 0.0
        self._steps = 0
        self._looks = self._waits = False
        self._spent = 0.0
        self.updates = Allowance(UPDATES_SHARE)
        self.activity: Allowance | None = None
        """What looking at outputs may cost; None until a step was timed."""

    @property
    def images(self) -> tuple[str, ...]:
        """The keys of the images whose outputs are looked at."""
        return self._meter.keys

    def trained(self, seconds: float) -> None:
        """A step took so long."""
        self._trained += seconds
        self._steps += 1

    def begin(self, last: bool) -> bool:
        """Whether the next step is picked; `last`: it is the last one of its epoch."""
        if self._waits or not self.updates.allows(self._trained, last):
            return False
        self._waits = True
        began = time.perf_counter()
        self._picked = self._trained
        if self.activity is None:
            self.activity = Allowance(ACTIVITY_SHARE, guess=self._guess())
        self._looks = self.activity.allows(self._trained, last)
        self._before = self._updates.weights()
        self._spent = time.perf_counter() - began
        return True

    def sample(self, epoch: int, step: int, gradients: StepGradients) -> LayerStatistics:
        """What a step did; without `begin` before it, as much as can still be said of it.

        What layers put out is that after the step.
        """
        began = time.perf_counter()
        before, self._before = self._before, []
        updates = self._updates.measure(gradients, before)
        self.updates.charge(self._spent + time.perf_counter() - began, self._picked)
        began = time.perf_counter()
        looks, self._looks, self._waits, self._spent = self._looks, False, False, 0.0
        seen = self._meter.measure() if looks else {}
        if looks and self.activity is not None:
            self.activity.charge(time.perf_counter() - began, self._picked)
        layers = []
        for layer in self._layers:
            name = layer.name
            gradient, weight, ratio = updates.get(name, (None, None, None))
            acts = seen.get(name, Activity())
            layers.append(
                LayerValues(
                    name=name,
                    kind=type(layer).__name__,
                    gradient=_short(gradient),
                    weight=_short(weight),
                    update_ratio=_short(ratio),
                    dead=_short(acts.dead),
                    saturated=_short(acts.saturated),
                )
            )
        return LayerStatistics(epoch=epoch, step=step, layers=tuple(layers))

    def _guess(self) -> float:
        """Seconds of the first look: a step goes forward and twice as far back."""
        step = self._trained / max(self._steps, 1)
        return max(0.1, step * IMAGES / (2 * self._batch))


class Updates:
    """Norms of gradients, weights and changes of weights, by layer.

    One by one, not compiled: to compile these few sums would cost as much as a hundred samples.
    """

    def __init__(self, network: Network) -> None:
        self._variables = list(network.trainable_variables)
        order = {id(variable): index for index, variable in enumerate(self._variables)}
        self._own = {
            layer.name: [order[id(variable)] for variable in layer.trainable_variables]
            for layer in network.layers
            if layer.trainable_variables
        }

    def weights(self) -> list[Any]:
        """The weights as they are now: a step writes what somebody holds into other memory."""
        return [variable.value.read_value() for variable in self._variables]

    def measure(
        self, gradients: StepGradients, before: list[Any]
    ) -> dict[str, tuple[float | None, float, float | None]]:
        """Of each layer the norm of its gradient and of its weights, and its update ratio.

        Norms below about 1e-19 are 0, above 1e19 infinite. `before` are the weights before the
        step, empty where nobody kept them: then the norm is that of the weights now, and there is
        no ratio, as there is none to weights of norm 0.
        """
        now, scale = self.weights(), float(gradients.scale)
        told = {}
        for name, own in self._own.items():
            known = [gradients.values[i] for i in own if gradients.values[i] is not None]
            weight = _norm([(before or now)[i] for i in own])
            ratio = None
            if before and weight != 0:
                ratio = _norm([now[i] - before[i] for i in own]) / weight
            told[name] = (_norm(known) / scale if known else None, weight, ratio)
        return told


def _norm(tensors: list[Any]) -> float:
    """Euclidean norm of all values together."""
    return math.sqrt(sum(2.0 * float(tf.nn.l2_loss(tensor).numpy()) for tensor in tensors))


def _short(value: float | None) -> float | None:
    """Four figures: more would only make the lines of a run long."""
    return None if value is None else float(f"{value:.4g}")
