"""The catalogue and Keras agree: shapes, parameter counts, fields, penalties and targets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from cnnstudio.spec.experiment import Dataset, Experiment, Network, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Activation, Dense, Flatten
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.losses import BinaryCrossentropy, Loss, SparseCategoricalCrossentropy
from cnnstudio.spec.member import members
from cnnstudio.spec.optimizers import Optimizer
from cnnstudio.spec.regularizers import L2, Regularizer
from cnnstudio.spec.shapes import walk
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.training.build import (
    PixelStatistics,
    build,
    build_member,
    gives_logits,
    pixel_statistics,
    probabilities,
    seed,
)
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.schedule import RateTable

VARIANTS: dict[str, list[Any]] = {
    "kernel_size": [1, 3, 4],
    "strides": [1, 2],
    "pool_size": [2, 3],
    "padding": ["valid", "same"],
    "use_bias": [True, False],
    "center": [True, False],
    "scale": [True, False],
}


def experiment(*layers: Layer, loss: Loss | None = None, **network: Any) -> Experiment:
    return Experiment(
        dataset=Dataset(source=ClassFolders(path="/nowhere"), image_size=(13, 11)),
        model=Network(layers=layers, **network),
        training=Training(loss=loss or SparseCategoricalCrossentropy()),
    )


def variants(cls: type[Layer]) -> Iterator[Layer]:
    fields = [name for name in VARIANTS if name in cls.model_fields]
    for values in product(*(VARIANTS[name] for name in fields)):
        yield cls(**dict(zip(fields, values, strict=True)))


@pytest.mark.parametrize("cls", members(Layer).values(), ids=members(Layer))
def test_every_layer_has_the_shape_and_the_parameters_that_keras_gives_it(
    cls: type[Layer],
) -> None:
    for layer in variants(cls):
        spec = experiment(layer)
        facts = walk(spec).layers[0]
        network = build(spec, RateTable(np.ones(1)))
        made = network.get_layer(facts.name)
        trainable = sum(int(np.prod(v.shape)) for v in made.trainable_weights)
        kept = sum(int(np.prod(v.shape)) for v in made.non_trainable_weights)
        assert network.output_shape[1:] == facts.output_shape, layer
        assert (trainable, kept) == facts.parameters, layer


@pytest.mark.parametrize("cls", members(Layer).values(), ids=members(Layer))
def test_every_regularizer_reaches_its_place_in_every_layer(cls: type[Layer]) -> None:
    places = [name for name in cls.model_fields if name.endswith("_regularizer")]
    for place, kind in product(places, members(Regularizer).values()):
        regularizer = kind()
        made = build_member(cls.model_validate({place: regularizer}))
        held = getattr(made, place)
        assert type(held).__name__ == regularizer.kind
        for name, value in held.get_config().items():
            assert value == pytest.approx(getattr(regularizer, name))


@pytest.mark.parametrize("cls", members(Optimizer).values(), ids=members(Optimizer))
def test_every_optimizer_gets_its_fields(cls: type[Optimizer]) -> None:
    spec = cls.model_validate({"global_clipnorm": 0.5, "weight_decay": 0.25})
    made = build_member(spec, learning_rate=RateTable(np.array([0.125])))
    config = made.get_config()
    for name in cls.model_fields:
        if name not in ("kind", "learning_rate"):
            assert config[name] == pytest.approx(getattr(spec, name)), name
    assert float(made.learning_rate) == 0.125


@pytest.mark.parametrize("logits", [False, True])
@pytest.mark.parametrize("cls", members(Loss).values(), ids=members(Loss))
def test_every_loss_falls_while_one_batch_is_learned(cls: type[Loss], logits: bool) -> None:
    binary = cls.model_fields["kind"].default == "BinaryCrossentropy"
    ending = "linear" if logits else "sigmoid" if binary else "softmax"
    head = Dense.model_validate({"units": 1 if binary else 2, "activation": ending})
    spec = experiment(Flatten(), head, loss=cls.model_validate({"from_logits": logits}))
    seed(0)
    network = build(spec, RateTable(np.array([0.003])))
    step = TrainingStep(network, spec, 2)
    images = np.random.default_rng(0).integers(0, 256, (6, 13, 11, 3)).astype(np.uint8)
    labels = np.arange(6) % 2
    losses = [step(images, labels)[0] for _ in range(40)]
    assert losses[-1] < 0.5 * losses[0]
    accuracy = step(images, labels)[1]
    shares = probabilities(network(images), spec, 2).numpy()
    assert shares.shape == (6, 2)
    assert shares.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert accuracy == pytest.approx(np.mean(shares.argmax(axis=1) == labels))


def test_a_softmax_layer_before_a_loss_on_logits_already_gives_probabilities() -> None:
    loss = SparseCategoricalCrossentropy(from_logits=True)
    assert gives_logits(experiment(Flatten(), Dense(units=2, activation="linear"), loss=loss))
    assert not gives_logits(experiment(Flatten(), Dense(units=2, activation="softmax"), loss=loss))
    binary = BinaryCrossentropy(from_logits=True)
    ending = (Dense(units=1, activation="linear"), Activation(activation="sigmoid"))
    assert not gives_logits(experiment(Flatten(), *ending, loss=binary))


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [("none", 200.0), ("unit", 200 / 255), ("signed", 200 / 127.5 - 1), ("standardize", 2.0)],
)
def test_the_input_stage_scales_grey_levels_of_either_type(scaling: str, expected: float) -> None:
    spec = experiment(Activation(activation="linear"), input_scaling=scaling)
    statistics = PixelStatistics((100.0,) * 3, (50.0,) * 3)
    network = build(spec, RateTable(np.ones(1)), statistics)
    for dtype in (np.uint8, np.float32):
        outputs = network(np.full((1, 13, 11, 3), 200, dtype)).numpy()
        assert outputs == pytest.approx(np.full(outputs.shape, expected), rel=1e-5)


def test_pixel_statistics_are_those_of_the_chosen_images() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 5, 4, 3)).astype(np.uint8)
    rows = np.array([1, 2, 5, 8])
    found = pixel_statistics(pixels, rows)
    assert found.mean == pytest.approx(pixels[rows].mean(axis=(0, 1, 2)))
    assert found.deviation == pytest.approx(pixels[rows].std(axis=(0, 1, 2)))


def test_one_flat_colour_has_statistics_that_can_be_divided_by() -> None:
    found = pixel_statistics(np.full((3, 4, 4, 1), 7, np.uint8), np.arange(3))
    assert found == PixelStatistics((7.0,), (1.0,))


def test_a_step_tells_the_penalty_of_the_weights_it_began_with() -> None:
    spec = experiment(
        Conv2D(filters=4, kernel_regularizer=L2(l2=0.5)),
        Flatten(),
        Dense(units=2, activation="softmax", kernel_regularizer=L2(l2=0.25)),
    )
    seed(3)
    network = build(spec, RateTable(np.array([0.1])))
    step = TrainingStep(network, spec, 2)
    images = np.zeros((4, 13, 11, 3), np.uint8)
    for _ in range(2):
        kernels = [network.get_layer(name).kernel.numpy() for name in ("conv2d", "dense")]
        expected = 0.5 * np.sum(kernels[0] ** 2) + 0.25 * np.sum(kernels[1] ** 2)
        loss, _, penalty = step(images, np.arange(4) % 2)
        assert penalty == pytest.approx(expected, rel=1e-5)
        assert loss > penalty


def test_half_precision_computes_in_half_and_ends_in_full() -> None:
    spec = experiment(Conv2D(filters=4), Flatten(), Dense(units=2, activation="softmax"))
    spec = spec.model_copy(
        update={"training": spec.training.model_copy(update={"precision": "mixed_float16"})}
    )
    network = build(spec, RateTable(np.array([0.01])))
    assert network.get_layer("conv2d").compute_dtype == "float16"
    assert network.output.dtype == "float32"
    assert isinstance(network.optimizer, keras.optimizers.LossScaleOptimizer)
    step = TrainingStep(network, spec, 2)
    images = np.full((4, 13, 11, 3), 90, np.uint8)
    losses = [step(images, np.zeros(4, np.int64))[0] for _ in range(20)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_weights() -> None:
    spec = experiment(Conv2D(filters=4), Flatten(), Dense(units=2))
    made = []
    for _ in range(2):
        seed(7)
        made.append([v.numpy() for v in build(spec, RateTable(np.ones(1))).variables])
    assert all(np.array_equal(a, b) for a, b in zip(*made, strict=True))
    assert tf.executing_eagerly()
