"""Whole networks to begin with, made for the images at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstudio.spec.defaults import network_for
from cnnstudio.spec.experiment import Network
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D, MaxPooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.layers.layer import Layer


@dataclass(frozen=True, slots=True)
class Template:
    """A network by name. `make` takes the number of classes and the images' shorter side."""

    name: str
    icon: str
    help: str
    make: Callable[[int, int], Network]


def templates() -> tuple[Template, ...]:
    """Every template, the recommended one first."""
    return (
        Template(
            "Small network",
            "sparkles",
            "The default: blocks with batch normalization that double their filters, and global "
            "average pooling. Learns on most folders without any edit.",
            network_for,
        ),
        Template(
            "Three plain blocks",
            "boxes",
            "Convolution, ReLU and pooling three times, then Dense: the network of many tutorials.",
            _plain,
        ),
        Template(
            "Double convolutions",
            "layers-2",
            "Two convolutions in each block, as in VGG, with batch normalization and dropout: "
            "slower, and stronger where there are many images.",
            _double,
        ),
        Template(
            "Straight line",
            "ruler",
            "No convolution at all, only one Dense layer: what every real network has to beat.",
            _line,
        ),
    )


def network_of(template: Template, experiment: Experiment, facts: DatasetFacts | None) -> Network:
    """The template for these images; without facts it keeps the present number of classes."""
    classes = len(facts.class_names) if facts is not None else 0
    if classes == 0:
        dense = [layer for layer in experiment.model.layers if isinstance(layer, Dense)]
        classes = dense[-1].units if dense else 2
    return template.make(classes, min(experiment.dataset.image_size))


def _plain(classes: int, side: int) -> Network:
    layers: list[Layer] = []
    for filters in (32, 32, 64):
        layers += [Conv2D(filters=filters), MaxPooling2D()]
    layers += [
        Flatten(),
        Dense(units=64),
        Dropout(rate=0.5),
        Dense(units=classes, activation="softmax"),
    ]
    return Network(layers=tuple(_fitting(layers, side)))


def _double(classes: int, side: int) -> Network:
    layers: list[Layer] = []
    for filters in (32, 64, 128):
        for _ in range(2):
            layers += [Conv2D(filters=filters), BatchNormalization(momentum=0.9)]
        layers += [MaxPooling2D(), Dropout(rate=0.2)]
    layers += [
        GlobalAveragePooling2D(),
        Dense(units=128),
        Dropout(rate=0.3),
        Dense(units=classes, activation="softmax"),
    ]
    return Network(layers=tuple(_fitting(layers, side)))


def _line(classes: int, side: int) -> Network:
    return Network(layers=(Flatten(), Dense(units=classes, activation="softmax")))


def _fitting(layers: list[Layer], side: int) -> list[Layer]:
    """Without the poolings that would leave no pixel of small images."""
    kept: list[Layer] = []
    for layer in layers:
        if isinstance(layer, MaxPooling2D):
            if side < 2:
                continue
            side //= 2
        kept.append(layer)
    return kept
