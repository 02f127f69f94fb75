"""The list of runs is read from the folders, and no damage in one hides the others."""

import math
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.runs.catalog import list_runs, summary
from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.events import BatchEnded, Event, Paused, RunFinished, dump
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.spec.experiment import Experiment

Story = Callable[..., list[Event]]


def write(folder: RunFolder, events: list[Event]) -> None:
    with EventLog(folder.events_file) as log:
        for event in events:
            log.write(event)


def test_a_run_is_one_line(tmp_path: Path, experiment: Experiment, story: Story) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    end = RunFinished(reason="completed", sentence="Done.", epochs=3, best_epoch=2)
    write(folder, [*story([0.2, 0.6, 0.55], [0.1, 0.5, 0.4]), end])
    (run,) = list_runs(tmp_path)
    assert run.name == folder.name
    assert run.state == "completed"
    assert run.epochs == 3
    assert run.validation_accuracy == 0.5
    assert run.training_accuracy == 0.6
    assert run.started is not None
    assert run.started.timestamp() == 1000
    assert run.problem == ""


def test_the_newest_comes_first_and_other_folders_are_no_runs(
    tmp_path: Path, experiment: Experiment
) -> None:
    first, second = (RunFolder.create(tmp_path, experiment) for _ in range(2))
    (tmp_path / "images").mkdir()
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    assert [run.name for run in list_runs(tmp_path)] == [second.name, first.name]
    assert list_runs(tmp_path / "missing") == ()


def test_a_run_that_never_began_says_so(tmp_path: Path, experiment: Experiment) -> None:
    RunFolder.create(tmp_path, experiment)
    (run,) = list_runs(tmp_path)
    assert run.state == "new"
    assert run.problem == "The run never began."


def test_a_run_whose_worker_is_gone_is_lost(
    tmp_path: Path, experiment: Experiment, story: Story
) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    write(folder, story([0.2, 0.3])[:-1])
    run = summary(folder.path)
    assert run.state == "lost"
    assert run.epochs == 1
    assert run.problem == "The run ended without a last word in epoch 2."


def test_damage_is_told_and_the_rest_is_read(
    tmp_path: Path, experiment: Experiment, story: Story
) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    events = story([0.2])
    lines = [dump(event) for event in events]
    lines.insert(1, '{"event":"run_fin')
    end = dump(RunFinished(reason="completed", sentence="Done."))
    folder.events_file.write_text("\n".join([*lines, end, '{"ev']), encoding="utf-8")
    run = summary(folder.path)
    assert run.state == "completed"
    assert run.problem == "1 line of its events cannot be read."
    folder.experiment_file.unlink()
    assert summary(folder.path).problem == "Its experiment.yaml is missing."


def test_a_folder_of_noise_is_listed_not_raised(tmp_path: Path) -> None:
    noise = tmp_path / "0001-noise"
    noise.mkdir()
    (noise / "events.jsonl").write_bytes(os.urandom(5000) + b"\n")
    (noise / "control.json").write_bytes(os.urandom(50))
    (run,) = list_runs(tmp_path)
    assert run.problem


def test_an_errored_run_shows_its_sentence(tmp_path: Path, experiment: Experiment) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    write(folder, [RunFinished(reason="errored", sentence="There are no images.")])
    assert summary(folder.path).problem == "There are no images."


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")
def test_a_run_is_alive_only_while_its_process_listens(
    tmp_path: Path, experiment: Experiment, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    write(folder, story([0.2]))
    # Short, because a socket's path may have about a hundred bytes.
    monkeypatch.chdir(tmp_path)
    control = ControlFile(os.getpid(), "s", b"key")
    control.write(folder.path)
    assert not is_alive(folder.path), "the process id alone may be somebody else's"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen()
        assert is_alive(folder.path)
        assert summary(folder.path).state == "running"
    assert summary(folder.path).state == "lost"
    ControlFile(1, "other", b"other").remove(folder.path)
    assert ControlFile.read(folder.path) == control, "another worker's file stays"
    control.remove(folder.path)
    assert ControlFile.read(folder.path) is None


HELD = Paused(epoch=2, step=60, reason="asked", sentence="Paused.")
NO_NUMBER = BatchEnded(epoch=2, step=61, loss=math.nan, accuracy=0.5, learning_rate=0.1)


@pytest.mark.parametrize(
    ("end", "checkpoint", "resumable"),
    [
        ((), True, True),
        ((), False, False),
        ((HELD,), True, True),
        ((RunFinished(reason="canceled", sentence="Stopped."),), True, True),
        ((RunFinished(reason="errored", sentence="No memory."),), True, True),
        ((RunFinished(reason="completed", sentence="Done."),), True, False),
        ((NO_NUMBER, RunFinished(reason="errored", sentence="Diverged.")), True, False),
    ],
)
def test_what_was_cut_or_stopped_can_be_gone_on_with(
    tmp_path: Path,
    experiment: Experiment,
    story: Story,
    end: tuple[Event, ...],
    checkpoint: bool,
    resumable: bool,
) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    write(folder, [*story([0.2])[:-1], *end])
    if checkpoint:
        (folder.checkpoints / "step-00000050.npz").write_bytes(b"")
    assert summary(folder.path).resumable is resumable


@pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")
def test_a_run_at_work_is_not_gone_on_with(
    tmp_path: Path, experiment: Experiment, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    write(folder, [*story([0.2]), RunFinished(reason="canceled", sentence="Stopped.")])
    (folder.checkpoints / "initial.npz").write_bytes(b"")
    assert summary(folder.path).resumable
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        listener.listen()
        ControlFile(os.getpid(), "s", b"key").write(folder.path)
        run = summary(folder.path)
        assert (run.state, run.resumable) == ("running", False)
        write(folder, [HELD])
        run = summary(folder.path)
        assert (run.state, run.resumable) == ("paused", False)
