"""What happened in a run is marked on its curves where it happened, and quietly."""

from __future__ import annotations

import math

import pytest

from cnnstudio.gui.training.axis import RunAxis
from cnnstudio.gui.training.moments import moments
from cnnstudio.runs.events import BatchEnded, Extended, FindingRaised, Paused, Resumed
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from tests.gui.training.fake_run import history, started


def with_rates(*rates: float) -> RunHistory:
    run = RunHistory()
    run.add(started())
    for step, rate in enumerate(rates, 1):
        run.add(BatchEnded(epoch=1, step=step, loss=1.0, accuracy=0.5, learning_rate=rate))
    return run


def test_only_the_kept_epoch_has_its_name_on_the_curves() -> None:
    marks = moments(history(6), RunAxis(66))
    assert [mark.value for mark in marks if mark.shape == "line"] == [6 * 66]
    dots = [mark.value for mark in marks if mark.shape == "dot"]
    assert dots == [66.0 * epoch for epoch in range(1, 7)], "a checkpoint after each epoch"


def test_pauses_findings_and_extensions_are_flags_where_they_happened() -> None:
    run = history(2)
    found = Finding(cause="O1", title="Too fast", sentence=".", severity="error", confidence=0.9)
    run.add(FindingRaised(finding=found))
    run.add(Paused(epoch=2, step=132, reason="asked", sentence="Paused."))
    run.add(Resumed(epoch=2, step=132))
    run.add(Extended(epochs=30))
    flags = [mark for mark in moments(run, RunAxis(66)) if mark.shape == "flag"]
    assert [mark.word for mark in flags] == [
        "Too fast",
        "paused",
        "went on",
        "extended to 30 epochs",
    ]
    assert {mark.value for mark in flags} == {132.0}


def test_a_rate_that_was_changed_is_marked_with_both_values() -> None:
    run = with_rates(*[0.001] * 5, *[0.0005] * 5, *[0.00025] * 5)
    words = [(mark.value, mark.word) for mark in moments(run, RunAxis(66))]
    assert words == [(6.0, "rate 0.001 → 0.0005"), (11.0, "rate 0.0005 → 0.00025")]


@pytest.mark.parametrize(
    "rates",
    [
        [0.001] * 9,
        [0.0001 * step for step in range(1, 30)],
        [0.0] * 3 + [math.nan] * 2,
        [0.001 * 0.5**step for step in range(20)],
    ],
)
def test_a_rate_that_rests_warms_up_or_falls_all_the_time_is_not_marked(
    rates: list[float],
) -> None:
    assert moments(with_rates(*rates), RunAxis(66)) == ()
