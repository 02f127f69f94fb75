"""The Runs stage lists the runs of a folder, draws the marked ones and says what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.queue import Queued
from cnnstudio.gui.run.replay import replay
from cnnstudio.gui.runs.difference import Difference, differences
from cnnstudio.gui.stages.runs_stage import RunsStage
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import patch
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.patch import Change
from cnnstudio.worker.control import Serving
from tests.gui.pages import built
from tests.gui.runs import fake_folders
from tests.gui.training.fake_run import experiment
from tests.runs.tensorboard_reader import curves


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RunsStage]:
    made = built(RunsStage())
    qtbot.addWidget(made)
    made.compare_requested.connect(lambda path: made.take_replay(replay(path)))
    made.set_theme(DARK)
    made.resize(1440, 724)
    made.show()
    yield made
    made.close_threads()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two runs: the second with a larger batch, and broken off."""
    fake_folders.write(tmp_path, experiment(), 3)
    other = patch.replace(experiment(), "dataset.batch_size", 64)
    fake_folders.write(tmp_path, other, 2, end=False, seed=1)
    return tmp_path


def listed(page: RunsStage, folder: Path, count: int, qtbot: QtBot) -> None:
    page.set_folder(folder)
    qtbot.waitUntil(lambda: len(page.table.runs) == count, timeout=10_000)


