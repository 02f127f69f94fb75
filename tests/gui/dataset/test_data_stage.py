"""The Data stage: bars filter the grid, the detail shows the network's view, the form edits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import Sample
from cnnstudio.data.load import load
from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.class_bars import ClassBars
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.dataset.image_detail import ImageDetail
from cnnstudio.gui.dataset.pictures import as_image
from cnnstudio.gui.document import Document
from cnnstudio.gui.forms.numbers import NumberField
from cnnstudio.gui.stage import StagePage
from cnnstudio.spec.problems import Problem


def the(page: StagePage, kind: type[Any]) -> Any:
    found = page.findChild(kind)
    assert found is not None
    return found


def test_a_class_bar_filters_the_grid(qtbot: QtBot, page: StagePage) -> None:
    bars, browser = the(page, ClassBars), the(page, DatasetBrowser)
    qtbot.mouseClick(bars.bar("dog"), Qt.MouseButton.LeftButton)
    assert {sample.key[:4] for sample in browser.grid.samples()} == {"dog/"}
    assert bars.bar("dog").isChecked()
    qtbot.mouseClick(bars.bar("validation"), Qt.MouseButton.LeftButton)
    assert len(browser.grid.samples()) == 2


def test_escape_shows_every_image_and_releases_the_bars(qtbot: QtBot, page: StagePage) -> None:
    bars, browser = the(page, ClassBars), the(page, DatasetBrowser)
    qtbot.mouseClick(bars.bar("cat"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(browser, Qt.Key.Key_Escape)
    assert len(browser.grid.samples()) == 16
    assert not bars.bar("cat").isChecked()


def test_the_detail_shows_exactly_what_the_network_gets(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    detail = the(page, ImageDetail)
    qtbot.waitUntil(lambda: detail.seen is not None, timeout=20_000)
    sample, experiment = detail._collection.chosen, opened.experiment
    assert isinstance(sample, Sample)
    assert experiment is not None
    assert detail.seen == as_image(load(sample.path, experiment.dataset))


def test_a_file_that_vanished_is_told_in_a_sentence(qtbot: QtBot, page: StagePage) -> None:
    detail = the(page, ImageDetail)
    sample = detail._collection.index.samples[-1]
    sample.path.unlink()
    detail._collection.choose(sample)
    qtbot.waitUntil(lambda: "7.png" in detail._picture._words, timeout=20_000)
    assert detail.seen is None


def test_a_typed_share_becomes_one_edit_of_the_split(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    form = the(page, DatasetForm)
    field = next(f for f in form.findChildren(NumberField) if f.accessibleName() == "Test")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened.experiment is not None
    assert opened.experiment.dataset.split.test == 0.25
    assert opened.undo_stack.count() == 1


def test_a_choice_by_the_keyboard_edits_the_resize(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    form = the(page, DatasetForm)
    ways = next(one for one in form.findChildren(QComboBox) if one.findText("crop") >= 0)
    qtbot.keyClicks(ways, "cr")
    assert opened.experiment is not None
    assert opened.experiment.dataset.resize == "crop"


def test_setters_edit_nothing(page: StagePage, opened: Document) -> None:
    heard: list[str] = []
    page.edited.connect(lambda path, value: heard.append(path))
    experiment = opened.experiment
    assert experiment is not None
    page.set_experiment(experiment.model_copy(update={"name": "other"}))
    page.set_facts(None)
    page.set_facts(opened.facts)
    page.set_problems((Problem("dataset.split", "Too few images are left for training."),))
    assert heard == []


def test_the_counts_of_the_bars_add_up(page: StagePage, opened: Document) -> None:
    bars = the(page, ClassBars)
    assert bars.bar("cat").accessibleName() == "cat, 8"
    assert bars.bar("train").accessibleName().startswith("Training, 12")


def test_a_test_set_is_said_to_be_kept_apart(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    bar = the(page, ClassBars).bar("test")
    opened.edit("dataset.split.test", 0.0)
    qtbot.waitUntil(lambda: bar.text() == "Test", timeout=20_000)
    opened.edit("dataset.split.test", 0.25)
    qtbot.waitUntil(lambda: bar.text() == "Test, kept apart", timeout=20_000)
    assert "no training" in bar.toolTip()
