"""Stop, pause and quit in each phase of a real run: exit code 0, nothing left behind.

The real child trains a tiny network on tiny images.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.catalog import summary
from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import CheckpointSaved, Event, PhaseChanged, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import read
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.worker.control import send

LONG = 120_000
ROOT = Path(__file__).parents[3]
OURS = ("doorbell", "orders", "stop", "pause", "resume")
"""Names of the threads that steer a child."""


@pytest.fixture
def squares(tmp_path: Path) -> Experiment:
    """Light and dark squares, and a network that learns them for as long as it is let."""
    images = tmp_path / "images"
    dice = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (images / name).mkdir(parents=True)
        for number in range(12):
            pixels = dice.normal(level, 20, (16, 16, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(images / name / f"{number}.png")
    layers = (
        Conv2D(filters=4, kernel_size=3, activation="relu"),
        GlobalAveragePooling2D(),
        Dense(units=2, activation="softmax"),
    )
    return Experiment(
        name="squares",
        dataset=Dataset(
            source=ClassFolders(path=str(images)),
            image_size=(16, 16),
            split=Split(validation=0.25, test=0.0),
            batch_size=4,
        ),
        model=Network(layers=layers),
        training=Training(epochs=100_000),
    )


@pytest.fixture
def controller(qtbot: QtBot) -> Iterator[RunController]:
    made = RunController()
    yield made
    made.shutdown(patience=5.0)


def reaching(phase: str) -> Callable[[str, tuple[Event, ...]], bool]:
    def reached(job: str, events: tuple[Event, ...]) -> bool:
        if phase == "saving":
            return any(isinstance(event, CheckpointSaved) for event in events)
        return any(isinstance(e, PhaseChanged) and e.phase == phase for e in events)

    return reached


def nothing_is_left(thread: WorkerThread, folder: RunFolder) -> None:
    assert thread.isFinished()
    assert thread.engine.exit_code == 0
    assert not is_alive(folder.path)
    assert not (folder.path / "control.json").exists()
    for one in threading.enumerate():
        if one.name in OURS:
            one.join(10)
            assert not one.is_alive(), one.name


@pytest.mark.parametrize(
    ("phase", "ways"),
    [
        ("importing", "quit"),
        ("reading images", "stop"),
        ("tracing", "pause, stop"),
        ("training", "pause, quit"),
        ("validating", "stop"),
        ("saving", "pause, stop"),
    ],
)
def test_a_run_ends_well_in_each_phase(
    controller: RunController,
    squares: Experiment,
    tmp_path: Path,
    qtbot: QtBot,
    phase: str,
    ways: str,
) -> None:
    with qtbot.waitSignal(controller.events, timeout=LONG, check_params_cb=reaching(phase)):
        folder = controller.start(squares, tmp_path / "runs")
    thread = controller._thread
    assert isinstance(thread, WorkerThread)
    if "pause" in ways:
        controller.pause()
        qtbot.waitUntil(lambda: controller.activity.state == "paused", timeout=LONG)
    if "stop" in ways:
        with qtbot.waitSignal(controller.job_ended, timeout=LONG):
            controller.stop()
    else:
        controller.shutdown()
    nothing_is_left(thread, folder)
    last = list(read(folder.events_file))[-1]
    assert isinstance(last, RunFinished)
    assert last.reason == "canceled"
    found = summary(folder.path)
    assert found.state == "canceled"
    assert found.problem == ""


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from cnnstudio.app import Studio, make_application
from cnnstudio.gui.run_questions import RunQuestions
from cnnstudio.runs.events import PhaseChanged

project, phase, answer = sys.argv[1:]

class Answers(RunQuestions):
    def leaving(self, busy, waiting, may_go_on):
        return answer

application = make_application()
studio = Studio(application, questions=Answers)
studio.show()
studio.open(Path(project))
studio.document.facts_changed.connect(lambda facts: facts and studio.runs.start())

def heard(job, events):
    if any(isinstance(e, PhaseChanged) and e.phase == phase for e in events):
        studio.window.close()

studio.controller.events.connect(heard)
QTimer.singleShot(100_000, lambda: application.exit(9))
code = application.exec()
studio.close()
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("phase", "answer"),
    [("importing", "stop"), ("training", "stop"), ("training", "background")],
)
def test_the_program_quits_in_mid_run(
    squares: Experiment, tmp_path: Path, phase: str, answer: str
) -> None:
    project = tmp_path / "project" / "experiment.yaml"
    project.parent.mkdir()
    files.save(squares, project)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(project), phase, answer],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "QThread" not in done.stderr
    assert "Traceback" not in done.stderr
    (run,) = (project.parent / "runs").iterdir()
    if answer == "background":
        assert is_alive(run), "the run goes on without its window"
        assert send(run, "stop") == "ok"
        ended = threading.Event()
        for _ in range(600):
            if not is_alive(run):
                break
            ended.wait(0.1)
    assert not is_alive(run)
    assert summary(run).state == "canceled"
