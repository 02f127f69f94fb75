"""Jobs from the window's side: one at a time, every end heard, nothing blocked or left behind."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import Activity, RunController
from cnnstudio.gui.run.store import RunStore
from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.control_file import ControlFile
from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment

Maker = Callable[..., RunController]
Connector = Callable[[RunController], RunStore]
LONG = 30_000


def seen_epoch(job: str, events: tuple[Event, ...]) -> bool:
    return any(event.event == "epoch_ended" for event in events)


def end_of(qtbot: QtBot, controller: RunController, act: Callable[[], object]) -> RunFinished:
    with qtbot.waitSignal(controller.job_ended, timeout=LONG) as ended:
        act()
    assert ended.args is not None
    last = ended.args[1]
    assert isinstance(last, RunFinished)
    return last


def test_training_fills_the_store_and_ends_idle(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    store = connect(controller)
    states: list[Activity] = []
    controller.state_changed.connect(states.append)
    last = end_of(qtbot, controller, lambda: controller.start(experiment, tmp_path / "runs"))
    assert last.sentence == "Done."
    assert [activity.state for activity in states] == ["running", "idle"]
    assert store.history.state == "completed"
    assert store.history.steps.tolist() == list(range(1, 31))
    assert store.folder is not None
    assert store.folder.name == "0001-pets"
    assert store.folder.experiment() == experiment
    assert store.verdict().sentence.startswith("Done after 3 epochs.")


def test_a_warm_engine_takes_the_job_and_rests_before_the_next_is_warmed(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    store = connect(controller)
    controller.warm()
    controller.warm()
    engine = controller._warm
    assert engine is not None
    assert engine.wait_ready(30)
    last = end_of(qtbot, controller, lambda: controller.start(experiment, tmp_path))
    assert last.reason == "completed"
    assert engine.ended
    assert store.history.phase is not None
    assert store.history.phase.phase == "reading images", "nothing was imported again"
    qtbot.waitUntil(lambda: controller._warm is not None, timeout=LONG)
    assert controller._warm is not engine


def test_only_one_job_runs_at_a_time(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = controller.start(experiment, tmp_path)
    assert controller.activity.busy == "0001-pets is being trained."
    with pytest.raises(UserError, match="0001-pets is being trained"):
        controller.start(experiment, tmp_path)
    with pytest.raises(UserError, match="0001-pets is being trained"):
        controller.diagnose(folder)
    with pytest.raises(UserError, match="0001-pets is being trained"):
        controller.export(folder, "savedmodel", tmp_path / "out")
    assert not (tmp_path / "0002-pets").exists()


def test_stop_is_acknowledged_at_once_and_the_model_kept(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    store = connect(controller)
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = controller.start(experiment, tmp_path)
    states: list[str] = []
    controller.state_changed.connect(lambda activity: states.append(activity.state))

    def stop() -> None:
        controller.stop()
        assert states == ["stopping"], "the window knows before the worker does"
        controller.stop()

    last = end_of(qtbot, controller, stop)
    assert last.sentence == "Stopped in epoch 2."
    assert store.history.state == "canceled"
    assert (folder.path / "kept").exists()
    assert states == ["stopping", "idle"]
    assert controller.activity.busy == ""


@pytest.mark.parametrize("behaviour", ["endless import", "quick"])
def test_stop_in_the_first_moment_is_not_lost(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path, behaviour: str
) -> None:
    controller = make_controller(behaviour, "until stopped")

    def start_and_stop() -> None:
        controller.start(experiment, tmp_path)
        controller.stop()

    assert end_of(qtbot, controller, start_and_stop).reason == "canceled"


def test_a_worker_that_does_not_stop_is_ended_and_the_next_train_works(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "deaf", patience=0.3)
    with qtbot.waitSignal(controller.job_started, timeout=LONG):
        controller.start(experiment, tmp_path)
    with qtbot.waitSignal(controller.events, timeout=LONG):
        pass
    assert "did not stop" in end_of(qtbot, controller, controller.stop).sentence
    with qtbot.waitSignal(controller.events, timeout=LONG):
        controller.start(experiment, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_worker_is_reported_and_the_next_train_works(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "until stopped")
    store = connect(controller)
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        folder = controller.start(experiment, tmp_path)
    control = ControlFile.read(folder.path)
    assert control is not None
    last = end_of(qtbot, controller, lambda: os.kill(control.pid, signal.SIGKILL))
    assert "killed by the system" in last.sentence
    assert store.verdict().tone == "error"
    assert store.verdict().sentence == last.sentence
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        second = controller.start(experiment, tmp_path)
    assert store.folder == second
    assert store.history.state == "running"


def test_a_worker_that_cannot_be_started_is_told(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    controller = RunController((str(tmp_path / "no such program"),))
    controller.warm()
    last = end_of(qtbot, controller, lambda: controller.start(experiment, tmp_path))
    assert last.reason == "errored"
    assert "could not be followed" in last.sentence
    controller.shutdown()


def test_an_unwritable_home_starts_nothing(
    make_controller: Maker, experiment: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    controller = make_controller("quick", "short")
    with pytest.raises(UserError, match="could not be written"):
        controller.start(experiment, tmp_path / "home")
    assert controller.activity == Activity()


def test_diagnosis_and_export_belong_to_their_run(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    store = connect(controller)
    folders: list[RunFolder] = []
    end_of(qtbot, controller, lambda: folders.append(controller.start(experiment, tmp_path)))
    (folder,) = folders
    end_of(qtbot, controller, lambda: controller.diagnose(folder))
    out = tmp_path / "model"
    end_of(qtbot, controller, lambda: controller.export(folder, "savedmodel", out))
    assert store.history.state == "completed"
    assert store.history.step == 30
    assert store.probes.diagnosis is not None
    assert store.probes.diagnosis.sentence == "Healthy."
    assert store.shown.exported is not None
    assert store.shown.exported.path == str(out)
    assert (folder.diagnosis / "events.jsonl").exists()
    assert (folder.export / "worker.log").exists()


def test_a_reopened_run_is_the_run_that_was_seen(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    controller = make_controller("quick", "short")
    live = connect(controller)
    folders: list[RunFolder] = []
    end_of(qtbot, controller, lambda: folders.append(controller.start(experiment, tmp_path)))
    end_of(qtbot, controller, lambda: controller.diagnose(folders[0]))
    later = make_controller()
    store = connect(later)
    with qtbot.waitSignal(store.shown_changed, timeout=LONG):
        later.reopen(folders[0].path)
    assert store.folder == live.folder
    assert store.verdict() == live.verdict()
    for name in ("loss", "validation_accuracy"):
        again, before = store.history.curve(name), live.history.curve(name)
        assert again[0].tolist() == before[0].tolist()
        assert again[1].tolist() == before[1].tolist()
    assert store.probes.diagnosis == live.probes.diagnosis


def test_looking_at_another_run_does_not_disturb_the_running_one(
    qtbot: QtBot, make_controller: Maker, connect: Connector, experiment: Experiment, tmp_path: Path
) -> None:
    first = make_controller("quick", "short")
    folders: list[RunFolder] = []
    end_of(qtbot, first, lambda: folders.append(first.start(experiment, tmp_path)))
    controller = make_controller("quick", "until stopped")
    store = connect(controller)
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=seen_epoch):
        running = controller.start(experiment, tmp_path)
    with qtbot.waitSignal(store.shown_changed, timeout=LONG):
        controller.reopen(folders[0].path)
    assert store.history.finished is not None
    end_of(qtbot, controller, controller.stop)
    assert store.folder == folders[0]
    assert store.history.step == 30
    with qtbot.waitSignal(store.shown_changed, timeout=LONG):
        controller.reopen(running.path)
    assert store.history.state == "canceled"
    with qtbot.waitSignal(controller.compared, timeout=LONG) as compared:
        controller.compare(folders[0].path)
    assert compared.args is not None
    assert len(compared.args[0].history.steps) == 30
    assert store.folder == running, "what is read to be shown beside is not shown alone"


def test_reopening_what_is_no_run_is_told(
    qtbot: QtBot, make_controller: Maker, tmp_path: Path
) -> None:
    controller = make_controller()
    with qtbot.waitSignal(controller.failed, timeout=LONG) as failed:
        controller.reopen(tmp_path)
    assert failed.args is not None
    assert "not a run folder" in failed.args[0].sentence


@pytest.mark.parametrize("behaviour", ["until stopped", "deaf"])
def test_shutdown_leaves_no_thread_and_no_process(
    qtbot: QtBot, make_controller: Maker, experiment: Experiment, tmp_path: Path, behaviour: str
) -> None:
    controller = make_controller("quick", behaviour)
    with qtbot.waitSignal(controller.events, timeout=LONG):
        controller.start(experiment, tmp_path)
    thread = controller._thread
    assert isinstance(thread, WorkerThread)
    controller.reopen(tmp_path)
    controller.shutdown(patience=10.0 if behaviour == "until stopped" else 0.2)
    assert thread.isFinished()
    assert thread.engine.ended
    assert (tmp_path / "0001-pets" / "kept").exists() == (behaviour == "until stopped")
    with pytest.raises(UserError, match="closing"):
        controller.start(experiment, tmp_path)


def test_shutdown_ends_a_warm_engine(make_controller: Maker) -> None:
    controller = make_controller("endless import")
    controller.warm()
    engine = controller._warm
    assert engine is not None
    controller.shutdown()
    assert engine.ended
    controller.warm()
    assert controller._warm is None
