"""The real worker with the real training on tiny images: trained, stopped, killed, orphaned."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.runs.catalog import summary
from cnnstudio.runs.control_file import ControlFile
from cnnstudio.runs.events import (
    NOBODY_LEFT,
    BatchEnded,
    DiagnosisReady,
    EpochEnded,
    Event,
    ExportFinished,
    Extended,
    Paused,
    PhaseChanged,
    Resumed,
    RunFinished,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import read
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine, command
from cnnstudio.worker.request import Request

ROOT = Path(__file__).parents[2]


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    engine.start()
    yield engine
    engine.kill()
    assert engine.wait(10)


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[[int], RunFolder]:
    """`make_run(epochs)`: a run folder over light and dark squares."""
    images = tmp_path / "images"
    rng = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (images / name).mkdir(parents=True)
        for number in range(12):
            pixels = rng.normal(level, 20, (16, 16, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(images / name / f"{number}.png")

    def make(epochs: int) -> RunFolder:
        layers = (
            Conv2D(filters=4, kernel_size=3, activation="relu"),
            GlobalAveragePooling2D(),
            Dense(units=2, activation="softmax"),
        )
        experiment = Experiment(
            name="squares",
            dataset=Dataset(
                source=ClassFolders(path=str(images)),
                image_size=(16, 16),
                split=Split(validation=0.25, test=0.0),
                batch_size=4,
            ),
            model=Network(layers=layers),
            training=Training(epochs=epochs),
        )
        return RunFolder.create(tmp_path / "runs", experiment)

    return make


def train(
    engine: Engine, folder: RunFolder, act: Callable[[Event], object] = lambda event: None
) -> list[Event]:
    """Trains and returns the events; `act` sees each once."""
    request = Request("train", folder.path, folder.events_file)
    seen: list[Event] = []
    for events in follow(engine, request):
        seen.extend(events)
        for event in events:
            act(event)
    return seen


def last(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished)
    return events[-1]


def test_a_training_run_is_told_from_beginning_to_end(
    engine: Engine, make_run: Callable[[int], RunFolder]
) -> None:
    folder = make_run(3)
    events = train(engine, folder)
    assert last(events).reason == "completed", last(events)
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2, 3]
    assert list(read(folder.events_file)) == events
    assert folder.labels() == ("dark", "light")
    run = summary(folder.path)
    assert (run.state, run.epochs, run.problem) == ("completed", 3, "")


@pytest.mark.parametrize("phase", ["reading images", "tracing", "validating"])
def test_a_stop_works_at_any_moment(
    engine: Engine, make_run: Callable[[int], RunFolder], phase: str
) -> None:
    def stop(event: Event) -> None:
        if isinstance(event, PhaseChanged) and event.phase == phase:
            engine.stop()

    events = train(engine, make_run(100_000), stop)
    assert last(events).reason == "canceled", last(events)
    assert engine.acknowledged.is_set()


def test_a_run_is_paused_extended_let_go_on_and_stopped(
    engine: Engine, make_run: Callable[[int], RunFolder]
) -> None:
    folder = make_run(90_000)
    done: list[str] = []

    def steer(event: Event) -> None:
        if isinstance(event, EpochEnded) and not done:
            engine.pause()
            engine.resume()
            engine.pause()
            done.append("paused")
        if isinstance(event, Paused) and event.step and "extended" not in done:
            assert summary(folder.path).state == "paused"
            done.append("extended")
            engine.extend(5)
        if isinstance(event, Extended):
            engine.resume()
        if isinstance(event, Resumed) and "extended" in done:
            engine.stop()

    events = train(engine, folder, steer)
    assert last(events).reason == "canceled", last(events)
    (longer,) = (event for event in events if isinstance(event, Extended))
    assert longer.epochs == 90_005
    assert folder.experiment().training.epochs == 90_005
    held = False
    for event in events:
        held = isinstance(event, Paused) or (held and not isinstance(event, Resumed))
        assert not (held and isinstance(event, BatchEnded))
    assert summary(folder.path).resumable


def test_a_trained_run_is_exported_and_examined_by_workers_of_their_own(
    engine: Engine, make_run: Callable[[int], RunFolder], tmp_path: Path
) -> None:
    folder = make_run(2)
    assert last(train(engine, folder)).reason == "completed"
    out = tmp_path / "model"
    asked = (
        Request("export", folder.path, folder.export / "events.jsonl", format="dance", out=out),
        Request("export", folder.path, folder.export / "events.jsonl", format="keras", out=out),
        Request("diagnose", folder.path, folder.diagnosis / "events.jsonl", budget_seconds=1.0),
    )
    told: list[list[Event]] = []
    for request in asked:
        worker = Engine()
        worker.start()
        told.append([event for events in follow(worker, request) for event in events])
    refused, exported, examined = told
    assert last(refused).reason == "errored"
    assert "dance" in last(refused).sentence
    assert last(exported).reason == "completed", last(exported)
    assert [event.path for event in exported if isinstance(event, ExportFinished)] == [str(out)]
    assert (out / "model.keras").is_file()
    assert last(examined).reason == "completed", last(examined)
    assert sum(isinstance(event, DiagnosisReady) for event in examined) == 1
    assert summary(folder.path).state == "completed"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_run_is_told_and_keeps_its_checkpoint(
    engine: Engine, make_run: Callable[[int], RunFolder]
) -> None:
    folder = make_run(100_000)
    checkpoints: list[str] = []

    def kill(event: Event) -> None:
        if event.event == "checkpoint_saved":
            checkpoints.append(event.file)
        if checkpoints and isinstance(event, EpochEnded):
            engine.kill()

    end = last(train(engine, folder, kill))
    assert end.reason == "errored"
    assert "killed by the system" in end.sentence
    assert (folder.path / checkpoints[0]).is_file()
    assert summary(folder.path).state == "lost"


PARENT = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request
run = Path({run!r})
engine = Engine({command!r})
engine.start()
for events in follow(engine, Request("train", run, run / "events.jsonl")):
    if any(event.event == "epoch_ended" for event in events):
        print("training", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="cannot wait for a stranger's process")
def test_training_whose_window_is_killed_stops_and_keeps_the_model(
    make_run: Callable[[int], RunFolder],
) -> None:
    folder = make_run(100_000)
    code = PARENT.format(root=str(ROOT), run=str(folder.path), command=command())
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"training\n"
        control = ControlFile.read(folder.path)
        assert control is not None
        handle = os.pidfd_open(control.pid)
        parent.send_signal(signal.SIGKILL)
    import select

    try:
        assert select.select([handle], [], [], 60)[0]
    finally:
        os.close(handle)
    end = last(list(folder.events()))
    assert end.reason == "canceled"
    assert end.details == NOBODY_LEFT, "nobody asked for it: it is offered again"
    assert list(folder.checkpoints.glob("*.npz"))
    assert summary(folder.path).state == "canceled"
