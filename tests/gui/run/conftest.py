"""Controllers with scripted workers: real threads, real processes, real files."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.store import RunStore
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders

SCRIPTED = Path(__file__).parents[2] / "worker" / "scripted.py"


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    return Experiment(name="pets", dataset=Dataset(source=ClassFolders(path=str(tmp_path / "i"))))


@pytest.fixture
def make_controller(qtbot: QtBot) -> Iterator[Callable[..., RunController]]:
    """`make_controller("quick", "until stopped")`: how its workers import, and what train does."""
    controllers: list[RunController] = []

    def make(*behaviour: str, patience: float = 15.0) -> RunController:
        command = (sys.executable, str(SCRIPTED), *behaviour)
        controller = RunController(command, patience=patience)
        controllers.append(controller)
        return controller

    yield make
    for controller in controllers:
        controller.shutdown(patience=1.0)


@pytest.fixture
def connect() -> Callable[[RunController], RunStore]:
    """A store that hears a controller, connected as the application root does it."""

    def make(controller: RunController) -> RunStore:
        store = RunStore()
        controller.job_started.connect(store.begin)
        controller.caught_up.connect(store.catch_up)
        controller.events.connect(store.take)
        controller.replayed.connect(store.show)
        return store

    return make
