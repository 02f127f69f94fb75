"""Runs that another process owns: shown as if they had never been left, and steered."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.store import RunStore
from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.control import send

Maker = Callable[..., RunController]
Connector = Callable[[RunController], RunStore]
LONG = 30_000


def seen_epoch(job: str, events: tuple[Event, ...]) -> bool:
    return any(event.event == "epoch_ended" for event in events)


def test_a_followed_run_is_shown_and_steered(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    owner, guest = make_controller("quick", "steered"), make_controller()
    live, store = connect(owner), connect(guest)
    with qtbot.waitSignal(owner.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = owner.start(experiment, tmp_path)
    with qtbot.waitSignal(guest.caught_up, timeout=LONG):
        guest.follow(folder)
    assert guest.activity.elsewhere
    assert guest.training == experiment
    assert guest.pid == owner.pid
    assert store.history.steps.tolist() == live.history.steps.tolist()
    guest.pause()
    qtbot.waitUntil(lambda: owner.activity.state == guest.activity.state == "paused", timeout=LONG)
    guest.go_on()
    qtbot.waitUntil(lambda: store.history.state == "running", timeout=LONG)
    guest.extend(3)
    qtbot.waitUntil(lambda: store.history.epochs_planned == 1003, timeout=LONG)
    with qtbot.waitSignals([owner.job_ended, guest.job_ended], timeout=LONG):
        guest.stop()
    assert store.history.state == live.history.state == "canceled"
    assert guest.activity.job is None


def test_a_paused_run_is_paused_for_whoever_comes_later(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    owner, guest = make_controller("quick", "steered"), make_controller()
    store = connect(guest)
    with qtbot.waitSignal(owner.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = owner.start(experiment, tmp_path)
    owner.pause()
    qtbot.waitUntil(lambda: owner.activity.state == "paused", timeout=LONG)
    guest.follow(folder)
    qtbot.waitUntil(lambda: guest.activity.state == "paused", timeout=LONG)
    assert store.history.paused is not None


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_end_of_a_followed_run_that_is_killed_is_heard(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    owner, guest = make_controller("quick", "until stopped"), make_controller()
    store = connect(guest)
    with qtbot.waitSignal(owner.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = owner.start(experiment, tmp_path)
    with qtbot.waitSignal(guest.caught_up, timeout=LONG):
        guest.follow(folder)
    with qtbot.waitSignal(guest.job_ended, timeout=LONG) as ended:
        os.kill(guest.pid, signal.SIGKILL)
    assert ended.args is not None
    last = ended.args[1]
    assert isinstance(last, RunFinished)
    assert "without a last word" in last.sentence
    assert store.history.state == "errored"


def test_a_run_that_is_kept_goes_on_when_its_window_is_gone_and_is_found_again(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    first, second = make_controller("quick", "steered"), make_controller()
    store = connect(second)
    with qtbot.waitSignal(first.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = first.start(experiment, tmp_path)
    thread = first._thread
    first.shutdown(keep=True)
    assert thread is not None
    assert thread.isFinished(), "no thread is left"
    assert is_alive(folder.path), "the run goes on"
    with qtbot.waitSignal(second.caught_up, timeout=LONG):
        second.follow(folder)
    assert len(store.history.epochs) == 1
    with qtbot.waitSignal(second.job_ended, timeout=LONG):
        second.stop()
    assert ControlFile.read(folder.path) is None
    assert store.history.state == "canceled"


def test_leaving_a_followed_run_leaves_it_alone(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    owner, guest = make_controller("quick", "steered"), make_controller()
    with qtbot.waitSignal(owner.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = owner.start(experiment, tmp_path)
    with qtbot.waitSignal(guest.caught_up, timeout=LONG):
        guest.follow(folder)
    guest.shutdown()
    assert owner.activity.state == "running"
    assert send(folder.path, "pause") == "ok"
    qtbot.waitUntil(lambda: owner.activity.state == "paused", timeout=LONG)


def test_a_run_whose_folder_is_gone_ends_in_a_sentence(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    from cnnstudio.runs.folder import RunFolder

    guest = make_controller()
    connect(guest)
    with qtbot.waitSignal(guest.job_ended, timeout=LONG) as ended:
        guest.follow(RunFolder(tmp_path / "0001-gone"))
    assert ended.args is not None
    assert "not a run folder" in ended.args[1].sentence
