"""The time of a run is the time it worked, and what happened in it has its place."""

from __future__ import annotations

import numpy as np

from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    Event,
    Extended,
    FindingRaised,
    Paused,
    Resumed,
    RunFinished,
    RunStarted,
)
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.timeline import Moment, Timeline


def begun(time: float) -> RunStarted:
    return RunStarted(
        time=time,
        name="pets",
        epochs=2,
        steps_per_epoch=10,
        batch_size=4,
        training_images=40,
        validation_images=0,
        test_images=0,
        class_names=("cat", "dog"),
        majority_share=0.5,
    )


def batch(step: int, time: float) -> BatchEnded:
    return BatchEnded(time=time, epoch=1, step=step, loss=1.0, accuracy=0.5, learning_rate=0.1)


def folded(*events: Event) -> Timeline:
    history = RunHistory()
    for event in events:
        history.add(event)
    assert len(history.timeline.seconds) == len(history.steps)
    return history.timeline


def test_each_step_has_the_seconds_since_the_run_began() -> None:
    line = folded(begun(100.0), batch(1, 103.0), batch(2, 103.5))
    assert line.seconds.tolist() == [3.0, 3.5]
    assert line.moments == []


def test_a_pause_takes_no_time_and_leaves_two_moments() -> None:
    line = folded(
        begun(100.0),
        batch(1, 101.0),
        Paused(time=102.0, epoch=1, step=1, reason="disk full", sentence="The disk is full."),
        Resumed(time=500.0, epoch=1, step=1),
        batch(2, 501.0),
    )
    assert line.seconds.tolist() == [1.0, 3.0]
    assert line.moments == [
        Moment(1, "paused", "paused: the disk is full"),
        Moment(1, "resumed", "went on"),
    ]


def test_a_run_taken_up_again_goes_on_where_its_checkpoint_stood() -> None:
    line = folded(
        begun(100.0),
        *(batch(step, 100.0 + step) for step in range(1, 9)),
        begun(10_000.0),
        batch(6, 10_002.0),
        batch(7, 10_003.0),
    )
    # What was trained twice took its time twice.
    assert line.seconds.tolist() == [1, 2, 3, 4, 5, 10, 11]
    assert line.moments == [Moment(5, "resumed", "taken up again")]


def test_a_clock_that_is_set_back_never_turns_time_around() -> None:
    line = folded(begun(100.0), batch(1, 101.0), batch(2, 50.0), batch(3, 51.0))
    assert np.all(np.diff(line.seconds) >= 0)


def test_checkpoints_findings_and_extensions_have_their_step() -> None:
    found = Finding(cause="O1", title="Too fast", sentence=".", severity="error", confidence=0.9)
    line = folded(
        begun(100.0),
        FindingRaised(finding=found),
        batch(1, 101.0),
        CheckpointSaved(epoch=1, step=1, file="checkpoints/best.npz", best=True),
        CheckpointSaved(epoch=1, step=1, file="checkpoints/last.npz", best=False),
        Extended(epochs=12),
        RunFinished(reason="completed", sentence="Done."),
    )
    assert line.moments == [
        Moment(0, "finding", "Too fast"),
        Moment(1, "checkpoint", "checkpoint, the best so far"),
        Moment(1, "checkpoint", "checkpoint"),
        Moment(1, "extended", "extended to 12 epochs"),
    ]
