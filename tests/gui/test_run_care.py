"""Runs in the whole window, with scripted workers: offered again, queued, kept, thrown away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.app import Studio, make_application
from cnnstudio.gui.errors import ErrorDialog
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run_questions import Leaving, RunQuestions
from cnnstudio.gui.settings import SettingsFile
from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import files
from cnnstudio.spec.defaults import propose
from cnnstudio.spec.experiment import Dataset
from cnnstudio.worker.control import Serving, send
from tests.gui.runs import fake_folders

SCRIPTED = Path(__file__).parents[1] / "worker" / "scripted.py"
LONG = 30_000


class Told(RunQuestions):
    """Answers in a person's stead; `asked` keeps what was asked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.asked: list[str] = []
        self.leave: Leaving = "cancel"
        self.more: int | None = 5
        self.name: str | None = "better"
        self.delete = True

    def epochs_to_add(self, name: str, epochs: int) -> int | None:
        self.asked.append(f"{name} {epochs}")
        return self.more

    def new_name(self, name: str) -> str | None:
        self.asked.append(name)
        return self.name

    def may_delete(self, name: str, for_good: bool) -> bool:
        self.asked.append(f"{name} {'for good' if for_good else 'to the trash'}")
        return self.delete

    def leaving(self, busy: str, waiting: int, may_go_on: bool) -> Leaving:
        self.asked.append(f"{busy} {waiting} {may_go_on}")
        return self.leave


@pytest.fixture(scope="module")
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield make_application()
    qapp.setStyleSheet("")


@pytest.fixture
def project(image_folder: Path, tmp_path: Path) -> Path:
    """A saved experiment over the image folder; its runs go beside it."""
    from cnnstudio.data.detect import source_of
    from cnnstudio.data.facts import facts
    from cnnstudio.data.index import index

    dataset = Dataset(source=source_of(image_folder))
    experiment = propose("pets", dataset.source, facts(dataset, index(dataset)), "photos")
    file = tmp_path / "project" / "experiment.yaml"
    file.parent.mkdir()
    files.save(experiment, file)
    return file


@pytest.fixture
def make_studio(qtbot: QtBot, application: QApplication) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(*behaviour: str) -> Studio:
        controller = RunController((sys.executable, str(SCRIPTED), *behaviour), patience=5)
        studio = Studio(application, SettingsFile(), controller, questions=Told)
        studio.window.painted.disconnect()
        made.append(studio)
        studio.window.resize(1440, 900)
        studio.show()
        qtbot.waitExposed(studio.window)
        return studio

    yield make
    for studio in made:
        studio.document.undo_stack.setClean()
        questions(studio).leave = "stop"
        studio.window.close()
        studio.close()
        studio.window.deleteLater()


