"""The whole window as a person uses it: opening, the question, stages, saving, leaving."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio import resources
from cnnstudio.app import Studio, make_application
from cnnstudio.gui.errors import ErrorDialog
from cnnstudio.gui.file_desk import Chooser
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.replay import Replay
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.spec.files import load
from tests.gui.training.fake_run import history


class Answers(Chooser):
    """Answers in a person's stead; `asked` keeps what was asked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.asked: list[str] = []
        self.answer = "cancel"
        self.path: Path | None = None

    def folder(self, start: str) -> Path | None:
        return self.path

    def experiment(self, start: str) -> Path | None:
        return self.path

    def save_as(self, start: Path) -> Path | None:
        self.asked.append(start.name)
        return self.path

    def unsaved(self, name: str) -> str:
        self.asked.append(name)
        return self.answer


@pytest.fixture(scope="module")
def application(qapp: QApplication) -> Iterator[QApplication]:
    """The application as the program makes it; afterwards plain again for other tests."""
    yield make_application()
    qapp.setStyleSheet("")


@pytest.fixture
def studio(qtbot: QtBot, application: QApplication) -> Iterator[Studio]:
    """A window whose worker command ends at once."""
    controller = RunController([sys.executable, "-c", "raise SystemExit(3)"], patience=2)
    made = Studio(application, SettingsFile(), controller, Answers)
    made.window.painted.disconnect()
    qtbot.addWidget(made.window, before_close_func=lambda window: allow_close(made))
    made.show()
    qtbot.waitExposed(made.window)
    yield made
    made.close()


def allow_close(studio: Studio) -> None:
    studio.window.may_close = lambda: True


def answers(studio: Studio) -> Answers:
    chooser = studio.files.chooser
    assert isinstance(chooser, Answers)
    return chooser


@pytest.fixture
def ready(studio: Studio, image_folder: Path, qtbot: QtBot) -> Studio:
    """A window with a new experiment over the image folder."""
    open_folder(studio, image_folder, qtbot)
    answer_question(studio, "photos", qtbot)
    return studio


def open_folder(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.document.proposed, timeout=20_000):
        studio.open(folder)


def answer_question(studio: Studio, orientation: str, qtbot: QtBot) -> None:
    card = studio.window.question.findChild(QAbstractButton, f"answer.{orientation}")
    assert card is not None
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.document.reading, timeout=20_000)


def primary(studio: Studio) -> QPushButton:
    return studio.window.header.primary


def errors_shown(studio: Studio) -> list[ErrorDialog]:
    return [d for d in studio.window.findChildren(ErrorDialog) if d.isVisible()]


def test_the_first_experiment_takes_one_question(
    studio: Studio, image_folder: Path, qtbot: QtBot
) -> None:
    assert primary(studio).text() == "Open images"
    answers(studio).path = image_folder
    with qtbot.waitSignal(studio.document.proposed, timeout=20_000):
        qtbot.mouseClick(primary(studio), Qt.MouseButton.LeftButton)
    assert studio.window.asking
    answer_question(studio, "text", qtbot)
    assert studio.window.stage == "data"
    assert studio.document.title == "pets"
    experiment = studio.document.experiment
    assert experiment is not None
    assert "RandomFlip" not in [o.kind for o in experiment.augmentation.operations]
    assert primary(studio).text().startswith("Train")


def test_going_back_from_the_question_changes_nothing(
    ready: Studio, tmp_path: Path, image_folder: Path, qtbot: QtBot
) -> None:
    before = ready.document.experiment
    answers(ready).answer = "discard"
    open_folder(ready, image_folder, qtbot)
    back = ready.window.question.findChild(QPushButton, "question.back")
    assert back is not None
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert ready.document.experiment is before
    assert ready.window.stage == "data"


def test_every_stage_opens_by_its_action(ready: Studio) -> None:
    for id in ready.window.stage_ids:
        ready.window.commands.trigger(f"stage.{id}")
        assert ready.window.stage == id


def test_without_an_experiment_the_stages_wait(studio: Studio) -> None:
    studio.window.commands.trigger("stage.data")
    assert studio.window.stage == ""
    assert "first" in studio.window.commands.reason("stage.data")
    assert "first" in studio.window.commands.reason("run.start")


def drop(studio: Studio, *urls: QUrl) -> None:
    """Drag over the window and let go, as the system does; what is not taken never drops."""
    data = QMimeData()
    data.setUrls(list(urls))
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    over = QDragEnterEvent(QPoint(10, 10), copy, data, left, plain)
    QApplication.sendEvent(studio.window, over)
    assert over.isAccepted()
    QApplication.sendEvent(studio.window, QDropEvent(QPoint(10, 10), copy, data, left, plain))


