"""A run from the window's side is held, goes on, is made longer, and is gone on with later."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.store import RunStore
from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.spec.experiment import Experiment

Maker = Callable[..., RunController]
Connector = Callable[[RunController], RunStore]
LONG = 30_000


def seen_epoch(job: str, events: tuple[Event, ...]) -> bool:
    return any(event.event == "epoch_ended" for event in events)


def test_a_run_is_held_and_goes_on(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "steered")
    store = connect(controller)
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        controller.start(experiment, tmp_path)
    controller.pause()
    assert controller.activity.state == "pausing", "the window knows before the worker does"
    qtbot.waitUntil(lambda: controller.activity.state == "paused", timeout=LONG)
    assert controller.activity.busy == "0001-pets is paused."
    assert store.history.state == "paused"
    states: list[str] = []
    controller.state_changed.connect(lambda activity: states.append(activity.state))
    controller.go_on()
    assert states == ["running"]
    qtbot.waitUntil(lambda: store.history.state == "running", timeout=LONG)
    controller.pause()
    qtbot.waitUntil(lambda: controller.activity.state == "paused", timeout=LONG)
    with qtbot.waitSignal(controller.job_ended, timeout=LONG):
        controller.stop()
    assert store.history.finished is not None
    assert store.history.finished.reason == "canceled"


def test_a_run_that_goes_on_is_made_longer(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "steered")
    store = connect(controller)
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        controller.start(experiment, tmp_path)
    assert store.history.epochs_planned == 1000
    controller.extend(7)
    qtbot.waitUntil(lambda: store.history.epochs_planned == 1007, timeout=LONG)


def test_a_run_that_is_gone_on_with_shows_what_it_had_said_before(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    with qtbot.waitSignal(controller.job_ended, timeout=LONG):
        folder = controller.start(experiment, tmp_path)
    later = make_controller("quick", "refusing")
    store = connect(later)
    with qtbot.waitSignal(later.job_ended, timeout=LONG) as ended:
        later.take_up(folder, 5)
    assert ended.args is not None
    last = ended.args[1]
    assert isinstance(last, RunFinished)
    assert last.reason == "errored"
    assert later.training == experiment
    assert store.history.steps.tolist() == list(range(1, 31))
    assert '"epochs": 5' in folder.request_file.read_text()
    assert '"resume": true' in folder.request_file.read_text()
