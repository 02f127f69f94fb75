"""A whole run: what it tells, how it is stopped at any moment, resumed, and how it fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    LogLine,
    PhaseChanged,
    RunFinished,
    RunStarted,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training import session
from cnnstudio.training.engine import tf
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints

LIVELY = {
    "training.epochs": 3,
    "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "RandomRotation"}],
    "training.optimizer.learning_rate": {"kind": "CosineDecay", "initial_learning_rate": 0.01},
}


def last_arrays(folder: RunFolder) -> dict[str, Any]:
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    return {**snapshot.arrays}


@pytest.fixture(scope="module")
def uninterrupted(
    make: Callable[..., Experiment], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the last checkpoint holds after the lively run in one go."""
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path_factory.mktemp("whole"), experiment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        assert conduct(experiment, folder, lambda e: None, lambda: False).reason == "completed"
    return last_arrays(folder)


def test_a_run_learns_and_tells_all_of_it(trained: RunFolder) -> None:
    events = list(trained.events())
    (started,) = (event for event in events if isinstance(event, RunStarted))
    assert started.class_names == ("blue", "green", "red")
    assert (started.training_images, started.validation_images, started.test_images) == (45, 15, 0)
    assert (started.epochs, started.steps_per_epoch) == (6, 6)
    assert started.majority_share == pytest.approx(1 / 3)
    batches = [event for event in events if isinstance(event, BatchEnded)]
    assert [batch.step for batch in batches] == list(range(1, 37))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert [epoch.step for epoch in epochs] == [6, 12, 18, 24, 30, 36]
    assert epochs[-1].training.accuracy > 0.8
    assert epochs[-1].clean_training is not None
    assert epochs[-1].clean_training.accuracy > 0.8
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert (last.reason, last.epochs) == ("completed", 6)
    saved = [event for event in events if isinstance(event, CheckpointSaved)]
    assert saved
    assert (trained.path / saved[-1].file).is_file()
    assert trained.labels() == ("blue", "green", "red")
    environment = json.loads(trained.environment_file.read_text())
    assert environment["versions"]["keras"] == started.versions["keras"]
    assert environment["device"] == "CPU"


PHASES: dict[str, Callable[[Event], bool]] = {
    "at once": lambda event: True,
    "while images are read": lambda event: (
        isinstance(event, PhaseChanged) and event.phase == "reading images" and event.done > 0
    ),
    "while building": lambda event: isinstance(event, PhaseChanged) and event.phase == "building",
    "before the first step": lambda event: isinstance(event, RunStarted),
    "in the middle of an epoch": lambda event: isinstance(event, BatchEnded) and event.step == 8,
    "while validating": lambda event: (
        isinstance(event, PhaseChanged) and event.phase == "validating"
    ),
    "after an epoch": lambda event: isinstance(event, EpochEnded) and event.epoch == 1,
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_stop_in_any_phase_ends_there_and_resume_gives_the_uninterrupted_weights(
    make: Callable[..., Experiment],
    listener: Any,
    tmp_path: Path,
    uninterrupted: dict[str, Any],
    phase: str,
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    stopping = listener(PHASES[phase])
    last = conduct(experiment, folder, stopping.emit, stopping.should_stop)
    assert last.reason == "canceled", last.details
    assert stopping.events[-1] == last
    trained_steps = len(stopping.of(BatchEnded))
    after = stopping.events[[PHASES[phase](event) for event in stopping.events].index(True) + 1 :]
    assert not [event for event in after if isinstance(event, BatchEnded)]
    if trained_steps:
        kept = Checkpoints(folder).last()
        assert kept is not None
        assert kept.progress.step == trained_steps
        assert "kept" in last.sentence

    going_on = listener()
    assert conduct(experiment, folder, going_on.emit, lambda: False, True).reason == "completed"
    steps = [event.step for event in going_on.of(BatchEnded)]
    assert steps == list(range(trained_steps + 1, 19))

    resumed = last_arrays(folder)
    assert resumed.keys() == uninterrupted.keys()
    for key, value in uninterrupted.items():
        assert np.array_equal(resumed[key], value), key
    told = going_on.of(EpochEnded)[-1]
    assert told.epoch == 3


def test_early_stopping_ends_the_run_and_names_the_best_epoch(
    make: Callable[..., Experiment], listener: Any, tmp_path: Path
) -> None:
    policy = {"kind": "EarlyStopping", "monitor": "training_loss", "patience": 1, "min_delta": 99}
    experiment = make({"training.epochs": 9, "training.policies": [policy]})
    folder = RunFolder.create(tmp_path, experiment)
    heard = listener()
    last = conduct(experiment, folder, heard.emit, lambda: False)
    assert (last.reason, last.epochs, last.best_epoch) == ("completed", 2, 1)
    assert "the training loss has stopped improving" in last.sentence
    best = Checkpoints(folder).best()
    assert best is not None
    assert best.progress.epoch == 1
    assert [event.epoch for event in heard.of(CheckpointSaved) if event.best] == [1]

    again = listener()
    resumed = conduct(experiment, folder, again.emit, lambda: False, resume=True)
    assert resumed.reason == "completed"
    assert not again.of(BatchEnded)


def test_a_run_whose_classes_were_renamed_is_not_gone_on_with(
    make: Callable[..., Experiment], image_folder: Path, listener: Any, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    shutil.copytree(image_folder, images)
    experiment = make({"dataset.source.path": str(images), "training.epochs": 1})
    folder = RunFolder.create(tmp_path / "runs", experiment)
    conduct(experiment, folder, listener().emit, lambda: False)
    (images / "blue").rename(images / "violet")
    last = conduct(experiment, folder, listener().emit, lambda: False, resume=True)
    assert last.reason == "errored"
    assert "classes were changed since this run began" in last.sentence
    assert folder.labels() == ("blue", "green", "red")


def test_a_diverged_run_names_step_and_reason_and_keeps_the_sound_weights(
    make: Callable[..., Experiment], listener: Any, tmp_path: Path
) -> None:
    experiment = make(
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 100.0},
            "training.epochs": 40,
            "model.input_scaling": "none",
            "model.layers.1": {"kind": "Conv2D", "activation": "linear"},
        }
    )
    folder = RunFolder.create(tmp_path, experiment)
    heard = listener()
    last = conduct(experiment, folder, heard.emit, lambda: False)
    assert last.reason == "errored"
    step = heard.of(BatchEnded)[-1].step
    assert f"since step {step} " in last.sentence
    assert "the learning rate 100 is too high for SGD: try 10" in last.sentence
    assert all(np.isfinite(value).all() for value in last_arrays(folder).values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dataset.source.path": "/nowhere/at/all"}, "There is no folder “all”"),
        ({"model.layers.6.units": 2}, "there are 3 classes"),
        ({"model.layers": []}, "no layers"),
    ],
)
def test_what_a_person_can_mend_ends_in_one_sentence(
    make: Callable[..., Experiment],
    listener: Any,
    tmp_path: Path,
    change: dict[str, Any],
    words: str,
) -> None:
    experiment = make(change)
    heard = listener()
    last = conduct(experiment, RunFolder.create(tmp_path, experiment), heard.emit, lambda: False)
    assert last.reason == "errored"
    assert words in last.sentence
    assert "Traceback" not in last.sentence + last.details
    assert heard.events[-1] == last