def test_an_empty_project_says_where_runs_will_appear(
    page: RunsStage, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(page.list.loaded, timeout=10_000):
        page.set_folder(tmp_path / "none")
    assert not page.table.table.isVisible()


def test_runs_are_listed_newest_first_and_the_newest_is_shown(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    assert [run.name for run in page.table.runs] == ["0002-pets-baseline", "0001-pets-baseline"]
    states = [page.table.table.item(row, 2) for row in (0, 1)]
    assert [item.text() for item in states if item is not None] == ["broken off", "done"]
    assert page.details.shown == runs / "0002-pets-baseline"
    assert "without a last word" in page.details.sentence.text()


def test_what_changed_since_the_run_before_is_told(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    assert page.details.changed_note.text() == "Changed against 0001-pets-baseline:"
    page.table.select([runs / "0001-pets-baseline"])
    assert "first run" in page.details.changed_note.text()


def test_marked_runs_are_drawn_each_in_its_own_colour(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    page.table.select([run.path for run in page.table.runs])
    page.overlay.draw_now()
    lines = page.overlay.accuracy.lines
    assert len(lines) == 4
    first = lines[f"{runs / '0001-pets-baseline'}/validation"]
    assert np.array_equal(first.x, [1, 2, 3])
    assert len(set(page.overlay.colors.values())) == 2
    assert page.overlay.chart.shown == (0.0, 3.0)
    page.table.select([])
    page.overlay.draw_now()
    assert not page.overlay.accuracy.lines
    assert page.overlay.chart.message


def test_a_double_click_and_enter_open_a_run(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    with qtbot.waitSignal(page.run_opened, timeout=5_000) as told:
        page.table.table.cellDoubleClicked.emit(1, 0)
    assert told.args == [runs / "0001-pets-baseline"]
    page.table.table.setCurrentCell(0, 0)
    with qtbot.waitSignal(page.run_opened, timeout=5_000) as told:
        qtbot.keyClick(page.table.table, Qt.Key.Key_Return)
    assert told.args == [runs / "0002-pets-baseline"]


def test_the_settings_of_a_run_can_be_taken_up(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    with qtbot.waitSignal(page.experiment_chosen, timeout=5_000) as told:
        page.details.use.click()
    assert told.args[0].dataset.batch_size == 64
    with qtbot.waitSignal(page.run_opened, timeout=5_000):
        page.details.open.click()


def test_a_new_run_is_marked_beside_the_one_before_it(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    page.table.select([runs / "0001-pets-baseline"])
    new = fake_folders.write(runs, experiment(), 1)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.table.runs) == 3, timeout=10_000)
    assert page.table.selected == (new.path, runs / "0002-pets-baseline")


def test_what_was_marked_stays_marked_when_the_list_is_read_again(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    page.table.select([runs / "0001-pets-baseline"])
    with qtbot.waitSignal(page.list.loaded, timeout=10_000):
        page.refresh()
    assert page.table.selected == (runs / "0001-pets-baseline",)


def test_a_run_that_went_on_is_read_again(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    events = runs / "0002-pets-baseline" / "events.jsonl"
    fuller = fake_folders.write(runs / "elsewhere", experiment(), 4, seed=1)
    events.write_bytes(fuller.events_file.read_bytes())
    asked: list[Path] = []
    page.compare_requested.connect(asked.append)
    page.refresh()
    qtbot.waitUntil(lambda: asked == [runs / "0002-pets-baseline"], timeout=10_000)
    assert "4 of 20 epochs" in page.details.facts.text()


def test_a_damaged_run_is_listed_and_says_what_is_wrong(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    (runs / "0001-pets-baseline" / "experiment.yaml").unlink()
    listed(page, runs, 2, qtbot)
    asked: list[Path] = []
    page.compare_requested.connect(asked.append)
    page.table.select([runs / "0001-pets-baseline"])
    assert asked == []
    assert page.details.shown is None


def test_the_colours_follow_the_theme(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    dark = set(page.overlay.colors.values())
    page.set_theme(LIGHT)
    assert dark == set(DARK.runs[:2])
    assert set(page.overlay.colors.values()) == set(LIGHT.runs[:2])


def test_equal_experiments_differ_in_nothing() -> None:
    assert differences(experiment(), experiment()) == ()


def test_a_changed_field_is_named_as_in_its_form() -> None:
    new = patch.apply(
        experiment(),
        [
            Change(path="dataset.split.test", value=0.2),
            Change(path="augmentation.operations.0.degrees", value=25),
            Change(path="training.optimizer", value={"kind": "SGD"}),
        ],
    )
    found = differences(experiment(), new)
    assert Difference("Dataset › Split › Test", "15 %", "20 %") in found
    assert any(d.place.startswith("Augmentation › 1 ") and d.new.startswith("25") for d in found)
    assert Difference("Training › Optimizer", "Adam", "SGD") in found
    assert len(found) == 3


def test_edited_images_are_counted_and_groups_named() -> None:
    new = patch.apply(
        experiment(),
        [
            Change(path="dataset.edits", value=NO_EDITS.changed(["a", "b"], excluded=True)),
            Change(path="dataset.split.group", value={"kind": "Subfolder"}),
        ],
    )
    assert differences(experiment(), new) == (
        Difference("Dataset › Split › Keep together", "nothing", "Folder below the class"),
        Difference("Dataset › Edits", "none", "2 images"),
    )


def test_an_added_layer_changes_only_itself() -> None:
    layers = experiment().model.layers
    new = patch.replace(experiment(), "model.layers", (*layers[:3], Dropout(rate=0.3), *layers[3:]))
    found = differences(experiment(), new)
    assert [(d.place, d.new) for d in found] == [("Model › 4 Dropout", "added")]
    back = differences(new, experiment())
    assert [(d.place, d.new) for d in back] == [("Model › 4 Dropout", "removed")]


def test_a_run_that_could_not_be_read_is_asked_for_again(qtbot: QtBot, runs: Path) -> None:
    page = built(RunsStage())
    qtbot.addWidget(page)
    asked: list[Path] = []
    page.compare_requested.connect(asked.append)
    listed(page, runs, 2, qtbot)
    newest = runs / "0002-pets-baseline"
    assert asked.count(newest) == 1
    with qtbot.waitSignal(page.list.loaded, timeout=10_000):
        page.refresh()
    assert asked.count(newest) == 2
    page.close_threads()


def test_a_cut_run_can_go_on_and_a_finished_one_gets_more_epochs(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    (runs / "0002-pets-baseline" / "checkpoints" / "last.npz").touch()
    listed(page, runs, 2, qtbot)
    details = page.details
    assert details.resume.isVisible()
    assert not details.extend.isVisible()
    with qtbot.waitSignal(page.resume_requested, timeout=5_000) as told:
        details.resume.click()
    assert told.args == [runs / "0002-pets-baseline"]
    page.table.select([runs / "0001-pets-baseline"])
    assert not details.resume.isVisible()
    with qtbot.waitSignal(page.extend_requested, timeout=5_000) as told:
        details.extend.click()
    assert told.args == [runs / "0001-pets-baseline", 3]
    with qtbot.waitSignal(page.rename_requested, timeout=5_000):
        details.rename.trigger()
    with qtbot.waitSignal(page.delete_requested, timeout=5_000):
        details.delete.trigger()


def test_a_run_at_work_says_why_it_cannot_be_deleted(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    with Serving(runs / "0002-pets-baseline", {}):
        listed(page, runs, 2, qtbot)
        assert not page.details.delete.isEnabled()
        assert "Stop it first" in page.details.delete.toolTip()
        assert not page.details.resume.isVisible()


def test_queued_runs_stand_above_the_table(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    assert not page.queue.isVisible()
    page.set_queue(
        (
            Queued(4, "pets 2", runs, experiment()),
            Queued(7, "0002-pets-baseline", runs, None, RunFolder(runs / "0002"), 30),
        )
    )
    said = [label.text() for label in page.queue.findChildren(QLabel) if label.isVisible()]
    assert said == [
        "Next",
        "pets 2",
        f"queued · {experiment().training.epochs} epochs",
        "Then",
        "0002-pets-baseline",
        "goes on to 30 epochs",
    ]
    with qtbot.waitSignal(page.unqueue_requested, timeout=5_000) as told:
        button = page.queue.findChild(QPushButton, "unqueue.7")
        assert button is not None
        button.click()
    assert told.args == [7]
    page.set_queue(())
    assert not page.queue.isVisible()


def test_the_curves_of_a_run_are_written_for_tensorboard(
    page: RunsStage, runs: Path, qtbot: QtBot
) -> None:
    listed(page, runs, 2, qtbot)
    run = RunFolder(runs / "0001-pets-baseline")
    page.table.select([run.path])
    note = page.details.tensorboard
    assert note.isHidden()
    page.details.curves.trigger()
    qtbot.waitUntil(lambda: "--logdir" in note.text(), timeout=20_000)
    assert str(run.tensorboard) in note.text()
    assert curves(run.tensorboard)["validation"]["epoch_accuracy"][0] == [1, 2, 3]
    page.table.select([runs / "0002-pets-baseline"])
    assert note.isHidden(), "it spoke of the other run"


def test_a_run_at_work_writes_its_own_curves(page: RunsStage, runs: Path, qtbot: QtBot) -> None:
    listed(page, runs, 2, qtbot)
    path = runs / "0001-pets-baseline"
    page.table.select([path])
    with Serving(path, {}):
        page.details.curves.trigger()
        note = page.details.tensorboard
        qtbot.waitUntil(lambda: "at work" in note.text(), timeout=20_000)
    assert not RunFolder(path).tensorboard.exists()
