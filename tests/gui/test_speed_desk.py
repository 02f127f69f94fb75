"""`training.measure` in the window: measured by a scripted child, stopped, taken up with undo."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.gui.speed_desk import ACTION, SpeedDesk
from cnnstudio.gui.stage import Stage, StagePage
from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.speed_view import SpeedView
from cnnstudio.spec.errors import UserError

SCRIPTED = Path(__file__).parents[1] / "worker" / "scripted.py"
WAIT = 30_000


class Room:
    """A window with the Train stage alone, and a desk whose child does as `how` says."""

    def __init__(self, document: Document, home: Path, how: str, run: str) -> None:
        self.document = document
        self.controller = RunController((sys.executable, str(SCRIPTED), "quick", run))
        self.errors: list[UserError] = []
        self._page: TrainStage | None = None
        stages = (Stage("train", "Train", "chart-line", self._build),)
        self.window = MainWindow(document, stages, SettingsFile(home / "settings.json"))
        self.desk = SpeedDesk(
            self.window,
            document,
            self.controller,
            self.errors.append,
            (sys.executable, str(SCRIPTED), "quick", how),
        )

    def _build(self, theme: Theme) -> Iterator[StagePage]:
        self._page = TrainStage()
        yield from self._page.steps(theme)
        self.desk.attach(self._page.scheduler)

    @property
    def view(self) -> SpeedView:
        assert self._page is not None
        return self._page.scheduler.speed

    def trigger(self) -> None:
        self.window.commands.trigger(ACTION)


@pytest.fixture
def make_room(
    opened: Document, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def make(how: str = "short", run: str = "until stopped") -> Room:
        room = Room(opened, tmp_path, how, run)
        qtbot.addWidget(room.window)
        room.window.show()
        rooms.append(room)
        return room

    yield make
    for room in rooms:
        room.desk.close()
        room.controller.shutdown(patience=1.0)
    assert list((tmp_path / "temporary").glob("cnnstudio-*")) == []


def test_a_faster_variant_is_found_and_taken_with_undo(
    make_room: Callable[..., Room], qtbot: QtBot
) -> None:
    room = make_room()
    with qtbot.waitSignal(room.desk.measuring.ended, timeout=WAIT):
        room.trigger()
        assert room.window.commands[ACTION].text() == "Stop measuring"
        assert room.view.button.text() == "Stop"
    assert room.window.stage == "train"
    assert room.window.commands[ACTION].text() == "Measure speed"
    assert [row[0] for row in room.view.rows] == ["mixed bfloat16", "float32"]
    (use,) = (b for b in room.view.findChildren(QPushButton) if b.text() == "Use")
    use.click()
    experiment = room.document.experiment
    assert experiment is not None
    assert experiment.training.precision == "mixed_bfloat16"
    assert room.document.undo_stack.undoText() == "Train with mixed_bfloat16 without XLA"
    assert room.view.rows[0][-1] == "in use"
    room.document.undo_stack.undo()
    assert room.view.rows[1][-1] == "in use"
    assert not (room.document.home / "runs").exists()


def test_the_same_action_stops_it(make_room: Callable[..., Room], qtbot: QtBot) -> None:
    room = make_room("until stopped")
    with qtbot.waitSignal(room.desk.measuring.progressed, timeout=WAIT):
        room.trigger()
    with qtbot.waitSignal(room.desk.measuring.ended, timeout=WAIT):
        room.trigger()
    assert room.view.words.text() == "The measurement was stopped."
    assert room.view.rows == ()


def test_what_goes_wrong_is_one_sentence(make_room: Callable[..., Room], qtbot: QtBot) -> None:
    room = make_room("refusing")
    with qtbot.waitSignal(room.desk.measuring.ended, timeout=WAIT):
        room.trigger()
    assert room.view.words.text() == "There is no network to time."


def test_a_run_comes_first(make_room: Callable[..., Room], qtbot: QtBot) -> None:
    room = make_room("until stopped")
    with qtbot.waitSignal(room.desk.measuring.progressed, timeout=WAIT):
        room.trigger()
    experiment = room.document.experiment
    assert experiment is not None
    with qtbot.waitSignal(room.desk.measuring.ended, timeout=WAIT):
        folder = room.controller.start(experiment, room.document.home / "runs")
    assert room.window.commands.reason(ACTION) == f"{folder.name} is being trained."
    assert not room.view.button.isEnabled()
    room.trigger()
    assert not room.desk.measuring.busy


def test_problems_stand_in_its_way(make_room: Callable[..., Room]) -> None:
    room = make_room()
    assert room.window.commands.reason(ACTION) == ""
    room.document.edit("model.layers", [])
    assert room.window.commands.reason(ACTION) == "Solve the problems of the experiment first."


def test_closing_ends_the_child(make_room: Callable[..., Room], qtbot: QtBot) -> None:
    room = make_room("until stopped")
    with qtbot.waitSignal(room.desk.measuring.progressed, timeout=WAIT):
        room.trigger()
    room.desk.close()
    assert not room.desk.measuring.busy
