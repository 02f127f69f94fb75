"""Schedules by hand; equality with Keras's classes is held in tests/training."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.spec.member import members
from cnnstudio.spec.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    Schedule,
)

STEPS = np.arange(0, 1000)


@pytest.mark.parametrize("cls", members(Schedule).values(), ids=lambda cls: cls.__name__)
def test_every_schedule_gives_a_positive_rate_at_every_step(cls: type[Schedule]) -> None:
    rates = cls().resolved(1000).value(STEPS)
    assert rates.shape == (1000,)
    assert rates.dtype == np.float64
    assert (rates >= 0).all()
    assert rates.max() <= cls().peak * (1 + 1e-9)


@pytest.mark.parametrize("cls", members(Schedule).values(), ids=lambda cls: cls.__name__)
def test_a_scaled_schedule_is_the_same_curve_times_the_factor(cls: type[Schedule]) -> None:
    plain, scaled = cls().resolved(1000), cls().scaled(0.1).resolved(1000)
    np.testing.assert_allclose(scaled.value(STEPS), 0.1 * plain.value(STEPS), rtol=1e-12)


def test_exponential_decay_falls_smoothly_or_in_a_staircase() -> None:
    smooth = ExponentialDecay(initial_learning_rate=1.0, decay_steps=10, decay_rate=0.5)
    stairs = smooth.with_fields(staircase=True)
    steps = np.array([0, 5, 10, 25])
    np.testing.assert_allclose(smooth.value(steps), [1, 0.5**0.5, 0.5, 0.5**2.5])
    np.testing.assert_allclose(stairs.value(steps), [1, 1, 0.5, 0.25])


def test_the_boundary_step_still_has_the_earlier_rate() -> None:
    schedule = PiecewiseConstantDecay(boundaries=(10, 20), values=(1.0, 0.1, 0.01))
    rates = schedule.value(np.array([0, 10, 11, 20, 21, 500]))
    np.testing.assert_allclose(rates, [1, 1, 0.1, 0.1, 0.01, 0.01])


def test_cosine_decay_warms_up_and_ends_with_the_run() -> None:
    schedule = CosineDecay(
        initial_learning_rate=0.0001, warmup_target=1.0, warmup_steps=100, alpha=0.01
    ).resolved(1100)
    rates = schedule.value(np.array([0, 100, 600, 1100, 5000]))
    np.testing.assert_allclose(rates, [0.0001, 1.0, 0.505, 0.01, 0.01])


@given(st.integers(1, 10_000))
def test_an_open_decay_spans_the_whole_run(total: int) -> None:
    schedule = CosineDecay(initial_learning_rate=1.0).resolved(total)
    np.testing.assert_allclose(schedule.value(np.array([0, total])), [1.0, 0.0], atol=1e-12)


def test_a_schedule_with_an_open_end_must_be_resolved_first() -> None:
    with pytest.raises(ValueError, match="resolved"):
        ExponentialDecay().value(STEPS)


def test_a_constant_is_constant() -> None:
    assert set(Constant(learning_rate=0.5).value(STEPS)) == {0.5}
