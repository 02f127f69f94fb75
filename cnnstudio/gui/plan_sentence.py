"""The plan of a run in one sentence, before anything has been trained."""

from __future__ import annotations

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.plan import duration_words, seconds
from cnnstudio.spec.shapes import walk

SMALL, LARGE = 1_000_000, 10_000_000
"""Numbers of weights between which a network is called medium."""


def plan_sentence(experiment: Experiment, facts: DatasetFacts) -> str:
    """`96×96, small network, 23 epochs, about 4 minutes on this CPU`."""
    height, width = experiment.dataset.image_size
    weights = walk(experiment).parameters.trainable
    size = "small" if weights < SMALL else "medium" if weights < LARGE else "large"
    epochs = experiment.training.epochs
    return (
        f"{height}×{width}, {size} network, {epochs} epoch{'s' * (epochs != 1)}, "
        f"{duration_words(seconds(experiment, facts))} on this CPU"
    )


def images_sentence(facts: DatasetFacts) -> str:
    """`500 images in 2 classes`."""
    images, classes = facts.images(), len(facts.class_names)
    return f"{images:,} images in {classes} classes"
