"""The schedule's sentence says what its curve does, and the warning what it will not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.training.plan import Plan
from cnnstudio.gui.training.schedule_words import sentence, warning
from cnnstudio.spec import patch
from cnnstudio.spec.member import members
from cnnstudio.spec.patch import Change
from cnnstudio.spec.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
    Schedule,
)
from tests.gui.training.fake_run import experiment, facts

EPOCHS = 20


def plan(schedule: Schedule, epochs: int = EPOCHS) -> Plan:
    changed = patch.apply(
        experiment(),
        [
            Change(path="training.epochs", value=epochs),
            Change(path="training.optimizer.learning_rate", value=schedule),
        ],
    )
    return Plan.of(changed, facts())


def test_a_warm_up_and_a_cosine_are_told_with_their_steps() -> None:
    schedule = CosineDecay(
        initial_learning_rate=1e-5, warmup_target=1e-3, warmup_steps=66, alpha=0.01
    )
    assert sentence(plan(schedule)) == (
        "Warms up over 66 steps to 0.001, then falls along a cosine to 0.00001 at step 1,320."
    )
    assert warning(plan(schedule)) == ""


def test_a_constant_rate_is_told_as_such() -> None:
    assert sentence(plan(Constant())) == "Stays at 0.001 for all 1,320 steps."
    assert warning(plan(Constant())) == ""


def test_a_staircase_beyond_the_run_is_warned_of() -> None:
    schedule = ExponentialDecay(decay_steps=10_000, staircase=True)
    said = warning(plan(schedule))
    assert "10,000" in said
    assert "1,320" in said
    assert warning(plan(schedule, epochs=400)) == ""


def test_a_smooth_decay_far_longer_than_the_run_is_warned_of() -> None:
    assert "50,000" in warning(plan(ExponentialDecay(decay_steps=50_000)))
    assert warning(plan(ExponentialDecay(decay_rate=0.1))) == ""


def test_boundaries_beyond_the_run_are_named() -> None:
    late = PiecewiseConstantDecay(boundaries=(500, 9000), values=(0.1, 0.01, 0.001))
    assert "9,000" in warning(plan(late))
    assert "0.001 after" not in sentence(plan(late))
    never = PiecewiseConstantDecay(boundaries=(5000, 9000), values=(0.1, 0.01, 0.001))
    assert "hardly decays" in warning(plan(never))


def test_a_warm_up_that_never_ends_is_warned_of() -> None:
    assert "never reaches" in warning(plan(CosineDecay(warmup_target=0.1, warmup_steps=5000)))


@pytest.mark.parametrize("kind", list(members(Schedule).values()))
@given(epochs=st.integers(1, 60))
def test_every_schedule_has_a_sentence_and_a_curve(kind: type[Schedule], epochs: int) -> None:
    made = plan(kind(), epochs)
    assert sentence(made).endswith(".")
    steps, rates = made.rates()
    assert steps[0] == 1
    assert steps[-1] == made.total_steps
    assert np.isfinite(rates).all()


def test_a_step_of_the_staircase_is_drawn_where_it_is() -> None:
    made = plan(ExponentialDecay(decay_steps=333, decay_rate=0.5, staircase=True), epochs=60)
    steps, rates = made.rates()
    at = dict(zip(steps.tolist(), rates.tolist(), strict=True))
    assert at[333] == pytest.approx(0.001)
    assert at[334] == pytest.approx(0.0005)


def test_without_images_nothing_is_claimed_about_steps() -> None:
    made = Plan.of(experiment(), None)
    assert "not counted" in made.sentence
    assert "not counted" in made.short_sentence
    assert warning(made) == ""
