"""Measuring without learning: loss, accuracy and confusion over images as they are."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cache import PartPixels
from cnnstudio.runs.events import Scores
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, probabilities, target
from cnnstudio.training.dataset import plain_batches
from cnnstudio.training.engine import tf

MOST_CLASSES = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """Means over a part, the predicted class of each image (int64[n]) and the true ones.

    `shares` are probabilities 0..1, float32[n, 2]: of the predicted and of the true class.
    """

    scores: Scores
    predicted: NDArray[np.int64]
    labels: NDArray[np.int64]
    shares: NDArray[np.float32]

    def confusion(self, classes: int) -> tuple[tuple[int, ...], ...] | None:
        """Counts of images: rows are true classes, columns predictions.

        None for more classes than a matrix of them can be read, or told after every epoch.
        """
        if classes > MOST_CLASSES:
            return None
        flat = np.bincount(self.labels * classes + self.predicted, minlength=classes * classes)
        return tuple(tuple(row) for row in flat.reshape(classes, classes).tolist())


class Evaluator:
    """The network as a compiled judge of plain images, in inference mode."""

    def __init__(self, network: Network, experiment: Experiment, classes: int) -> None:
        shape = experiment.input_shape
        # A pass without gradients needs little memory, so tiny batches would only cost time.
        self.batch_size = max(32, experiment.dataset.batch_size)

        @tf.function(
            input_signature=[
                tf.TensorSpec([None, *shape], tf.uint8),
                tf.TensorSpec([None], tf.int64),
            ]
        )
        def judge(images: Any, labels: Any) -> tuple[Any, Any, Any]:
            outputs = network.spread(lambda part: self._forward(network, part), images)
            loss = network.compute_loss(
                y=target(labels, experiment, classes), y_pred=outputs, training=False
            )
            shares = probabilities(outputs, experiment, classes)
            own = tf.gather(shares, labels, batch_dims=1)
            told = tf.stack([tf.reduce_max(shares, axis=-1), own], axis=-1)
            return loss, tf.argmax(shares, axis=-1), tf.cast(told, tf.float32)

        self._judge = judge

    def _forward(self, network: Network, images: Any) -> Any:
        return network(images, training=False)

    def steps(self, part: PartPixels) -> Generator[int, None, Measured]:
        """Measures a part; yields the images done after each batch, returns what was measured."""
        total, done = 0.0, 0
        predicted = np.empty(len(part), np.int64)
        shares = np.empty((len(part), 2), np.float32)
        for images, labels in plain_batches(part, self.batch_size):
            loss, classes, told = self._judge(images, labels)
            size = len(labels)
            predicted[done : done + size] = classes.numpy()
            shares[done : done + size] = told.numpy()
            total += size * float(loss)
            done += size
            yield done
        accuracy = float(np.mean(predicted == part.labels)) if done else 0.0
        scores = Scores(loss=total / max(1, done), accuracy=accuracy)
        return Measured(scores, predicted, part.labels, shares)

    def measure(self, part: PartPixels) -> Measured:
        """Measures a part in one go."""
        steps = self.steps(part)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                measured: Measured = end.value
                return measured
