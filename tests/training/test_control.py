"""Pausing, extending and a full disk change when a run trains, never what it ends with."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    Extended,
    LogLine,
    Paused,
    PhaseChanged,
    Resumed,
    RunFinished,
    RunStarted,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.log import EventLog
from cnnstudio.runs.orders import Orders
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training import holding
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints

Make = Callable[..., Experiment]
When = Callable[[Event], bool]

LIVELY = {
    "training.epochs": 3,
    "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "RandomRotation"}],
    "training.optimizer.learning_rate": {"kind": "CosineDecay", "initial_learning_rate": 0.01},
}
STEPS = 6  # of an epoch of this experiment


def go_on() -> bool:
    return False


def ended_with(folder: RunFolder) -> dict[str, Any]:
    """The newest checkpoint's arrays, after their names and shapes were told apart."""
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    return {**snapshot.arrays}


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert np.array_equal(found[key], value), key


def at_step(step: int) -> When:
    return lambda event: isinstance(event, BatchEnded) and event.step == step


def in_phase(phase: str) -> When:
    return lambda event: isinstance(event, PhaseChanged) and event.phase == phase


class Person:
    """Hears a run and gives orders at certain events, each once."""

    def __init__(self, *doing: tuple[When, Callable[[Orders], None]]) -> None:
        self.events: list[Event] = []
        self.orders = Orders()
        self._doing = list(doing)

    def emit(self, event: Event) -> None:
        self.events.append(event)
        for when, act in tuple(self._doing):
            if when(event):
                self._doing.remove((when, act))
                act(self.orders)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def train(self, experiment: Experiment, folder: RunFolder, **options: Any) -> RunFinished:
        return conduct(
            experiment, folder, self.emit, self.orders.stopping, orders=self.orders, **options
        )


