"""Clean-train accuracy: how well the network knows its training images when nothing is in the way.

Measured on a fixed sample, without augmentation and dropout, with BatchNormalization on the
statistics of the batch as in training, but leaving its running averages alone. Beside it stands
the value in inference mode; their distance says how far the running averages lag behind.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnnstudio.augment.draws import epoch_order
from cnnstudio.data.cache import PartPixels
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network
from cnnstudio.training.engine import keras
from cnnstudio.training.evaluate import Evaluator

MOST_IMAGES = 512
_FEWEST_IMAGES = 128


def epoch_sample(part: PartPixels, seed: int) -> PartPixels:
    """The fixed sample that a run measures after each epoch.

    A quarter of the training images, at least 128, at most 512: a forward pass over it costs
    under a tenth of an epoch.
    """
    return sample(part, seed, min(MOST_IMAGES, max(_FEWEST_IMAGES, len(part) // 4)))


def sample(part: PartPixels, seed: int, most: int = MOST_IMAGES) -> PartPixels:
    """At most `most` images of a part, the same for the same seed, classes in proportion and mixed.

    In proportion, so that a network which always gives one answer scores that class's share. The
    order matters as well: batch statistics are right only where a batch mixes the classes.
    """
    order = epoch_order(len(part), seed, 0)
    labels = part.labels[order]
    place = np.empty(len(order))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    chosen = order[np.argsort(place, kind="stable")[:most]]
    return PartPixels(
        part.pixels,
        part.rows[chosen],
        tuple(part.keys[i] for i in chosen),
        part.labels[chosen],
    )


class CleanEvaluator(Evaluator):
    """Judges plain images as training sees them, less augmentation and dropout; changes nothing."""

    def __init__(self, network: Network, experiment: Experiment, classes: int, images: int) -> None:
        super().__init__(network, experiment, classes)
        # Equal batches: the statistics of a last batch of two images would mean nothing.
        batches = max(1, round(images / self.batch_size))
        self.batch_size = -(-max(1, images) // batches)

    def _forward(self, network: Network, images: Any) -> Any:
        values = images
        for _, values in layer_outputs(network, images):  # noqa: B007  # the last one's
            pass
        return values


def layer_outputs(network: Network, images: Any) -> Iterator[tuple[Any, Any]]:
    """Each layer after the input with what it puts out for plain images [n, h, w, c] in 0..255.

    As in training, less dropout: BatchNormalization takes the statistics of these images, and no
    random state or running average changes.
    """
    values = keras.ops.cast(images, "float32")
    for layer in network.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if isinstance(layer, keras.layers.BatchNormalization):
            # In a stateless scope the new running averages go to the scope and end with it.
            with keras.StatelessScope():
                values = layer(values, training=True)
        else:
            values = layer(values)
        yield layer, values


def has_batch_statistics(network: Network) -> bool:
    """Whether training mode and inference mode differ by more than dropout."""
    return any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)


def clean_accuracy(
    network: Network, experiment: Experiment, classes: int, part: PartPixels
) -> tuple[float, float]:
    """Clean-train accuracy on all images of `part`, and the value in inference mode; both 0..1."""
    clean = CleanEvaluator(network, experiment, classes, len(part)).measure(part)
    if not has_batch_statistics(network):
        return clean.scores.accuracy, clean.scores.accuracy
    inference = Evaluator(network, experiment, classes).measure(part)
    return clean.scores.accuracy, inference.scores.accuracy
