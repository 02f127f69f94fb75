"""An experiment as a compiled Keras model, built generically: `kind` is Keras's class name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.losses import Loss, Target
from cnnstudio.spec.member import Member
from cnnstudio.spec.optimizers import Optimizer
from cnnstudio.spec.shapes import walk
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.schedule import RateTable

INPUT_SCALING = "input_scaling"

_MODULES = {
    "layers": keras.layers,
    "regularizers": keras.regularizers,
    "optimizers": keras.optimizers,
    "losses": keras.losses,
}


@dataclass(frozen=True, slots=True)
class PixelStatistics:
    """Mean and standard deviation of each channel over training images, in grey levels 0..255."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


class Network(keras.Model):
    """A Keras model that also tells the penalty of the batch it computed the loss of.

    `judged` replaces the targets of the accuracy while a step with mixed labels is traced.
    """

    judged: Any = None
    shared = False
    """Whether several devices share its batches."""

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Keras's metrics, by `judged` where there is one."""
        return super().compute_metrics(
            x, y if self.judged is None else self.judged, y_pred, sample_weight
        )

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Keras's total loss; the regularization's part of it is kept for `penalty`."""
        self._parts = _Parts()
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def _aggregate_additional_loss(self, loss: Any) -> Any:
        # Keras 3.15 adds up the penalties as they come, and fails where some are of half precision.
        part = keras.ops.cast(super()._aggregate_additional_loss(loss), "float32")
        self._parts.values.append(part)
        return part

    def penalty(self) -> Any:
        """The regularization's part of the last loss; call it in the graph of that loss."""
        return tf.add_n(self._parts.values) if self._parts.values else tf.zeros(())

    def keep_penalty(self, value: Any) -> None:
        """Makes `value` what `penalty` tells, where the last loss was that of a part."""
        self._parts = _Parts()
        self._parts.values.append(value)

    def spread(self, forward: Callable[[Any], Any], images: Any) -> Any:
        """The outputs of `forward` for a batch; a network on several devices shares it out."""
        return forward(images)


class _Parts:
    """A list that Keras does not track as part of the model."""

    def __init__(self) -> None:
        self.values: list[Any] = []


def seed(value: int) -> None:
    """Seeds what layers draw from. Call it in the thread that builds: Keras's seeds are its own."""
    keras.utils.set_random_seed(value)


def build(
    experiment: Experiment,
    rates: RateTable,
    statistics: PixelStatistics | None = None,
    kind: type[Network] = Network,
) -> Network:
    """The compiled network for images uint8 or float [n, height, width, channels] in 0..255.

    `statistics` are needed for the input scaling `standardize`. Layers are named as in
    `spec.shapes`; the last one computes in float32 whatever the precision. `kind` is the class.
    """
    network = _network(experiment, statistics, kind)
    training = experiment.training
    optimizer = build_optimizer(training.optimizer, rates)
    if training.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    network.compile(
        optimizer=optimizer,
        loss=_loss(experiment),
        metrics=[_accuracy(experiment)],
        auto_scale_loss=False,
        jit_compile=False,
    )
    return network


def build_member(member: Member, **replaced: Any) -> Any:
    """The Keras object of a layer, regularizer or loss; nested members become objects too."""
    arguments = {
        name: build_member(value) if isinstance(value, Member) else value
        for name in type(member).model_fields
        if name != "kind" and name not in replaced
        for value in [getattr(member, name)]
    }
    return getattr(_MODULES[member.family], member.kind)(**arguments, **replaced)


def build_optimizer(optimizer: Optimizer, rates: RateTable) -> Any:
    """The Keras optimizer, which takes its learning rate from `rates`."""
    return build_member(optimizer, learning_rate=rates)


def gives_logits(experiment: Experiment) -> bool:
    """Whether the network's outputs still need softmax or sigmoid to be probabilities.

    With an activation of its own the last layer gives probabilities even if the loss is told of
    logits: Keras then looks behind the activation.
    """
    last = experiment.model.layers[-1] if experiment.model.layers else None
    activated = getattr(last, "activation", "linear") in ("softmax", "sigmoid")
    return _from_logits(experiment.training.loss) and not activated


