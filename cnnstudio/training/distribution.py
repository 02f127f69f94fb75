"""One batch shared between all devices, with the step that one device would have made.

Each device gets its slice of the batch and weighs it by its share of the images, so that the sum
over the devices is the loss, and the gradient, of the whole batch; also where the images do not
divide evenly. Keras's own way takes equal slices for granted, and shortens a long gradient before
the devices' gradients are added up.
"""

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, PixelStatistics, build
from cnnstudio.training.engine import Device, device, devices, keras, tf
from cnnstudio.training.schedule import RateTable


@dataclass(frozen=True, slots=True)
class Chosen:
    """The devices of a run: their names for TensorFlow, and what people are told of them.

    `reason` says why it is one device where all were asked for; empty otherwise.
    """

    names: tuple[str, ...]
    device: Device
    reason: str = ""


def choose(experiment: Experiment) -> Chosen:
    """The devices that `training.devices` asks for, as far as there are any and they have work."""
    one = device()
    if experiment.training.devices == "one":
        return Chosen((), one)
    found = devices()
    if len(found) < 2:
        reason = f"All devices were asked for, but there is one only. {one.note}"
        return Chosen((), Device(one.name, reason), reason)
    size = experiment.dataset.batch_size
    if size < 2:
        reason = "A batch of one image cannot be shared: one device trains, though all are chosen."
        return Chosen((), Device(one.name, reason), reason)
    used = found[:size]
    kinds = list(dict.fromkeys(item.kind for item in used))
    counted = [f"{sum(item.kind == kind for item in used)} × {kind}" for kind in kinds]
    name = " + ".join(counted)
    note = f"Each batch is shared between {len(used)} devices: {name}."
    return Chosen(tuple(item.name for item in used), Device(name, note))


def build_on(
    chosen: Chosen,
    experiment: Experiment,
    rates: RateTable,
    statistics: PixelStatistics | None = None,
) -> Network:
    """The compiled network as `build` gives it, on one device or shared by several."""
    if not chosen.names:
        return build(experiment, rates, statistics)
    strategy = _strategy(chosen.names)
    with strategy.scope():
        network: Any = build(experiment, rates, statistics, SharedNetwork)
        network.optimizer.build(network.trainable_variables)
    network.share(strategy, chosen.names[0])
    shared: Network = network
    return shared


@functools.cache
def _strategy(names: tuple[str, ...]) -> Any:
    """TensorFlow's strategy, one in a process: those of two would mix up what they add up."""
    return tf.distribute.MirroredStrategy(list(names))


class _Noted(threading.local):
    """The activity penalties of a forward pass, for each thread its own.

    The devices' passes are traced in a thread each, in turns: in the layers, where Keras keeps
    them, those of one device would take the place of another's.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []


class SharedNetwork(Network):
    """A network whose variables every device has, and whose batches they share."""

    shared = True

    def share(self, strategy: Any, first: str) -> None:
        """Makes the built network one of `strategy`; batches arrive on the device `first`."""
        self._strategy, self._first = strategy, first
        self._noted = _Noted()
        for layer in self.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True
            if layer.activity_regularizer is not None:
                layer.add_loss = self._noting(layer.add_loss)
            generator = getattr(layer, "seed_generator", None)
            if generator is not None:
                generator.next = _own_draws(generator.next)
        inner: Any = getattr(self.optimizer, "inner_optimizer", self.optimizer)
        # It is handed gradients that are added up already: they are shortened as a whole.
        inner._all_reduce_sum_gradients = list

    @property
    def losses(self) -> Any:
        """The penalties of the last forward pass in this thread, then those of the weights."""
        return [*self._noted.values, *super().losses]

    def spread(self, forward: Callable[[Any], Any], images: Any) -> Any:
        """The outputs of `forward` for a batch, each device computing its slice."""

        def part(images: Any) -> tuple[Any, Any]:
            piece = _Slice(images, self._strategy, self._first)
            self._noted.values = []
            outputs = forward(piece.of(images))
            penalties = [piece.share * value for value in self._noted.values]
            return piece.counted(outputs), penalties

        outputs, penalties = self._strategy.run(part, args=(images,))
        self._noted.values = [self._sum(value) for value in penalties]
        return self._joined(outputs)

    def train_step(self, data: Any) -> Any:
        """Keras's training step over a whole batch, and what it returns of the whole batch."""
        images, labels, *weights = data

        def part(*data: Any) -> Any:
            piece = _Slice(data[0], self._strategy, self._first)
            return self._step(piece, *(piece.of(tensor) for tensor in data))

        outputs, losses, penalties = self._strategy.run(part, args=(images, labels, *weights))
        logs = self.compute_metrics(images, labels, self._joined(outputs), *weights)
        self.keep_penalty(self._sum(penalties))
        return {**logs, "loss": self._sum(losses)}

    def _step(self, piece: "_Slice", images: Any, labels: Any, weights: Any = None) -> Any:
        self._noted.values = []
        with tf.GradientTape() as tape:
            outputs = self(images, training=True)
            loss = self.compute_loss(images, labels, outputs, weights)
            # Keras has divided by the number of devices, as if their slices were equal.
            whole = self._strategy.num_replicas_in_sync * piece.share
            penalty = whole * self.penalty()
            loss = whole * loss
            scaled = self.optimizer.scale_loss(loss)
        variables = self.trainable_variables
        gradients = tape.gradient(scaled, variables)
        context = tf.distribute.get_replica_context()
        gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        self.optimizer.apply(gradients, variables)
        return piece.counted(outputs), loss, penalty

    def _noting(self, add_loss: Callable[[Any], None]) -> Callable[[Any], None]:
        def note(loss: Any) -> None:
            if tf.distribute.has_strategy():
                self._noted.values.append(loss)
            else:
                add_loss(loss)

        return note

    def _sum(self, values: Any) -> Any:
        return self._strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=None)

    def _joined(self, parts: Any) -> Any:
        return tf.concat(self._strategy.experimental_local_results(parts), axis=0)


class _Slice:
    """The images of a batch that the device under way takes; `share` is their share (0..1) of it.

    Of fewer images than devices each takes all, so that none stands empty: their shares still
    add up to one, and the statistics of BatchNormalization are those of the batch.
    """

    def __init__(self, batch: Any, strategy: Any, first: str) -> None:
        devices = strategy.num_replicas_in_sync
        number = tf.distribute.get_replica_context().replica_id_in_sync_group
        images = tf.shape(batch)[0]
        enough = images >= devices
        self._first = first
        self._start = tf.where(enough, images * number // devices, 0)
        self._stop = tf.where(enough, images * (number + 1) // devices, images)
        taken = tf.where(enough, images, images * devices)
        self.share = tf.cast(self._stop - self._start, tf.float32) / tf.cast(taken, tf.float32)
        self._rows = tf.where(tf.logical_or(enough, number == 0), self._stop - self._start, 0)

    def of(self, tensor: Any) -> Any:
        """The slice of a tensor of the batch; cut where the batch is, so that it alone travels."""
        with tf.device(self._first):
            return tensor[self._start : self._stop]

    def counted(self, outputs: Any) -> Any:
        """Outputs of the slice, less those that another device gives as well."""
        return outputs[: self._rows]


def _own_draws(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A generator's `next` by which every device draws other numbers, the first those of one."""

    def own(*arguments: Any, **named: Any) -> Any:
        seed = draw(*arguments, **named)
        if not tf.distribute.has_strategy():
            return seed
        number = tf.distribute.get_replica_context().replica_id_in_sync_group
        return seed + tf.cast(tf.stack([number * 7919, 0]), seed.dtype)

    return own