def test_folders_tables_and_arrays_are_opened_when_dropped(
    studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    rows = [f"pets/{p.parent.name}/{p.name},{p.parent.name}" for p in image_folder.rglob("*.png")]
    table, arrays = tmp_path / "list.csv", tmp_path / "arrays.npz"
    table.write_text("\n".join(["file,label", *rows]))
    np.savez(arrays, images=np.zeros((8, 6, 6), np.uint8), labels=np.arange(8) % 2)
    kinds = {image_folder: "class_folders", table: "table", arrays: "array_file"}
    for place, kind in kinds.items():
        with qtbot.waitSignal(studio.document.proposed, timeout=20_000) as got:
            drop(studio, QUrl.fromLocalFile(str(place)))
        assert got.args[0].source.kind == kind


def test_experiments_and_runs_are_opened_when_dropped(
    ready: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    assert ready.document.experiment is not None
    experiment = ready.document.experiment
    file = tmp_path / "mine.yaml"
    ready.document.save(file)
    ready.document.edit("name", "Another")
    answers(ready).answer = "discard"
    drop(ready, QUrl.fromLocalFile(str(file)))
    assert ready.document.experiment.name == experiment.name
    folder = RunFolder.create(tmp_path / "runs", experiment)
    folder.events_file.touch()
    with qtbot.waitSignal(ready.files.run_opened, timeout=20_000) as got:
        drop(ready, QUrl.fromLocalFile(str(folder.path)))
    assert got.args == [folder.path]


def test_what_cannot_be_opened_is_one_sentence_when_dropped(
    studio: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "notes.txt").touch()
    image = QUrl.fromLocalFile(str(image_folder / "cat" / "0.png"))
    note = QUrl.fromLocalFile(str(tmp_path / "notes.txt"))
    for urls, words in (
        ((image,), "is a single image: choose the folder"),
        ((note,), "is a file: choose the folder"),
        ((image, note), "That is 2 things at once: drop one"),
        ((QUrl("https://example.org/cat.png"),), "That is a link, which lies elsewhere: drop one"),
    ):
        drop(studio, *urls)
        qtbot.waitUntil(lambda: len(errors_shown(studio)) == 1, timeout=20_000)
        dialog = errors_shown(studio)[0]
        dialog.copy()
        assert words in QApplication.clipboard().text()
        dialog.accept()
    assert studio.window.stage == ""


def test_a_folder_without_images_is_told_in_one_sentence(
    studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(studio.document.failed, timeout=20_000):
        studio.open(tmp_path)
    dialog = errors_shown(studio)[0]
    dialog.copy()
    assert "no images" in QApplication.clipboard().text()
    dialog.accept()
    assert studio.window.stage == ""


def test_saving_remembers_the_project(ready: Studio, tmp_path: Path) -> None:
    answers(ready).path = tmp_path / "mine" / "pets"
    ready.window.commands.trigger("experiment.save")
    saved = tmp_path / "mine" / "pets.yaml"
    assert load(saved) == ready.document.experiment
    assert ready.settings.value.recent == (str(saved),)
    assert "nothing to save" in ready.window.commands.reason("experiment.save")


def test_a_disk_that_refuses_loses_nothing(ready: Studio, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answers(ready).path = tmp_path / "file" / "pets.yaml"
    ready.window.commands.trigger("experiment.save")
    dialogs = errors_shown(ready)
    assert dialogs
    dialogs[0].accept()
    assert ready.document.edited


def test_closing_with_changes_asks_and_can_be_canceled(ready: Studio, tmp_path: Path) -> None:
    event = QCloseEvent()
    ready.window.closeEvent(event)
    assert answers(ready).asked == ["pets"]
    assert not event.isAccepted()
    answers(ready).answer = "save"
    answers(ready).path = tmp_path / "pets.yaml"
    event = QCloseEvent()
    ready.window.closeEvent(event)
    assert event.isAccepted()
    assert (tmp_path / "pets.yaml").is_file()


def test_opening_something_else_asks_too(ready: Studio, image_folder: Path) -> None:
    before = ready.document.experiment
    ready.open(image_folder)
    assert answers(ready).asked == ["pets"]
    assert ready.document.experiment is before
    assert not ready.document.reading


def test_a_sample_is_opened_as_a_copy(studio: Studio, qtbot: QtBot) -> None:
    studio.files.open_sample(resources.path("samples/shapes/experiment.yaml"))
    assert studio.document.path is None
    assert not studio.document.edited
    assert studio.document.home.parent.name == "CNN Studio"
    qtbot.waitUntil(lambda: studio.document.facts is not None, timeout=20_000)


def test_a_file_with_a_fault_is_told_with_its_place(
    ready: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "experiment.yaml"
    answers(ready).path = file
    ready.files.save_as()
    file.write_text(file.read_text("utf-8").replace("epochs:", "epoch:"), "utf-8")
    before = ready.document.experiment
    ready.open(file)
    dialogs = errors_shown(ready)
    assert "training.epoch" in as_words(dialogs[0])
    dialogs[0].accept()
    assert ready.document.experiment is before


def as_words(dialog: ErrorDialog) -> str:
    dialog.copy()
    return QApplication.clipboard().text()


def test_problems_take_the_place_of_train(ready: Studio, qtbot: QtBot) -> None:
    ready.document.edit("model.layers", ())
    assert primary(ready).text().startswith("Show")
    assert "no layers" in ready.window.verdict.sentence
    ready.window.commands.trigger("run.start")
    assert ready.controller.activity.job is None
    assert ready.window.stage == "model"
    ready.window.commands.trigger("edit.undo")
    assert primary(ready).text().startswith("Train")


def test_a_fix_is_one_click_in_the_verdict(ready: Studio) -> None:
    experiment = ready.document.experiment
    assert experiment is not None
    last = len(experiment.model.layers) - 1
    ready.document.edit(f"model.layers.{last}.units", 1)
    button = ready.window.verdict.findChild(QPushButton)
    assert button is not None
    assert button.text() == "Use 2 units"
    button.click()
    assert ready.document.problems == ()


def test_a_worker_that_dies_is_told_and_train_can_be_tried_again(
    ready: Studio, qtbot: QtBot
) -> None:
    for _ in range(2):
        with qtbot.waitSignal(ready.controller.job_ended, timeout=20_000):
            ready.window.commands.trigger("run.start")
            assert ready.window.stage == "train"
        dialogs = errors_shown(ready)
        assert dialogs
        for dialog in dialogs:
            dialog.accept()
        assert ready.window.commands.reason("run.start") == ""
    assert len(list((ready.document.home / "runs").iterdir())) == 2


def test_undo_names_what_it_takes_back(ready: Studio) -> None:
    ready.document.edit("training.epochs", 7)
    assert ready.window.commands["edit.undo"].text() == "Undo change epochs"
    ready.window.commands.trigger("edit.undo")
    assert "nothing to undo" in ready.window.commands.reason("edit.undo")


def test_the_name_is_edited_where_it_stands(ready: Studio, qtbot: QtBot) -> None:
    name = ready.window.header.name
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "cats and dogs")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert ready.document.title == "cats and dogs"
    assert ready.window.windowTitle().startswith("cats and dogs")


def test_theme_geometry_and_splitters_are_remembered(ready: Studio) -> None:
    ready.window.commands.trigger("theme.dark")
    assert ready.window.commands["theme.dark"].isChecked()
    ready.window.resize(1200, 800)
    ready.window.page("data")
    allow_close(ready)
    ready.window.close()
    again = SettingsFile().value
    assert again.theme == "dark"
    assert again.geometry
    assert "data" in again.splitters


def test_dialogs_of_the_help_menu_open(studio: Studio) -> None:
    for id in ("help.about", "help.shortcuts"):
        studio.window.commands.trigger(id)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.close()


def test_every_action_does_something(studio: Studio) -> None:
    for spec in studio.window.commands.specs:
        action = studio.window.commands[spec.id]
        assert action.receivers("2triggered(bool)") > 0, spec.id


def test_another_experiment_has_no_run_yet(
    ready: Studio, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    assert ready.document.experiment is not None
    run = Replay(
        RunFolder(tmp_path / "0001-pets"),
        ready.document.experiment,
        history(2, end=True),
        ProbeHistory(),
        None,
    )
    ready.document.save(tmp_path / "experiment.yaml")
    ready.controller.replayed.emit(run)
    assert ready.window.commands["run.export"].isEnabled()
    open_folder(ready, image_folder, qtbot)
    answer_question(ready, "text", qtbot)
    assert ready.store.folder is None
    for action in ("run.export", "run.diagnose"):
        assert ready.window.commands.reason(action).startswith("Train first")
