"""Samples of layers folded into arrays: which rows, which columns, and what is no number."""

from __future__ import annotations

import json
import math

import numpy as np

from cnnstudio.runs.events import LayerStatistics, LayerValues, dump, parse
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.layer_columns import QUANTITIES, LayerColumns


def sample(
    step: int, gradient: float = 0.5, dead: float | None = None, ratio: float | None = 1e-3
) -> LayerStatistics:
    conv = LayerValues(
        name="conv2d", kind="Conv2D", gradient=gradient, weight=2.0, update_ratio=ratio
    )
    relu = LayerValues(name="activation", kind="Activation", dead=dead)
    last = LayerValues(name="dense", kind="Dense", gradient=0.1, weight=1.0, update_ratio=1e-2)
    return LayerStatistics(time=10.0, epoch=1, step=step, layers=(conv, relu, last))


def folded(*events: LayerStatistics) -> LayerColumns:
    history = RunHistory()
    for event in events:
        history.add(event)
    return history.layers


def test_a_table_has_the_layers_and_samples_that_know_the_quantity() -> None:
    layers = folded(sample(3), sample(9, gradient=0.25, dead=0.5), sample(12))
    gradients = layers.table("gradient")
    assert gradients.names == ("conv2d", "dense")
    assert gradients.kinds == ("Conv2D", "Dense")
    assert gradients.steps.tolist() == [3, 9, 12]
    assert gradients.values.tolist() == [[0.5, 0.25, 0.5], [0.1, 0.1, 0.1]]
    dead = layers.table("dead")
    assert (dead.names, dead.steps.tolist(), dead.values.tolist()) == (
        ("activation",),
        [9],
        [[0.5]],
    )
    assert not len(layers.table("saturated"))


def test_before_a_sample_every_table_is_empty() -> None:
    for quantity in QUANTITIES:
        table = LayerColumns().table(quantity)
        assert (len(table), table.values.shape, table.steps.shape) == (0, (0, 0), (0,))


def test_what_is_no_number_is_told_apart_from_what_was_not_measured() -> None:
    layers = folded(sample(1, ratio=None), sample(2, gradient=math.nan), sample(3))
    assert layers.table("gradient").values[0].tolist() == [0.5, math.inf, 0.5]
    ratios = layers.table("update_ratio").values[0]
    assert np.isnan(ratios[0])
    assert ratios[1:].tolist() == [1e-3, 1e-3]


def test_a_resumed_run_tells_its_last_samples_a_second_time() -> None:
    layers = folded(sample(5), sample(10), sample(15), sample(10, gradient=0.7), sample(20))
    table = layers.table("gradient")
    assert table.steps.tolist() == [5, 10, 20]
    assert table.values[0].tolist() == [0.5, 0.7, 0.5]
    assert len(layers) == 5


def test_a_line_of_samples_is_short_and_valid_json_whatever_was_measured() -> None:
    event = sample(7, gradient=math.nan, ratio=None)
    line = dump(event)

    def not_standard(constant: str) -> float:
        raise AssertionError(constant)

    plain = json.loads(line, parse_constant=not_standard)
    assert plain["layers"][1] == {"name": "activation", "kind": "Activation"}
    again = parse(line)
    assert isinstance(again, LayerStatistics)
    conv = again.layers[0]
    assert conv.gradient is not None
    assert math.isnan(conv.gradient)
    assert conv.update_ratio is None
    assert parse(dump(sample(7))) == sample(7)
