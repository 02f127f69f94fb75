"""Early stopping as a pure function of the values so far."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.spec.policies import EarlyStopping


def test_it_waits_as_long_as_its_patience() -> None:
    policy = EarlyStopping(monitor="validation_loss", patience=2)
    values = [1.0, 0.5, 0.6, 0.7]
    assert [policy.stops(values[:n]) for n in range(5)] == [False, False, False, False, True]
    assert policy.best(values) == 1


def test_accuracy_should_rise() -> None:
    policy = EarlyStopping(monitor="validation_accuracy", patience=1)
    assert not policy.stops([0.1, 0.2, 0.3])
    assert policy.stops([0.3, 0.2])


def test_a_gain_below_the_least_improvement_does_not_count() -> None:
    policy = EarlyStopping(monitor="validation_loss", patience=2, min_delta=0.1)
    assert policy.stops([1.0, 0.95, 0.91])
    assert policy.best([1.0, 0.95, 0.91]) == 0


def test_nan_never_counts_as_best() -> None:
    policy = EarlyStopping(monitor="validation_loss", patience=2)
    assert policy.best([nan, nan]) is None
    assert policy.best([nan, 3.0, nan]) == 1
    assert policy.stops([nan, nan])


@given(st.lists(st.floats(0, 10), min_size=1), st.integers(1, 5))
def test_the_best_epoch_is_never_beaten_by_another(values: list[float], patience: int) -> None:
    best = EarlyStopping(monitor="validation_loss", patience=patience).best(values)
    assert best is not None
    assert values[best] == pytest.approx(min(values))