def test_unreadable_images_are_left_out_and_named(
    make: Callable[..., Experiment], listener: Any, image_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "images"
    shutil.copytree(image_folder, copy)
    (copy / "red" / "red-3.png").write_bytes(b"not a picture")
    experiment = make({"dataset.source.path": str(copy), "training.epochs": 1})
    heard = listener()
    folder = RunFolder.create(tmp_path / "runs", experiment)
    assert conduct(experiment, folder, heard.emit, lambda: False).reason == "completed"
    (line,) = heard.of(LogLine)
    assert line.level == "warning"
    assert "red/red-3.png" in line.text
    (started,) = heard.of(RunStarted)
    assert started.training_images + started.validation_images == 59


def _closed_in_vain() -> ValueError:
    """What comes of a file whose writing, and then whose closing, found no memory."""
    error = ValueError("I/O operation on closed file.")
    error.__context__ = MemoryError()
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "try a batch size of 4"),
        (tf.errors.ResourceExhaustedError(None, None, "OOM"), "try a batch size of 4"),
        (_closed_in_vain(), "try a batch size of 4"),
        (RuntimeError("odd"), "unexpected error"),
    ],
)
def test_faults_become_the_last_word_with_details(
    make: Callable[..., Experiment],
    listener: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    words: str,
) -> None:
    def failing(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(session, "prepare", failing)
    experiment = make()
    last = conduct(
        experiment, RunFolder.create(tmp_path, experiment), listener().emit, lambda: False
    )
    assert last.reason == "errored"
    assert words in last.sentence
    assert type(error).__name__ in last.details


def test_a_run_without_validation_images_is_judged_by_its_training_loss(
    make: Callable[..., Experiment], listener: Any, tmp_path: Path
) -> None:
    experiment = make({"dataset.split.validation": 0.0})
    heard = listener()
    last = conduct(experiment, RunFolder.create(tmp_path, experiment), heard.emit, lambda: False)
    assert last.reason == "completed"
    epochs = heard.of(EpochEnded)
    assert [epoch.validation for epoch in epochs] == [None, None]
    assert [epoch.confusion for epoch in epochs] == [None, None]
    losses = [epoch.training.loss for epoch in epochs]
    assert last.best_epoch == int(np.argmin(losses)) + 1
