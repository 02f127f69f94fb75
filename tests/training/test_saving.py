"""Saving costs little, loses little, and never leaves a run without something sound."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.runs.events import BatchEnded, CheckpointSaved, Event, LogLine
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training import saving
from cnnstudio.training.progress import Progress
from cnnstudio.training.saving import EVERY, Saving
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints, Snapshot

Make = Callable[..., Experiment]


def snapshot(step: int) -> Snapshot:
    return Snapshot({"weights": np.zeros(1)}, Progress(step=step), None, Path())


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class SlowDisk(Checkpoints):
    """Writes nothing, and takes its time for that."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self.names: list[str] = []

    def _save(self, name: str, snapshot: Snapshot) -> Path:
        self._clock.now += self._seconds
        self.names.append(name)
        return Path(name)

    def _steps(self) -> list[Path]:
        return []


@settings(max_examples=25, deadline=None)
@given(
    write=st.floats(0.001, 30),
    epoch=st.floats(0.01, 500),
    improves=st.lists(st.booleans(), min_size=60, max_size=120),
)
def test_saving_stays_below_a_twentieth_of_the_time(
    write: float, epoch: float, improves: list[bool]
) -> None:
    clock = Clock()
    disk = SlowDisk(clock, write)
    keeper = Saving(disk, lambda path, snapshot, best: None, clock)
    keeper.begin(snapshot(0), 0)
    training = 0.0
    for number, better in enumerate(improves, start=1):
        clock.now += epoch
        training += epoch
        if better:
            keeper.remember(functools.partial(snapshot, number))
        if keeper.due(epoch_ended=True):
            keeper.keep(functools.partial(snapshot, number), number)
    spent = len(disk.names) * write
    # One whole saving, best and last, may come before its rest is over.
    assert spent - 3 * write <= 0.05 * (training + spent)


def test_in_mid_epoch_a_checkpoint_comes_every_minute_and_best_before_last() -> None:
    clock = Clock()
    disk = SlowDisk(clock, 0.1)
    told: list[bool] = []
    keeper = Saving(disk, lambda path, snapshot, best: told.append(best), clock)
    keeper.begin(snapshot(0), 0)
    clock.now += EVERY - 1
    assert not keeper.due(epoch_ended=False)
    assert keeper.due(epoch_ended=True)
    clock.now += 1
    assert keeper.due(epoch_ended=False)
    keeper.remember(lambda: snapshot(7))
    keeper.keep(lambda: snapshot(9), 9)
    assert disk.names == ["initial.npz", "best.npz", "step-00000009.npz"]
    assert told == [True, False]
    keeper.keep(lambda: snapshot(9), 9)
    assert len(disk.names) == 3, "what is kept is not written again"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after every step."""
    monkeypatch.setattr(saving, "EVERY", 0.0)
    monkeypatch.setattr(saving, "SHARE", 0)


def train(experiment: Experiment, folder: RunFolder, **options: Any) -> list[Event]:
    heard: list[Event] = []
    last = conduct(experiment, folder, heard.append, lambda: False, **options)
    assert last.reason == "completed", last.details
    return heard


@pytest.mark.usefixtures("quick")
def test_after_a_damaged_checkpoint_the_one_before_leads_to_the_same_end(
    make: Make, tmp_path: Path
) -> None:
    experiment = make()
    whole = RunFolder.create(tmp_path, experiment)
    events = train(experiment, whole)
    steps = [e.step for e in events if isinstance(e, CheckpointSaved) and not e.best]
    assert steps == list(range(1, 13)), "in mid-epoch too"
    expected = Checkpoints(whole).last()
    assert expected is not None

    class Cut(Exception):
        pass

    def cut(event: Event) -> None:
        if isinstance(event, BatchEnded) and event.step == 9:
            raise Cut

    for torn in (0, 1, 100, -1, -40):
        folder = RunFolder.create(tmp_path, experiment)
        conduct(experiment, folder, cut, lambda: False)
        last = folder.checkpoints / "step-00000008.npz"
        content = last.read_bytes()
        last.write_bytes(content[:torn])
        going_on = train(experiment, folder, resume=True)
        assert next(e.step for e in going_on if isinstance(e, BatchEnded)) == 8
        found = Checkpoints(folder).last()
        assert found is not None
        for key, value in expected.arrays.items():
            assert np.array_equal(found.arrays[key], value), key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: next(folder.rglob("red-3.png")).unlink(), "there were 45 training images"),
        (
            lambda folder: (folder / "red" / "red-3.png").rename(folder / "red" / "red-99.png"),
            "some of the 45 training images",
        ),
    ],
    ids=["one gone", "one renamed"],
)
def test_changed_images_are_told_when_a_run_goes_on(
    make: Make,
    image_folder: Path,
    tmp_path: Path,
    change: Callable[[Path], object],
    words: str,
) -> None:
    images = tmp_path / "images"
    shutil.copytree(image_folder, images)
    experiment = make({"dataset.source.path": str(images), "dataset.split.validation": 0.25})
    folder = RunFolder.create(tmp_path / "runs", experiment)
    stop: list[Event] = []

    def emit(event: Event) -> None:
        if isinstance(event, BatchEnded) and event.step == 3:
            stop.append(event)

    assert conduct(experiment, folder, emit, lambda: bool(stop)).reason == "canceled"
    unchanged = train(experiment, folder, resume=True)
    assert not [event for event in unchanged if isinstance(event, LogLine)]
    change(images)
    going_on = train(experiment, folder, resume=True, epochs=3)
    (line,) = [event for event in going_on if isinstance(event, LogLine)]
    assert line.level == "warning"
    assert words in line.text
    again = train(folder.experiment(), folder, resume=True, epochs=4)
    assert not [event for event in again if isinstance(event, LogLine)], "it is told once"