def probabilities(outputs: Any, experiment: Experiment, classes: int) -> Any:
    """float32[n, classes] from the network's outputs; tensors or Keras's symbolic ones.

    A single sigmoid unit gives two columns; units beyond the classes are left out.
    """
    ops = keras.ops
    if experiment.training.loss.target == "binary":
        second = ops.sigmoid(outputs) if gives_logits(experiment) else outputs
        return ops.concatenate([1.0 - second, second], axis=-1)
    shares = ops.softmax(outputs) if gives_logits(experiment) else outputs
    return shares[:, :classes]


def target(labels: Any, experiment: Experiment, classes: int) -> Any:
    """Class numbers int64[n] in the form that the loss wants."""
    match _form(experiment):
        case "one_hot":
            return tf.one_hot(labels, _columns(experiment, classes), dtype=tf.float32)
        case "binary":
            return tf.cast(labels, tf.float32)[:, tf.newaxis]
        case _:
            return labels


def pixel_statistics(pixels: NDArray[np.uint8], rows: NDArray[np.int64]) -> PixelStatistics:
    """Statistics over the images in `rows` of uint8[n, height, width, channels].

    Of more than 4,096 images as many are taken, evenly spread: the mean is then good to a small
    fraction of a grey level.
    """
    chosen = rows[:: max(1, len(rows) // 4096)]
    channels = pixels.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for row in chosen:
        for channel in range(channels):
            counts[channel] += np.bincount(pixels[row, :, :, channel].ravel(), minlength=256)
    levels = np.arange(256, dtype=np.float64)
    share = counts / counts.sum(axis=1, keepdims=True)
    mean = share @ levels
    deviation = np.sqrt(np.maximum(share @ levels**2 - mean**2, 0.0))
    # One flat colour has no spread to divide by.
    return PixelStatistics(tuple(mean.tolist()), tuple(np.maximum(deviation, 1.0).tolist()))


def _network(
    experiment: Experiment, statistics: PixelStatistics | None, kind: type[Network]
) -> Network:
    precision = experiment.training.precision
    inputs = keras.Input(experiment.input_shape, dtype="float32", name="pixels")
    outputs = inputs
    scaling = _scaling(experiment, statistics)
    if scaling is not None:
        outputs = scaling(outputs)
    names = [facts.name for facts in walk(experiment).layers]
    last = len(names) - 1
    for index, (name, layer) in enumerate(zip(names, experiment.model.layers, strict=True)):
        dtype = "float32" if index == last else precision
        outputs = build_member(layer, name=name, dtype=dtype)(outputs)
    return kind(inputs, outputs, name="network")


def _scaling(experiment: Experiment, statistics: PixelStatistics | None) -> Any:
    shared = {"name": INPUT_SCALING, "dtype": "float32"}
    match experiment.model.input_scaling:
        case "unit":
            return keras.layers.Rescaling(1 / 255, **shared)
        case "signed":
            return keras.layers.Rescaling(1 / 127.5, offset=-1.0, **shared)
        case "standardize":
            if statistics is None:
                raise ValueError("standardizing needs the statistics of the training images")
            variance = [value**2 for value in statistics.deviation]
            return keras.layers.Normalization(
                axis=-1, mean=list(statistics.mean), variance=variance, **shared
            )
        case _:
            return None


def _form(experiment: Experiment) -> Target:
    """The form of the targets: shares of mixed images need a column for each class."""
    form = experiment.training.loss.target
    return "one_hot" if form == "index" and SampleMaker(experiment).mixes else form


def _columns(experiment: Experiment, classes: int) -> int:
    """Columns of one-hot targets: class numbers may have more output units than classes."""
    if experiment.training.loss.target != "index":
        return classes
    shape = walk(experiment).layers[-1].output_shape
    return max(classes, shape[-1] if shape else 0)


def _loss(experiment: Experiment) -> Any:
    loss = experiment.training.loss
    if loss.target == "index" and _form(experiment) == "one_hot":
        # The same value for class numbers, and the mean of two for a mixture.
        return keras.losses.CategoricalCrossentropy(from_logits=_from_logits(loss))
    return build_member(loss)


def _accuracy(experiment: Experiment) -> Any:
    match _form(experiment):
        case "one_hot":
            return keras.metrics.CategoricalAccuracy(name="accuracy")
        case "binary":
            threshold = 0.0 if gives_logits(experiment) else 0.5
            return keras.metrics.BinaryAccuracy(name="accuracy", threshold=threshold)
        case _:
            return keras.metrics.SparseCategoricalAccuracy(name="accuracy")


def _from_logits(loss: Loss) -> bool:
    return bool(getattr(loss, "from_logits", False))