@pytest.fixture(scope="module")
def planned(make: Make, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the lively run ends with in one go."""
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path_factory.mktemp("planned"), experiment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        assert conduct(experiment, folder, lambda e: None, go_on).reason == "completed"
    return ended_with(folder)


def paused(event: Event) -> bool:
    return isinstance(event, Paused)


@pytest.mark.parametrize(
    ("when", "held_after"),
    [
        (in_phase("reading images"), 0),
        (lambda event: isinstance(event, RunStarted), 0),
        (at_step(8), 8),
        (in_phase("validating"), STEPS),
        (lambda event: isinstance(event, EpochEnded), STEPS),
    ],
    ids=["reading", "before the first step", "in mid-epoch", "validating", "after an epoch"],
)
def test_a_pause_holds_at_any_moment_and_changes_nothing(
    make: Make, tmp_path: Path, planned: dict[str, Any], when: When, held_after: int
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    person = Person((when, Orders.pause), (paused, Orders.resume))
    assert person.train(experiment, folder).reason == "completed"
    (held,) = person.of(Paused)
    (resumed,) = person.of(Resumed)
    assert (held.step, held.reason) == (held_after, "asked")
    place = person.events.index(held)
    assert person.events[place + 1] == resumed
    if held_after:
        saved = [event for event in person.events[:place] if isinstance(event, CheckpointSaved)]
        assert saved[-1].step == held_after, "what was trained is on the disk before it holds"
    assert [event.step for event in person.of(BatchEnded)] == list(range(1, 19))
    assert_same(ended_with(folder), planned)


def test_a_paused_run_stops_at_once_and_keeps_the_model(make: Make, tmp_path: Path) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    person = Person((at_step(8), Orders.pause), (paused, Orders.stop))
    last = person.train(experiment, folder)
    assert (last.reason, last.epochs) == ("canceled", 1)
    assert not person.of(Resumed)
    assert len(person.of(BatchEnded)) == 8
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    assert snapshot.progress.step == 8


@pytest.mark.parametrize("held", [False, True], ids=["running", "paused"])
def test_a_longer_run_is_stretched_from_where_it_stands(
    make: Make, tmp_path: Path, held: bool
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    if held:
        doing = [
            (at_step(8), Orders.pause),
            (paused, lambda orders: orders.extend(1)),
            (lambda event: isinstance(event, Extended), Orders.resume),
        ]
    else:
        doing = [(at_step(8), lambda orders: orders.extend(1))]
    person = Person(*doing)
    assert person.train(experiment, folder).sentence.startswith("Done after 4 epochs")
    (longer,) = person.of(Extended)
    assert longer.epochs == 4
    assert "stretched over 4 epochs" in longer.sentence
    schedule = experiment.training.optimizer.learning_rate
    first, then = schedule.resolved(3 * STEPS), schedule.resolved(4 * STEPS)
    rates = [event.learning_rate for event in person.of(BatchEnded)]
    steps = np.arange(4 * STEPS)
    assert rates[:8] == pytest.approx(first.value(steps)[:8])
    assert rates[8:] == pytest.approx(then.value(steps)[8:])
    assert files.load(folder.experiment_file).training.epochs == 4
    history = RunHistory()
    for event in person.events:
        history.add(event)
    assert (history.epochs_planned, history.total_steps) == (4, 24)


def test_more_epochs_than_there_may_be_are_refused_and_the_run_goes_on(
    make: Make, tmp_path: Path
) -> None:
    experiment = make({"training.epochs": 2})
    folder = RunFolder.create(tmp_path, experiment)
    person = Person((at_step(3), lambda orders: orders.extend(1_000_000)))
    last = person.train(experiment, folder)
    assert (last.reason, last.epochs) == ("completed", 2)
    (line,) = person.of(LogLine)
    assert "must be at most" in line.text


def test_a_run_cut_after_its_extension_ends_as_if_it_had_not_been(
    make: Make, tmp_path: Path
) -> None:
    experiment = make(LIVELY)
    whole, cut = (RunFolder.create(tmp_path, experiment) for _ in range(2))
    longer = (at_step(8), lambda orders: orders.extend(1))
    assert Person(longer).train(experiment, whole).reason == "completed"

    def crash(orders: Orders) -> None:
        raise RuntimeError("a crash")

    assert Person(longer, (at_step(11), crash)).train(experiment, cut).reason == "errored"
    going_on = Person()
    assert going_on.train(cut.experiment(), cut, resume=True).reason == "completed"
    assert going_on.of(BatchEnded)[0].step == 9, "the extension wrote a checkpoint"
    assert_same(ended_with(cut), ended_with(whole))


def test_a_finished_run_goes_on_to_more_epochs(make: Make, tmp_path: Path) -> None:
    experiment = make({"training.epochs": 1})
    folder = RunFolder.create(tmp_path, experiment)
    assert Person().train(experiment, folder).epochs == 1
    person = Person()
    last = person.train(folder.experiment(), folder, resume=True, epochs=2)
    assert (last.reason, last.epochs) == ("completed", 2)
    assert [event.step for event in person.of(BatchEnded)] == list(range(7, 13))
    (started,) = person.of(RunStarted)
    (longer,) = person.of(Extended)
    assert started.epochs == longer.epochs == 2
    assert "follows its schedule as before" in longer.sentence
    shorter = Person().train(folder.experiment(), folder, resume=True, epochs=1)
    assert "cannot be lowered" in shorter.sentence


def test_a_policy_keeps_its_state_through_an_extension(make: Make, tmp_path: Path) -> None:
    policy = {"kind": "EarlyStopping", "monitor": "training_loss", "patience": 1, "min_delta": 99}
    experiment = make({"training.epochs": 9, "training.policies": [policy]})
    folder = RunFolder.create(tmp_path, experiment)
    assert Person().train(experiment, folder).epochs == 2
    person = Person()
    last = person.train(folder.experiment(), folder, resume=True, epochs=12)
    assert (last.epochs, last.best_epoch) == (3, 1)
    assert "Done after 3 of 12 epochs" in last.sentence


class Disk:
    """Refuses to have files reach it from `full` on, until the run has waited `times` times."""

    def __init__(self, patch: pytest.MonkeyPatch, times: int) -> None:
        self.full = False
        self._times = times
        self._fsync = os.fsync
        patch.setattr(os, "fsync", self._reach)
        patch.setattr(holding, "RETRY", 0.0)

    def fill(self, orders: Orders) -> None:
        self.full = True

    def _reach(self, handle: int) -> None:
        if self.full:
            self._times -= 1
            self.full = self._times > 0
            raise OSError(errno.ENOSPC, "No space left on device")
        self._fsync(handle)


def test_a_full_disk_pauses_and_the_run_goes_on_when_there_is_room(
    make: Make, tmp_path: Path, planned: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    disk = Disk(monkeypatch, times=4)
    person = Person((at_step(8), disk.fill), (at_step(8), Orders.pause), (paused, Orders.resume))
    assert person.train(experiment, folder).reason == "completed"
    full, asked = person.of(Paused)
    assert (full.reason, full.step, asked.reason) == ("disk full", 8, "asked")
    assert "goes on" in full.sentence
    assert len(person.of(Resumed)) == 2
    assert_same(ended_with(folder), planned)
    assert not list(folder.path.rglob(".*")), "nothing half is left"


def test_a_run_that_waits_for_room_can_be_stopped(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    disk = Disk(monkeypatch, times=1_000_000)
    person = Person((at_step(8), disk.fill), (at_step(8), Orders.pause), (paused, Orders.stop))
    last = person.train(experiment, folder)
    assert last.reason == "errored"
    assert "the disk is full" in last.sentence
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    assert snapshot.progress.step in (0, STEPS), "what was kept before is sound"


def test_events_that_found_no_room_are_told_when_there_is_some(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = make(LIVELY)
    folder = RunFolder.create(tmp_path, experiment)
    log = EventLog(folder.events_file)
    write, refusals = os.write, [3, 0, 0]  # bytes that are taken before the disk is full
    monkeypatch.setattr(holding, "RETRY", 0.0)

    def narrow(handle: int, data: Any) -> int:
        if started and refusals and handle == log._file:
            taken = refusals.pop(0)
            if taken:
                return write(handle, data[:taken])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    started: list[int] = []
    monkeypatch.setattr(os, "write", narrow)

    def emit(event: Event) -> None:
        if at_step(8)(event):
            started.append(8)
        log.write(event)

    last = conduct(experiment, folder, emit, go_on)
    log.close()
    assert last.reason == "completed"
    events = list(folder.events())
    assert [e.step for e in events if isinstance(e, BatchEnded)] == list(range(1, 19))
    assert [e.reason for e in events if isinstance(e, Paused)] == ["disk full"]
    assert sum(isinstance(e, Resumed) for e in events) == 1
    assert events[-1] == last
    assert not [event for event in events if event.event == "log_line"], "no line was torn"
