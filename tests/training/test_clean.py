"""Clean-train accuracy: training's own mathematics without augmentation, dropout or any trace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cnnstudio.data.cache import PartPixels
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, seed
from cnnstudio.training.clean import (
    CleanEvaluator,
    clean_accuracy,
    epoch_sample,
    has_batch_statistics,
    sample,
)
from cnnstudio.training.evaluate import Evaluator
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.schedule import RateTable


def part_of(images: int, classes: int = 3) -> PartPixels:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (images, 16, 16, 3)).astype(np.uint8)
    keys = tuple(f"{number}.png" for number in range(images))
    labels = np.sort(rng.integers(0, classes, images)).astype(np.int64)
    return PartPixels(pixels, np.arange(images), keys, labels)


def by_hand(network: object, images: np.ndarray) -> np.ndarray:
    """The tiny network with batch statistics and no dropout, in NumPy (float64)."""
    layer = network.get_layer  # type: ignore[attr-defined]  # a Keras model
    kernel, bias = (v.numpy().astype(np.float64) for v in layer("conv2d").weights)
    gamma, beta = (v.numpy() for v in layer("batch_normalization").trainable_weights)
    padded = np.pad(images / 255.0, [(0, 0), (1, 1), (1, 1), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    values = np.einsum("nhwcij,ijcf->nhwf", windows, kernel) + bias
    mean, variance = values.mean(axis=(0, 1, 2)), values.var(axis=(0, 1, 2))
    values = gamma * (values - mean) / np.sqrt(variance + 0.001) + beta
    values = np.maximum(values, 0)
    n, height, width, filters = values.shape
    pooled = values.reshape(n, height // 2, 2, width // 2, 2, filters).max(axis=(2, 4))
    weights, offset = (v.numpy().astype(np.float64) for v in layer("dense").weights)
    scores: np.ndarray = pooled.mean(axis=(1, 2)) @ weights + offset
    return scores


def test_it_computes_what_training_computes_without_dropout(
    make: Callable[..., Experiment],
) -> None:
    experiment = make()
    seed(0)
    network = build(experiment, RateTable(np.array([0.01])))
    part = part_of(30)
    step = TrainingStep(network, experiment, 3)
    for _ in range(5):  # running averages that differ from any batch's
        step(part.pixels[:8], part.labels[:8])
    judge = CleanEvaluator(network, experiment, 3, len(part))
    assert judge.batch_size >= 30  # one batch: the statistics are those of all 30 images
    measured = judge.measure(part)
    scores = by_hand(network, part.pixels)
    assert np.array_equal(measured.predicted, scores.argmax(axis=1))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    loss = -np.log(shares[np.arange(30), part.labels]).mean()
    assert measured.scores.loss == pytest.approx(loss, rel=1e-4)
    inference = Evaluator(network, experiment, 3).measure(part)
    assert abs(inference.scores.loss - loss) > 1e-3


def test_it_leaves_no_trace(make: Callable[..., Experiment]) -> None:
    experiment = make()
    seed(0)
    network = build(experiment, RateTable(np.array([0.01])))
    before = [variable.numpy() for variable in network.variables]
    clean, inference = clean_accuracy(network, experiment, 3, part_of(20))
    assert 0 <= clean <= 1
    assert 0 <= inference <= 1
    assert all(
        np.array_equal(old, new.numpy()) for old, new in zip(before, network.variables, strict=True)
    )


def test_without_batch_normalization_both_values_are_one(make: Callable[..., Experiment]) -> None:
    experiment = make({"model.layers.1": {"kind": "Dropout", "rate": 0.9}})
    seed(0)
    network = build(experiment, RateTable(np.array([0.01])))
    assert not has_batch_statistics(network)
    clean, inference = clean_accuracy(network, experiment, 3, part_of(20))
    assert clean == inference


def test_batches_are_equal_so_that_none_has_the_statistics_of_two_images(
    make: Callable[..., Experiment],
) -> None:
    experiment = make({"dataset.batch_size": 32})
    network = build(experiment, RateTable(np.array([0.01])))
    judge = CleanEvaluator(network, experiment, 3, 66)
    sizes = [min(judge.batch_size, 66 - start) for start in range(0, 66, judge.batch_size)]
    assert min(sizes) == 33


def test_the_sample_is_fixed_and_holds_the_classes_in_proportion_and_mixed() -> None:
    part = part_of(600)
    first, again, other = sample(part, 0, 120), sample(part, 0, 120), sample(part, 1, 120)
    assert first.keys == again.keys != other.keys
    assert len(set(first.keys)) == 120
    share = np.bincount(part.labels) / 600
    for run in (first.labels, first.labels[:60]):
        assert np.bincount(run) / len(run) == pytest.approx(share, abs=0.03)
    known = dict(zip(part.keys, part.labels.tolist(), strict=True))
    assert [known[key] for key in first.keys] == first.labels.tolist()


@pytest.mark.parametrize(("images", "measured"), [(45, 45), (350, 128), (1000, 250), (9000, 512)])
def test_after_each_epoch_a_quarter_is_measured_within_bounds(images: int, measured: int) -> None:
    assert len(epoch_sample(part_of(images), 0)) == measured
