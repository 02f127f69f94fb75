"""The penalty of the first weights, computed from shapes, is what Keras's start really costs."""

from collections.abc import Callable

import numpy as np
import pytest

from cnnstudio.doctor.network import Reading
from cnnstudio.doctor.penalty import initial_penalty, rounded_down
from cnnstudio.spec.experiment import Experiment

Change = Callable[[dict[str, object]], Experiment]


def glorot(
    rng: np.random.Generator, shape: tuple[int, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    window = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (window * shape[-2] + window * shape[-1]))
    return rng.uniform(-limit, limit, shape)


def test_the_penalty_of_drawn_weights_is_near_the_computed_one(changed: Change) -> None:
    experiment = changed(
        {
            "model.layers": [
                {
                    "kind": "Conv2D",
                    "filters": 32,
                    "kernel_regularizer": {"kind": "L1L2", "l1": 0.001, "l2": 0.01},
                    "bias_regularizer": {"kind": "L2", "l2": 1.0},
                },
                {
                    "kind": "BatchNormalization",
                    "gamma_regularizer": {"kind": "L2", "l2": 0.1},
                },
                {"kind": "Flatten"},
                {"kind": "Dense", "units": 4, "kernel_regularizer": {"kind": "L1", "l1": 0.01}},
            ],
            "dataset.image_size": [8, 8],
        }
    )
    rng = np.random.default_rng(1)
    conv, dense = glorot(rng, (3, 3, 3, 32)), glorot(rng, (8 * 8 * 32, 4))
    drawn = (
        0.001 * np.abs(conv).sum()
        + 0.01 * np.square(conv).sum()
        + 0.1 * 32
        + 0.01 * np.abs(dense).sum()
    )
    assert initial_penalty(Reading(experiment)) == pytest.approx(drawn, rel=0.03)


def test_no_regularizer_costs_nothing(healthy: Experiment) -> None:
    assert initial_penalty(Reading(healthy)) == 0


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.0123, 0.01), (0.0499, 0.02), (0.05, 0.05), (7.3e-6, 5e-6), (1e-3, 1e-3), (0.0, 0.0)],
)
def test_strengths_are_rounded_down_to_round_numbers(value: float, rounded: float) -> None:
    assert rounded_down(value) == rounded
