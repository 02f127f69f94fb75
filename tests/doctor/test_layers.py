"""One sentence about the layers of a run: silent on healthy ones, plain on sick ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from cnnstudio.doctor.layers import NOTHING, about_layers
from cnnstudio.runs.events import LayerStatistics, LayerValues
from cnnstudio.runs.layer_columns import LayerColumns

Change = Callable[[int, dict[str, Any]], None]
"""Changes the values of a layer in sample number n."""

LAYERS = (
    ("conv2d", "Conv2D"),
    ("batch_normalization", "BatchNormalization"),
    ("conv2d_1", "Conv2D"),
    ("activation", "Activation"),
    ("dense", "Dense"),
    ("dense_1", "Dense"),
)


def run(**changes: Change) -> LayerColumns:
    """Eight samples of a healthy run with Adam, with layers changed by name."""
    return told(8, changes)


def told(samples: int, changes: Mapping[str, Change]) -> LayerColumns:
    """So many samples of such a run."""
    dice = np.random.default_rng(0)
    layers = LayerColumns()
    for number in range(samples):
        values_of = []
        for name, kind in LAYERS:
            values: dict[str, Any] = {}
            if kind != "Activation":
                size = 0.05 if kind == "BatchNormalization" else 1.0
                values["gradient"] = size * float(np.exp(dice.normal(0, 1)))
                values["weight"] = 3.0
                values["update_ratio"] = 1e-2 / (number + 1)
            if name in ("activation", "conv2d"):
                values["dead"] = 0.2
            if name == "dense":
                values["dead"] = 0.55
            if name == "dense_1":
                values["saturated"] = 0.95
            if name in changes:
                changes[name](number, values)
            values_of.append(LayerValues(name=name, kind=kind, **values))
        layers.add(LayerStatistics(epoch=1, step=10 * (number + 1), layers=tuple(values_of)))
    return layers


def said(layers: LayerColumns) -> tuple[str, str]:
    verdict = about_layers(layers)
    assert verdict is not None
    return verdict.sentence, verdict.tone


def always(**values: float) -> Change:
    return lambda number, told: told.update(values)


def test_nothing_is_said_before_a_sample() -> None:
    assert about_layers(LayerColumns()) is None


@pytest.mark.parametrize("samples", [1, 2, 3, 8, 60])
def test_a_healthy_run_has_nothing_odd_early_and_late(samples: int) -> None:
    assert about_layers(told(samples, {})) == NOTHING


def test_dead_channels_are_told_with_their_share() -> None:
    assert said(run(activation=always(dead=0.31))) == (
        "activation: 31 % of its channels are dead.",
        "warn",
    )
    assert said(run(activation=always(dead=0.31), conv2d=always(dead=0.5))) == (
        "conv2d and 1 more layer: 50 % of its channels are dead.",
        "warn",
    )
    assert said(run(dense=always(dead=0.8)))[0] == "dense: 80 % of its units are dead."
    # That nothing reaches the layers before it is what follows.
    dead = run(dense=always(dead=1.0), conv2d=always(gradient=0.0))
    assert said(dead) == ("dense: all of its units are dead.", "error")


def test_one_odd_look_among_sound_ones_is_no_death() -> None:
    def once(number: int, values: dict[str, Any]) -> None:
        values["dead"] = 0.6 if number == 7 else 0.1

    assert about_layers(run(conv2d=once)) == NOTHING


def test_gradients_that_shrink_or_grow_on_their_way_are_told_as_a_factor() -> None:
    assert said(run(conv2d=always(gradient=2e-5), dense_1=always(gradient=0.2))) == (
        "Gradients shrink 10,000 × from the last to the first layer.",
        "warn",
    )
    grown = run(conv2d=always(gradient=3000.0), dense_1=always(gradient=1.0))
    assert said(grown)[0] == "Gradients grow 3,000 × from the last to the first layer."
    lost = run(conv2d=always(gradient=1e-9), dense_1=always(gradient=1.0))
    assert "more than a million ×" in said(lost)[0]


def test_normalizing_layers_do_not_count_for_the_way_of_gradients() -> None:
    assert about_layers(run(batch_normalization=always(gradient=1e-6))) == NOTHING


def test_weights_that_are_thrown_about_are_told() -> None:
    assert said(run(dense=always(update_ratio=0.24))) == (
        "dense: each step changes the weights by 24 % of their size.",
        "warn",
    )


def test_layers_that_get_no_gradient_are_told() -> None:
    sentence, tone = said(run(conv2d=always(gradient=0.0), conv2d_1=always(gradient=0.0)))
    assert (sentence, tone) == (
        "No gradient reaches conv2d and 1 more layer: nothing is learned there.",
        "error",
    )


def test_layers_that_rest_are_told() -> None:
    every = {name: always(update_ratio=1e-9) for name, kind in LAYERS if kind != "Activation"}
    assert said(run(**every))[0].startswith("No layer moves any more")
    assert said(run(dense=always(update_ratio=1e-9)))[0] == "dense: hardly moves, while others do."


def test_saturation_counts_within_the_network_but_not_at_its_end() -> None:
    assert said(run(activation=always(saturated=0.62)))[0] == (
        "activation: 62 % of its values are saturated."
    )
    assert about_layers(run(dense_1=always(saturated=1.0))) == NOTHING


def test_weights_that_are_no_numbers_come_first_with_their_step() -> None:
    def breaks(number: int, values: dict[str, Any]) -> None:
        if number >= 6:
            values.update(weight=math.nan, gradient=math.nan, update_ratio=None)

    layers = run(dense=breaks, conv2d=always(dead=1.0))
    assert said(layers) == ("The weights of dense are no numbers since step 70.", "error")


def test_gradients_that_are_no_numbers_are_told_unless_the_step_was_left_out() -> None:
    def overflows(number: int, values: dict[str, Any]) -> None:
        if number == 7:
            values.update(gradient=math.inf)

    def left_out(number: int, values: dict[str, Any]) -> None:
        values.update(update_ratio=0.0 if number == 7 else 1e-3)
        overflows(number, values)

    assert said(run(conv2d_1=overflows))[0] == (
        "The gradients of conv2d_1 are no numbers in step 80."
    )
    names = [name for name, kind in LAYERS if kind != "Activation"]
    assert about_layers(run(**dict.fromkeys(names, left_out))) == NOTHING
