"""What is drawn: curves thinned to the screen, updates rarer than events."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.replay import Replay
from cnnstudio.gui.run.store import RunStore
from cnnstudio.runs.events import BatchEnded, Event, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from tests.gui.training.fake_run import experiment


def batches(first: int, last: int) -> tuple[Event, ...]:
    return tuple(
        BatchEnded(epoch=1, step=step, loss=step % 97, accuracy=0.5, learning_rate=0.1)
        for step in range(first, last + 1)
    )


@pytest.fixture
def store(qtbot: QtBot, tmp_path: Path) -> RunStore:
    store = RunStore()
    store.begin(RunFolder(tmp_path / "0001-run"), "train")
    return store


def test_many_events_are_one_update(qtbot: QtBot, store: RunStore) -> None:
    updates: list[int] = []
    store.updated.connect(lambda: updates.append(store.history.step))
    for step in range(1, 501):
        store.take("train", batches(step, step))
    assert len(updates) <= 3
    qtbot.waitUntil(lambda: bool(updates) and updates[-1] == 500, timeout=5000)


def test_the_last_word_is_not_held_back(qtbot: QtBot, store: RunStore) -> None:
    heard: list[tuple[str, str]] = []
    store.updated.connect(lambda: heard.append(("updated", store.history.state)))
    store.finished.connect(lambda job, event: heard.append((job, event.reason)))
    store.take("train", batches(1, 10))
    store.take("train", (RunFinished(reason="completed", sentence="Done."),))
    assert heard[-2:] == [("updated", "completed"), ("train", "completed")]


def test_a_new_run_is_shown_empty(store: RunStore, tmp_path: Path) -> None:
    store.take("train", batches(1, 10))
    shown: list[RunFolder] = []
    store.shown_changed.connect(shown.append)
    second = RunFolder(tmp_path / "0002-run")
    store.begin(second, "train")
    assert shown == [second]
    assert store.history.state == "new"
    assert len(store.history.steps) == 0


def test_it_knows_which_experiment_the_shown_run_trains(store: RunStore, tmp_path: Path) -> None:
    assert store.shown.experiment is None, "not known at once"
    trained = experiment()
    folder = RunFolder(tmp_path / "0001-run")
    told = Replay(folder, trained, RunHistory(), ProbeHistory(), None)
    store.catch_up(told)
    assert store.shown.experiment is trained
    store.begin(RunFolder(tmp_path / "0002-run"), "train")
    assert store.shown.experiment is None
    store.begin(RunFolder(tmp_path / "0003-run"), "train", trained)
    assert store.shown.experiment is trained
    store.begin(RunFolder(tmp_path / "0003-run"), "diagnose")
    assert store.shown.experiment is trained
    other = trained.model_copy(update={"name": "other"})
    store.show(Replay(folder, other, RunHistory(), ProbeHistory(), None))
    assert store.shown.experiment is other