@pytest.fixture
def open_studio(
    make_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> Callable[..., Studio]:
    """`open_studio("quick", "steered")`: a window with the project open and its images read."""

    def make(*behaviour: str) -> Studio:
        studio = make_studio(*behaviour)
        studio.open(project)
        qtbot.waitUntil(lambda: studio.document.facts is not None, timeout=LONG)
        return studio

    return make


def questions(studio: Studio) -> Told:
    assert isinstance(studio.questions, Told)
    return studio.questions


def cut_run(project: Path) -> RunFolder:
    folder = fake_folders.write(project.parent / "runs", files.load(project), 2, end=False)
    (folder.checkpoints / "last-1.npz").touch()
    return folder


def press(studio: Studio, words: str) -> None:
    found = [b for b in studio.window.verdict.findChildren(QPushButton) if b.text() == words]
    assert found
    assert found[0].isVisible()
    found[0].click()


def begun(studio: Studio, qtbot: QtBot) -> RunFolder:
    studio.window.commands.trigger("run.start")
    qtbot.waitUntil(lambda: len(studio.store.live.history.epochs) > 0, timeout=LONG)
    folder = studio.controller.activity.folder
    assert folder is not None
    return folder


def test_a_run_that_was_cut_off_is_offered_and_goes_on(
    open_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    folder = cut_run(project)
    studio = open_studio("quick", "steered")
    qtbot.waitUntil(lambda: "was cut off" in studio.window.verdict.sentence, timeout=LONG)
    assert studio.window.verdict.sentence.startswith(f"{folder.name} was cut off after 2 epochs;")
    press(studio, "Resume")
    assert studio.controller.activity.folder == folder
    assert studio.window.stage == "train"
    qtbot.waitUntil(lambda: "cut off" not in studio.window.verdict.sentence, timeout=LONG)
    qtbot.waitUntil(lambda: len(studio.store.history.epochs) > 0, timeout=LONG)


def test_a_run_that_is_left_is_not_offered_again(
    open_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    cut_run(project)
    studio = open_studio("quick", "steered")
    qtbot.waitUntil(lambda: "was cut off" in studio.window.verdict.sentence, timeout=LONG)
    press(studio, "Leave it")
    assert "cut off" not in studio.window.verdict.sentence
    with qtbot.waitSignal(studio.care.watch.cut_found, timeout=LONG):
        studio.care.watch.look_again()
    assert studio.care.notice() is None
    assert len(SettingsFile().value.left_runs) == 1


def test_train_queues_while_a_run_goes_on(open_studio: Callable[..., Studio], qtbot: QtBot) -> None:
    studio = open_studio("quick", "until stopped")
    begun(studio, qtbot)
    assert [one.text for one in studio.window.header.beside.verbs] == ["Pause"]
    studio.document.edit("training.epochs", 3)
    assert [one.text for one in studio.window.header.beside.verbs] == ["Queue", "Pause"]
    studio.window.commands.trigger("run.start")
    assert [one.title for one in studio.queue.waiting] == ["pets 2"]
    assert [one.text for one in studio.window.header.beside.verbs] == ["Pause"]
    # Pressed once more without a change, nothing else could come of it.
    studio.window.commands.trigger("run.start")
    assert [one.title for one in studio.queue.waiting] == ["pets 2"]
    with qtbot.waitSignal(studio.controller.job_ended, timeout=LONG):
        studio.window.commands.trigger("run.stop")
    assert studio.queue.waiting == ()
    second = studio.controller.activity.folder
    assert second is not None
    qtbot.waitUntil(second.experiment_file.is_file, timeout=LONG)
    assert second.experiment().training.epochs == 3


def test_a_queued_run_is_taken_out_in_the_runs_stage(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = open_studio("quick", "until stopped")
    begun(studio, qtbot)
    studio.document.edit("training.epochs", 3)
    studio.window.commands.trigger("run.start")
    studio.window.show_stage("runs")
    remove = studio.window.page("runs").findChild(QPushButton, "unqueue.2")
    assert remove is not None
    assert remove.isVisible()
    remove.click()
    assert studio.queue.waiting == ()


def test_pausing_is_said_everywhere(open_studio: Callable[..., Studio], qtbot: QtBot) -> None:
    studio = open_studio("quick", "steered")
    begun(studio, qtbot)
    commands, header = studio.window.commands, studio.window.header
    commands.trigger("run.pause")
    qtbot.waitUntil(lambda: studio.controller.activity.state == "paused", timeout=LONG)
    assert header.primary.text() == "Resume"
    assert [one.text for one in header.beside.verbs] == ["Stop"]
    assert commands["run.pause"].text() == "Resume"
    assert studio.window.verdict.sentence == "Paused in epoch 2."
    commands.trigger("run.pause")
    assert header.primary.text() == "Stop"


def test_more_epochs_for_a_run_that_goes_on_and_for_one_that_has_ended(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = open_studio("quick", "steered")
    folder = begun(studio, qtbot)
    studio.window.commands.trigger("run.extend")
    assert questions(studio).asked == [f"{folder.name} 1000"]
    qtbot.waitUntil(lambda: studio.store.history.epochs_planned == 1005, timeout=LONG)
    with qtbot.waitSignal(studio.controller.job_ended, timeout=LONG):
        studio.window.commands.trigger("run.stop")
    studio.care.extend_run(folder.path, 1)
    assert studio.controller.activity.folder == folder
    qtbot.waitUntil(lambda: '"epochs": 6' in folder.request_file.read_text(), timeout=LONG)


def test_closing_can_be_thought_better_of(open_studio: Callable[..., Studio], qtbot: QtBot) -> None:
    studio = open_studio("quick", "until stopped")
    folder = begun(studio, qtbot)
    studio.document.edit("training.epochs", 3)
    studio.window.commands.trigger("run.start")
    event = QCloseEvent()
    studio.window.closeEvent(event)
    assert not event.isAccepted()
    assert questions(studio).asked == [f"{folder.name} is being trained. 1 True"]
    assert studio.controller.activity.state == "running"


def test_a_run_kept_in_the_background_is_found_by_the_next_window(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = open_studio("quick", "steered")
    folder = begun(studio, qtbot)
    questions(studio).leave = "background"
    assert studio.window.close()
    studio.close()
    assert is_alive(folder.path)
    again = open_studio("quick", "steered")
    qtbot.waitUntil(lambda: again.controller.activity.folder == folder, timeout=LONG)
    qtbot.waitUntil(lambda: len(again.store.history.epochs) == 1, timeout=LONG)
    assert again.window.header.primary.text() == "Stop"
    with qtbot.waitSignal(again.controller.job_ended, timeout=LONG):
        again.window.commands.trigger("run.stop")
    assert again.store.history.state == "canceled"


def test_a_crash_for_want_of_memory_offers_half_the_batch(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = open_studio("quick", "crashing")
    experiment = studio.document.experiment
    assert experiment is not None
    with qtbot.waitSignal(studio.controller.job_ended, timeout=LONG):
        studio.window.commands.trigger("run.start")
    assert not any(isinstance(w, ErrorDialog) for w in QApplication.topLevelWidgets())
    press(studio, "Train with batch size 2")
    assert studio.document.experiment is not None
    assert studio.document.experiment.dataset.batch_size == 2
    assert experiment.dataset.batch_size != 2
    assert studio.controller.activity.job == "train"


def test_a_run_gets_another_name_and_stays_shown(
    open_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    folder = fake_folders.write(project.parent / "runs", files.load(project), 2)
    studio = open_studio("quick", "steered")
    with qtbot.waitSignal(studio.store.shown_changed, timeout=LONG):
        studio.runs.open_run(folder.path)
    with qtbot.waitSignal(studio.store.shown_changed, timeout=LONG):
        studio.care.rename(folder.path)
    assert studio.store.folder == RunFolder(folder.path.with_name("0001-better"))
    assert not folder.path.exists()


def test_a_deleted_run_is_shown_no_more(
    open_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    folder = fake_folders.write(project.parent / "runs", files.load(project), 2)
    studio = open_studio("quick", "steered")
    with qtbot.waitSignal(studio.store.shown_changed, timeout=LONG):
        studio.runs.open_run(folder.path)
    questions(studio).delete = False
    studio.care.delete(folder.path)
    assert folder.path.is_dir()
    questions(studio).delete = True
    studio.care.delete(folder.path)
    assert not folder.path.exists()
    assert studio.store.folder is None
    assert questions(studio).asked[0] == f"{folder.name} to the trash"


def test_a_run_at_work_is_neither_renamed_nor_deleted(
    open_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    studio = open_studio("quick", "steered")
    folder = begun(studio, qtbot)
    for act in (studio.care.rename, studio.care.delete):
        act(folder.path)
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ErrorDialog)
        dialog.copy()
        assert "still at work" in QApplication.clipboard().text()
        dialog.accept()
    assert questions(studio).asked == []
    assert folder.path.is_dir()


def test_a_run_begun_in_the_terminal_is_shown_live(
    open_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    studio = open_studio("quick", "steered")
    folder = cut_run(project)
    stopped: list[str] = []
    with Serving(folder.path, {"stop": lambda: stopped.append("stop")}):
        qtbot.waitUntil(lambda: studio.controller.activity.folder == folder, timeout=LONG)
        qtbot.waitUntil(lambda: len(studio.store.history.epochs) == 2, timeout=LONG)
        studio.window.commands.trigger("run.stop")
        qtbot.waitUntil(lambda: stopped == ["stop"], timeout=LONG)
        assert send(folder.path, "nonsense") == "unknown"
    qtbot.waitUntil(lambda: studio.controller.activity.job is None, timeout=LONG)


def test_the_start_page_tells_of_a_run_in_the_background_and_opens_it(
    make_studio: Callable[..., Studio], project: Path, qtbot: QtBot
) -> None:
    SettingsFile().update(recent=(str(project),))
    folder = cut_run(project)
    with Serving(folder.path, {}):
        studio = make_studio("quick", "steered")
        studio.care.search()
        qtbot.waitUntil(lambda: "in the background" in studio.window.verdict.sentence, timeout=LONG)
        press(studio, "Show it")
        assert studio.document.path == project
        qtbot.waitUntil(lambda: studio.controller.activity.folder == folder, timeout=LONG)
    qtbot.waitUntil(lambda: studio.controller.activity.job is None, timeout=LONG)
