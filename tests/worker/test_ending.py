"""A worker that ends without its last word: what is said of it, and that the run is kept."""

import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.runs.catalog import summary
from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    Paused,
    Resumed,
    RunFinished,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import patch
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.worker.ending import describe_end
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request


@pytest.mark.parametrize(
    ("code", "words", "part"),
    [
        (1, "", "exit code 1"),
        (None, "x\n\n  y  \n", 'Its last words: "y"'),
        (3221225477, "", "exit code 3221225477"),
    ],
)
def test_an_unexpected_end_is_described(code: int | None, words: str, part: str) -> None:
    assert part in describe_end(code, words)
    assert "Train again" in describe_end(code, words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-signal.SIGABRT, "terminate called after throwing an instance of 'std::bad_alloc'"),
        (1, "tensorflow: OOM when allocating tensor with shape[64,32]"),
        (134, "MemoryError: Unable to allocate 3 GiB"),
    ],
)
def test_want_of_memory_is_recognized_and_half_the_batch_suggested(code: int, words: str) -> None:
    said = describe_end(code, words, batch_size=32)
    assert "ran out of memory" in said
    assert "Try a batch size of 16." in said
    assert "Lower the batch size" in describe_end(code, words, batch_size=1)
    assert "out of memory" not in describe_end(code, "a bloom filter, a room", 32)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_kill_by_the_system_suggests_half_the_batch() -> None:
    assert "Try a batch size of 16." in describe_end(-signal.SIGKILL, "", batch_size=32)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run over light and dark squares whose checkpoints are far larger than its events."""
    images = tmp_path / "images"
    rng = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (images / name).mkdir(parents=True)
        for number in range(12):
            pixels = rng.normal(level, 20, (32, 32, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(images / name / f"{number}.png")
    experiment = Experiment(
        name="squares",
        dataset=Dataset(
            source=ClassFolders(path=str(images)),
            image_size=(32, 32),
            split=Split(validation=0.25, test=0.0),
            batch_size=8,
        ),
        model=Network(
            layers=(
                Flatten(),
                Dense(units=128, activation="relu"),
                Dense(units=2, activation="softmax"),
            )
        ),
        training=Training(epochs=100_000),
    )
    return RunFolder.create(tmp_path / "runs", experiment)


def train(
    folder: RunFolder,
    act: Callable[[Event, Engine], object],
    resume: bool = False,
    epochs: int | None = None,
) -> list[Event]:
    """Trains in a worker to the last word; `act` sees each event once."""
    engine = Engine()
    engine.start()
    seen: list[Event] = []
    try:
        request = Request("train", folder.path, folder.events_file, resume=resume, epochs=epochs)
        for events in follow(engine, request):
            seen.extend(events)
            for event in events:
                act(event, engine)
    finally:
        engine.kill()
        assert engine.wait(10)
    return seen


def last(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished)
    return events[-1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of a running process")
def test_a_worker_that_may_have_no_more_memory_ends_in_a_sentence_and_keeps_the_run(
    folder: RunFolder,
) -> None:
    import resource

    saved: list[Event] = []

    def limit(event: Event, engine: Engine) -> None:
        # The newest state, not the best epoch, which is written first and alone leads nowhere.
        if isinstance(event, CheckpointSaved) and not event.best and not saved:
            saved.append(event)
            pages = int(Path(f"/proc/{engine.pid}/statm").read_text().split()[0])
            now = pages * os.sysconf("SC_PAGE_SIZE") + 2**20
            resource.prlimit(engine.pid, resource.RLIMIT_AS, (now, now))
            patience.append(threading.Timer(60, os.kill, (engine.pid, signal.SIGKILL)))
            patience[0].start()

    patience: list[threading.Timer] = []
    end = last(train(folder, limit))
    assert patience[0].is_alive(), "the worker hung, and was killed"
    patience[0].cancel()
    assert end.reason == "errored"
    assert "memory" in end.sentence, end
    assert "batch size of 4" in end.sentence
    run = summary(folder.path)
    assert run.resumable, run

    def stop(event: Event, engine: Engine) -> None:
        if isinstance(event, BatchEnded):
            engine.stop()

    going_on = train(folder, stop, resume=True)
    assert last(going_on).reason == "canceled"
    first = next(event for event in going_on if isinstance(event, BatchEnded))
    assert first.step > 1, "it goes on from its checkpoint"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of a running process")
@pytest.mark.parametrize("space", [1_000_000, 0], ids=["for events alone", "for nothing"])
def test_a_disk_that_fills_up_in_mid_run_holds_it_until_there_is_room(
    folder: RunFolder, space: int
) -> None:
    import resource

    limited: list[int] = []

    def room(event: Event, engine: Engine) -> None:
        if isinstance(event, EpochEnded) and not limited:
            limited.append(event.step)
            most = folder.events_file.stat().st_size + space
            resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            engine.pause()
        if isinstance(event, Paused) and event.reason == "disk full":
            assert summary(folder.path).state == ("paused" if space else "running")
            plenty = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, plenty)
            engine.resume()
            engine.resume()
        if isinstance(event, Resumed):
            engine.stop()

    events = train(folder, room)
    assert last(events).reason == "canceled", last(events)
    assert next(event.reason for event in events if isinstance(event, Paused)) == "disk full"
    assert any(isinstance(event, Resumed) for event in events)
    newest = max(folder.checkpoints.glob("step-*.npz"))
    with np.load(newest) as file:
        assert all(np.isfinite(file[key]).all() for key in file.files if key != "state.json")
    assert summary(folder.path).resumable


def test_an_image_that_goes_away_in_mid_run_stops_nothing_and_is_told_later(
    folder: RunFolder,
) -> None:
    images = Path(folder.experiment().dataset.source.path)
    longer = patch.replace(folder.experiment(), "training.epochs", 3)
    folder = RunFolder.create(folder.path.parent, longer)
    gone = images / "dark" / "3.png"

    def remove(event: Event, engine: Engine) -> None:
        if isinstance(event, BatchEnded):
            gone.unlink(missing_ok=True)

    assert last(train(folder, remove)).reason == "completed"
    assert not gone.exists()
    going_on = train(folder, lambda event, engine: None, resume=True, epochs=4)
    assert last(going_on).reason == "completed"
    assert any(
        event.event == "log_line" and "The images changed since the checkpoint" in event.text
        for event in going_on
    )


def test_a_loss_that_is_no_number_ends_in_a_sentence_and_keeps_what_was_sound(
    folder: RunFolder,
) -> None:
    steep = (
        patch.Change(path="training.optimizer", value={"kind": "SGD", "learning_rate": 100.0}),
        patch.Change(path="model.input_scaling", value="none"),
        patch.Change(path="model.layers.1.activation", value="linear"),
    )
    folder = RunFolder.create(folder.path.parent, patch.apply(folder.experiment(), steep))
    events = train(folder, lambda event, engine: None)
    assert "no number any more" in last(events).sentence
    losses = [event.loss for event in events if isinstance(event, BatchEnded)]
    assert not math.isfinite(losses[-1])
    with np.load(folder.checkpoints / "initial.npz") as file:
        assert all(np.isfinite(file[key]).all() for key in file.files if key != "state.json")
    assert not summary(folder.path).resumable, "it would end there again"
