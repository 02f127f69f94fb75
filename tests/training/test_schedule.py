"""The rates of the catalogue are Keras's, and Keras reads them from the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnstudio.spec.member import members
from cnnstudio.spec.schedules import Constant, CosineDecay, ExponentialDecay, Schedule
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.schedule import RateTable, rates

STEPS = 120

CASES: dict[str, list[dict[str, Any]]] = {
    "ExponentialDecay": [
        {"decay_steps": 30, "decay_rate": 0.5},
        {"decay_steps": 25, "decay_rate": 0.3, "staircase": True},
    ],
    "PiecewiseConstantDecay": [{"boundaries": (10, 50), "values": (0.1, 0.01, 0.001)}],
    "CosineDecay": [
        {"decay_steps": 90},
        {"decay_steps": 60, "alpha": 0.1, "warmup_target": 0.02, "warmup_steps": 20},
    ],
}


def test_every_schedule_but_the_constant_one_is_compared() -> None:
    assert set(members(Schedule)) == {*CASES, "Constant"}


@pytest.mark.parametrize(
    "schedule",
    [members(Schedule)[kind](**fields) for kind, cases in CASES.items() for fields in cases],
    ids=repr,
)
def test_rates_are_those_of_keras(schedule: Schedule) -> None:
    fields = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    fields = {
        name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()
    }
    kind = fields.pop("kind")
    theirs = getattr(keras.optimizers.schedules, kind)(**fields)
    expected = [float(theirs(tf.constant(step, tf.int64))) for step in range(STEPS)]
    assert rates(schedule, 0, STEPS) == pytest.approx(expected, rel=2e-5, abs=1e-9)


def test_an_open_decay_reaches_its_end_with_the_run() -> None:
    falling = ExponentialDecay(initial_learning_rate=1.0, decay_rate=0.5).resolved(STEPS)
    assert rates(falling, STEPS, 1)[0] == pytest.approx(0.5)
    cosine = CosineDecay(warmup_target=1.0, warmup_steps=20).resolved(STEPS)
    assert rates(cosine, STEPS, 1)[0] == pytest.approx(0.0, abs=1e-12)


def test_the_table_holds_its_ends_and_takes_new_rates_without_a_new_trace() -> None:
    table = RateTable(np.array([0.5, 0.25]), first=10)
    traces = []

    @tf.function
    def read(step: Any) -> Any:
        traces.append(step)
        return table(step)

    def at(step: int) -> float:
        return float(read(tf.constant(step, tf.int64)))

    assert [at(step) for step in (0, 10, 11, 99)] == [0.5, 0.5, 0.25, 0.25]
    table.load(rates(Constant(learning_rate=0.125), 0, 3), first=0)
    assert [at(step) for step in (0, 99)] == [0.125, 0.125]
    assert len(traces) == 1
