"""Runs that wait for their turn: each starts when the one before it has ended."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.queue import RunQueue
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment

Maker = Callable[..., RunController]
LONG = 30_000


def titles(queue: RunQueue) -> list[str]:
    return [item.title for item in queue.waiting]


def test_what_is_queued_is_the_experiment_as_it_was_then(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    queue = RunQueue(controller)
    assert queue.train(experiment, tmp_path) is None
    second = experiment.model_copy(update={"name": "birds"})
    waits = queue.train(second, tmp_path)
    assert waits is not None
    assert titles(queue) == ["birds"]
    with qtbot.waitSignals([controller.job_ended] * 2, timeout=LONG):
        pass
    assert queue.waiting == ()
    names = sorted(place.name for place in tmp_path.iterdir())
    assert names == ["0001-pets", "0002-birds"]
    assert RunFolder(tmp_path / "0002-birds").experiment() == second


def test_runs_of_one_name_are_told_apart(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    queue = RunQueue(controller)
    for _ in range(3):
        queue.train(experiment, tmp_path)
    assert titles(queue) == ["pets 2", "pets 3"]
    queue.remove(queue.waiting[0].number)
    queue.train(experiment, tmp_path)
    assert len(set(titles(queue))) == 2


def test_what_is_taken_out_does_not_start(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    queue = RunQueue(controller)
    queue.train(experiment, tmp_path)
    waits = queue.train(experiment, tmp_path)
    assert waits is not None
    told: list[int] = []
    queue.changed.connect(lambda waiting: told.append(len(waiting)))
    queue.remove(waits.number)
    queue.remove(waits.number)
    assert told == [0]
    with qtbot.waitSignal(controller.job_ended, timeout=LONG):
        controller.stop()
    assert controller.activity.job is None
    assert not (tmp_path / "0002-pets").exists()


def test_a_run_that_cannot_begin_does_not_hold_up_the_next(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    queue = RunQueue(controller)
    (tmp_path / "file").touch()
    queue.train(experiment, tmp_path / "runs")
    queue.train(experiment, tmp_path / "file")
    queue.train(experiment, tmp_path / "runs")
    with (
        qtbot.waitSignals([controller.job_ended] * 2, timeout=LONG),
        qtbot.waitSignal(queue.failed, timeout=LONG) as failed,
    ):
        pass
    assert failed.args is not None
    assert isinstance(failed.args[0], UserError)
    assert (tmp_path / "runs" / "0002-pets").is_dir()


def test_a_run_waits_only_once_to_go_on(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    queue = RunQueue(controller)
    queue.train(experiment, tmp_path / "runs")
    folder = RunFolder.create(tmp_path / "others", experiment)
    queue.take_up(folder)
    assert titles(queue) == [folder.name]
    with pytest.raises(UserError, match="waits for its turn already"):
        queue.take_up(folder)
