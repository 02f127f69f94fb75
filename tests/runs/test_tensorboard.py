"""TensorBoard itself reads what is written for it: its own reader is asked in every test."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.runs.events import BatchEnded, Event, LogLine, RunFinished, dump
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.tensorboard import TensorBoardFiles, write, write_events
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from tests.runs.tensorboard_reader import accumulator, curves

Story = Callable[..., list[Event]]


def test_three_runs_share_keras_s_charts_and_batches_have_their_own(
    story: Story, tmp_path: Path
) -> None:
    write_events(story([0.2, 0.4, 0.6], [0.1, 0.3, 0.5], steps=30), tmp_path)
    found = curves(tmp_path)
    assert set(found) == {"train", "validation", "train/batches"}
    assert found["train"]["epoch_accuracy"] == ([1, 2, 3], pytest.approx([0.2, 0.4, 0.6]))
    assert found["validation"]["epoch_accuracy"] == ([1, 2, 3], pytest.approx([0.1, 0.3, 0.5]))
    assert found["validation"]["epoch_loss"] == ([1, 2, 3], pytest.approx([0.6] * 3))
    assert found["train"]["epoch_learning_rate"][1] == pytest.approx([0.001] * 3)
    steps, losses = found["train/batches"]["batch_loss"]
    assert steps == list(range(1, 91))
    assert losses == pytest.approx([2 / step for step in steps])
    assert set(found["train/batches"]) == {"batch_loss", "batch_accuracy", "batch_learning_rate"}


def test_the_clean_measurement_is_a_run_beside_them(story: Story, tmp_path: Path) -> None:
    def cleaned(event: Event) -> Event:
        if event.event != "epoch_ended":
            return event
        return event.model_copy(update={"clean_training": event.training})

    write_events(map(cleaned, story([0.2, 0.4], steps=2)), tmp_path)
    assert curves(tmp_path)["clean-train"]["epoch_accuracy"] == ([1, 2], pytest.approx([0.2, 0.4]))


def test_what_a_resumed_run_tells_again_stands_once(story: Story, tmp_path: Path) -> None:
    first = story([0.2, 0.4, 0.6], [0.1, 0.3, 0.5], steps=10)
    again = story([0.2, 0.7, 0.8], [0.1, 0.6, 0.7], steps=10)
    later = [event.model_copy(update={"time": event.time + 500.0}) for event in again]
    begun, told = later[0], [e for e in later[1:] if getattr(e, "step", 0) > 15]
    live = TensorBoardFiles(tmp_path)
    for event in first:
        live.add(event)
    for file in tmp_path.rglob("*.cnnstudio"):
        # The process died within a record.
        with file.open("ab") as torn:
            torn.write(b"\x64\0\0\0\0\0\0\0\x01\x02")
    resumed = TensorBoardFiles(tmp_path)
    for event in (begun, *told):
        resumed.add(event)
    resumed.flush()
    found = curves(tmp_path)
    assert found["train/batches"]["batch_accuracy"][0] == list(range(1, 31))
    assert found["train"]["epoch_accuracy"] == ([1, 2, 3], pytest.approx([0.2, 0.7, 0.8]))
    assert found["validation"]["epoch_accuracy"] == ([1, 2, 3], pytest.approx([0.1, 0.6, 0.7]))
    converted = tmp_path / "converted"
    write_events((*first, begun, *told), converted)
    assert curves(converted) == found


def test_numbers_that_are_none_or_too_large_come_through(tmp_path: Path) -> None:
    values = [math.nan, math.inf, -1e300, 1e-300]
    events = [
        BatchEnded(time=float(at), epoch=1, step=at + 1, loss=v, accuracy=0.5, learning_rate=0.1)
        for at, v in enumerate(values)
    ]
    write_events(events, tmp_path)
    steps, losses = curves(tmp_path)["train/batches"]["batch_loss"]
    assert steps == [1, 2, 3, 4]
    assert np.array_equal(losses, [math.nan, math.inf, -math.inf, 0.0], equal_nan=True)


def test_the_settings_are_shown_as_text_and_times_are_those_of_the_run(
    story: Story, experiment: Experiment, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "runs", experiment)
    lines = [dump(event) for event in story([0.5], steps=300)]
    run.events_file.write_text("\n".join([*lines, "no event", ""]), encoding="utf-8")
    write(run, tmp_path / "out")
    read = accumulator(tmp_path / "out" / "train")
    (shown,) = read.Tensors("experiment")
    words = shown.tensor_proto.string_val[0].decode("utf-8")
    assert "    name: 'Pets: Grundlinie Ü'\n" in words
    assert len(words.encode()) > 512, "longer than what is checked in one piece"
    assert read.SummaryMetadata("experiment").plugin_data.plugin_name == "text"
    assert read.Scalars("epoch_loss")[0].wall_time == 1300.5


def test_writing_again_replaces_its_own_files_and_no_others(story: Story, tmp_path: Path) -> None:
    mine = tmp_path / "train" / "events.out.tfevents.1700000000.host.1.0.v2"
    mine.parent.mkdir()
    mine.write_bytes(b"")
    write_events(story([0.2, 0.4], steps=5), tmp_path)
    once = {path: path.read_bytes() for path in tmp_path.rglob("*.cnnstudio")}
    write_events(story([0.2, 0.4], steps=5), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.cnnstudio")} == once
    write_events([], tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


def test_batches_are_written_within_a_second_and_an_end_writes_everything(
    story: Story, tmp_path: Path
) -> None:
    live = TensorBoardFiles(tmp_path)
    batches = [event for event in story([0.5], steps=3) if isinstance(event, BatchEnded)]
    live.add(batches[0])
    assert curves(tmp_path)["train/batches"]["batch_loss"][0] == [1]
    live.add(batches[1].model_copy(update={"time": batches[0].time + 0.5}))
    live.add(LogLine(level="info", text="Not for these files."))
    assert curves(tmp_path)["train/batches"]["batch_loss"][0] == [1]
    live.add(RunFinished(reason="canceled", sentence="Stopped."))
    assert curves(tmp_path)["train/batches"]["batch_loss"][0] == [1, 2]


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    story: Story, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    with pytest.raises(UserError, match="TensorBoard files could not be written"):
        write_events(story([0.5], steps=2), tmp_path / "out")
