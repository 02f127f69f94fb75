"""A run's events folded into arrays and a state, the same way live and replayed."""

from collections.abc import Callable

import numpy as np
import pytest

from cnnstudio.runs.events import (
    CheckpointSaved,
    EpochEnded,
    Event,
    Extended,
    LogLine,
    Paused,
    PhaseChanged,
    Prediction,
    PredictionsMade,
    Resumed,
    RunFinished,
    RunStarted,
    Scores,
    dump,
    parse,
)
from cnnstudio.runs.history import BATCH_CURVES, EPOCH_CURVES, RunHistory

Story = Callable[..., list[Event]]


def state(history: RunHistory) -> str:
    """The state as plain text: it changes between two looks."""
    return history.state


def fold(events: list[Event]) -> RunHistory:
    history = RunHistory()
    for event in events:
        history.add(event)
    return history


def test_curves_are_what_the_events_said(story: Story) -> None:
    history = fold(story([0.2, 0.4, 0.6], [0.1, 0.3, 0.5]))
    assert history.steps.tolist() == list(range(1, 151))
    assert history.loss[:3].tolist() == [2, 1, 2 / 3]
    assert history.learning_rate[-1] == 0.001
    steps, accuracy = history.curve("validation_accuracy")
    assert steps.tolist() == [50, 100, 150]
    assert accuracy.tolist() == [0.1, 0.3, 0.5]
    assert np.isnan(history.curve("clean_accuracy")[1]).all()
    assert history.latest("clean_accuracy") is None
    assert history.latest("training_accuracy") == 0.6
    assert history.chance == 0.1
    assert history.total_steps == 1000
    assert history.epoch == 3
    assert history.confusion is not None
    assert history.confusion.tolist() == [[2, 1], [2, 3]]


def test_every_named_curve_exists(story: Story) -> None:
    history = fold(story([0.2]))
    for name in (*BATCH_CURVES, *EPOCH_CURVES):
        steps, values = history.curve(name)
        assert len(steps) == len(values)
    with pytest.raises(KeyError):
        history.curve("nonsense")


def test_a_replayed_run_is_the_live_run(story: Story) -> None:
    events = story([0.2, 0.4])
    live, again = fold(events), fold([parse(dump(event)) for event in events])
    for name in BATCH_CURVES:
        assert np.array_equal(live.curve(name)[1], again.curve(name)[1])
    assert live.epoch_events == again.epoch_events


def test_the_state_follows_the_events(story: Story) -> None:
    history = RunHistory()
    assert state(history) == "new"
    history.add(PhaseChanged(phase="importing"))
    assert state(history) == "running"
    history.add(LogLine(level="info", text="x"))
    history.add(RunFinished(reason="canceled", sentence="Stopped.", best_epoch=2))
    assert state(history) == "canceled"
    assert history.best_epoch == 2
    history.lose()
    assert state(history) == "canceled", "only a run without a last word can be lost"


def test_a_run_without_a_last_word_is_lost_when_its_worker_is(story: Story) -> None:
    history = fold(story([0.2]))
    history.lose()
    assert state(history) == "lost"


def test_a_resumed_run_tells_its_last_epochs_a_second_time(story: Story) -> None:
    events = story([0.2, 0.4, 0.6])
    start = events[0]
    assert isinstance(start, RunStarted)
    resumed = [e for e in story([0.2, 0.4, 0.7, 0.8]) if not isinstance(e, RunStarted)]
    later = [e for e in resumed if getattr(e, "epoch", 0) >= 3]
    broken = [*events, RunFinished(reason="canceled", sentence="Stopped."), start, *later]
    history = fold(broken)
    assert state(history) == "running"
    assert history.steps.tolist() == list(range(1, 201))
    assert history.epochs.tolist() == [1, 2, 3, 4]
    assert history.curve("training_accuracy")[1].tolist() == [0.2, 0.4, 0.7, 0.8]
    assert [event.epoch for event in history.epoch_events] == [1, 2, 3, 4]


def test_time_left_is_the_pace_so_far_for_the_steps_that_remain(story: Story) -> None:
    history = fold(story([0.2, 0.4]))
    assert history.seconds_left == pytest.approx(900)
    history.add(RunFinished(reason="completed", sentence="Done."))
    assert history.seconds_left is None


def test_the_best_checkpoint_names_the_best_epoch(story: Story) -> None:
    history = fold(story([0.2, 0.4]))
    assert history.best_epoch is None
    history.add(CheckpointSaved(epoch=1, step=50, file="checkpoints/1.npz", best=True))
    history.add(CheckpointSaved(epoch=2, step=100, file="checkpoints/2.npz", best=False))
    assert history.best_epoch == 1


def test_an_epoch_without_validation_is_a_gap(story: Story) -> None:
    history = RunHistory()
    history.add(
        EpochEnded(
            epoch=1,
            step=5,
            seconds=1,
            images_per_second=1,
            training=Scores(loss=1, accuracy=0.5),
            clean_training=Scores(loss=1, accuracy=0.6),
            learning_rate=0.1,
        )
    )
    assert np.isnan(history.curve("validation_loss")[1]).all()
    assert history.latest("clean_accuracy") == 0.6


def test_a_pause_is_a_state_until_the_run_goes_on_or_ends(story: Story) -> None:
    history = fold(story([0.2]))
    held = Paused(epoch=2, step=60, reason="disk full", sentence="There is no room.")
    history.add(held)
    assert (state(history), history.paused) == ("paused", held)
    assert history.seconds_left is None
    history.add(Resumed(epoch=2, step=60))
    assert (state(history), history.paused) == ("running", None)
    assert history.seconds_left is None, "the pause is no part of the pace"
    history.add(held)
    history.lose()
    assert (state(history), history.paused) == ("lost", None)
    assert parse(dump(held)) == held


def test_an_extension_is_the_new_plan(story: Story) -> None:
    history = fold(story([0.2]))
    before = history.total_steps
    planned = history.epochs_planned
    history.add(Extended(epochs=2 * planned))
    assert history.epochs_planned == 2 * planned
    assert history.total_steps == 2 * before


def test_a_resumed_run_tells_its_predictions_anew() -> None:
    def told(epoch: int, share: float) -> PredictionsMade:
        row = Prediction("a.png", 0, 0, share, share)
        return PredictionsMade(epoch=epoch, step=10 * epoch, sample=(row,))

    history = fold([told(1, 0.4), told(2, 0.5), told(3, 0.6), told(2, 0.7)])
    assert [(p.epoch, p.sample[0].share) for p in history.predictions] == [(1, 0.4), (2, 0.7)]
