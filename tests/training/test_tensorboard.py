"""TensorBoard files beside a run: its very numbers, none twice, and never in the run's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.runs.events import BatchEnded, EpochEnded, Event, LogLine
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.tensorboard import write
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.session import conduct
from cnnstudio.training.tensorboard import AlsoForTensorBoard
from tests.runs.tensorboard_reader import accumulator, curves

Make = Callable[..., Experiment]
ON = {"training.tensorboard": True}


def test_a_run_writes_them_only_where_that_is_asked_for(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    for name, experiment in (("on", make(ON)), ("off", make())):
        folder = RunFolder.create(tmp_path / name, experiment)
        heard = listener()
        assert conduct(experiment, folder, heard.emit, heard.should_stop).reason == "completed"
        assert folder.tensorboard.exists() == (name == "on")
        if name == "on":
            found = curves(folder.tensorboard)
            losses = [event.loss for event in heard.of(BatchEnded)]
            assert found["train/batches"]["batch_loss"][1] == pytest.approx(losses)
            for run, scores in (("train", "training"), ("validation", "validation")):
                expected = [getattr(event, scores).accuracy for event in heard.of(EpochEnded)]
                assert found[run]["epoch_accuracy"] == ([1, 2], pytest.approx(expected))
            clean = [event.clean_training.loss for event in heard.of(EpochEnded)]
            assert found["clean-train"]["epoch_loss"] == ([1, 2], pytest.approx(clean))


def test_a_resumed_run_goes_on_in_the_same_folder_and_tells_nothing_twice(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    experiment = make({**ON, "training.epochs": 4})
    folder = RunFolder.create(tmp_path, experiment)
    first = listener(lambda event: isinstance(event, EpochEnded) and event.epoch == 2)
    assert conduct(experiment, folder, first.emit, first.should_stop).reason == "canceled"
    second = listener()
    conduct(experiment, folder, second.emit, second.should_stop, resume=True)
    found = curves(folder.tensorboard)
    assert found["train"]["epoch_accuracy"][0] == [1, 2, 3, 4]
    assert found["train/batches"]["batch_loss"][0] == list(range(1, 25))
    assert len(accumulator(folder.tensorboard / "train").Tensors("experiment")) == 1


def test_a_disk_that_refuses_them_is_told_once_and_the_run_goes_on(
    make: Make, tmp_path: Path, listener: Any
) -> None:
    experiment = make(ON)
    folder = RunFolder.create(tmp_path, experiment)
    heard = listener()

    def emit(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 1:
            # From here on nothing can be appended to the files of batches.
            (file,) = (folder.tensorboard / "train" / "batches").iterdir()
            file.unlink()
            file.mkdir()
        heard.emit(event)

    assert conduct(experiment, folder, emit, heard.should_stop).reason == "completed"
    assert [event.epoch for event in heard.of(EpochEnded)] == [1, 2]
    (warning,) = [line for line in heard.of(LogLine) if "TensorBoard" in line.text]
    assert warning.level == "warning"
    assert "cnnstudio runs" in warning.text


def test_an_event_that_finds_no_room_in_the_log_is_told_to_tensorboard_once(
    make: Make, tmp_path: Path
) -> None:
    experiment = make(ON)
    folder = RunFolder.create(tmp_path, experiment)
    refused: list[Event] = []

    def emit(event: Event) -> None:
        if not refused:
            refused.append(event)
            raise UserError("There is no room.")

    told = AlsoForTensorBoard(emit, folder, experiment)
    batch = BatchEnded(time=5.0, epoch=1, step=1, loss=0.5, accuracy=0.5, learning_rate=0.1)
    with pytest.raises(UserError, match="no room"):
        told(batch)
    told(batch.model_copy(update={"step": 2, "time": 7.0}))
    assert curves(folder.tensorboard)["train/batches"]["batch_loss"][0] == [1, 2]


def test_a_run_that_was_made_without_them_gets_them_later(
    trained: RunFolder, tmp_path: Path
) -> None:
    write(trained, tmp_path)
    found = curves(tmp_path)
    assert set(found) == {"train", "train/batches", "validation", "clean-train"}
    assert found["validation"]["epoch_accuracy"][0] == [1, 2, 3, 4, 5, 6]
