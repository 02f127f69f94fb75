"""The Health pane: a real check of real files, its findings in the grid, its fixes with undo."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.health_card import HealthCard
from cnnstudio.gui.dataset.health_pane import HealthPane
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.stages.data_stage import DataPage
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def image_folder(image_folder: Path) -> Path:
    """The same picture in both classes, under other names."""
    shutil.copy(image_folder / "cat" / "0.png", image_folder / "dog" / "a copy.png")
    return image_folder


@pytest.fixture
def pane(page: StagePage) -> HealthPane:
    found = page.findChild(HealthPane)
    assert isinstance(found, HealthPane)
    return found


def press(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def checked(qtbot: QtBot, pane: HealthPane) -> HealthCard:
    """The card of the picture that is in two classes."""
    press(qtbot, pane.check)
    qtbot.waitUntil(lambda: pane.report is not None, timeout=60_000)
    return next(card for card in pane.cards if "dog/a copy.png" in card.finding.keys)


def test_the_images_of_a_finding_are_shown_and_a_second_press_shows_all(
    qtbot: QtBot, pane: HealthPane, full_browser: DatasetBrowser
) -> None:
    card = checked(qtbot, pane)
    press(qtbot, card.listing)
    assert {s.key for s in full_browser.grid.samples()} == set(card.finding.keys)
    assert card.listing.isChecked()
    press(qtbot, card.listing)
    assert len(full_browser.grid.samples()) == 17
    assert not card.listing.isChecked()


def test_a_fix_is_one_undoable_edit_after_which_the_finding_is_gone(
    qtbot: QtBot, pane: HealthPane, opened: Document
) -> None:
    card = checked(qtbot, pane)
    kind = card.finding.kind
    press(qtbot, card.fix)
    qtbot.waitUntil(lambda: kind not in {c.finding.kind for c in pane.cards}, timeout=60_000)
    assert opened.undo_stack.count() == 1
    opened.undo_stack.undo()
    qtbot.waitUntil(lambda: kind in {c.finding.kind for c in pane.cards}, timeout=60_000)


def test_the_button_cancels_a_running_check(qtbot: QtBot, pane: HealthPane) -> None:
    press(qtbot, pane.check)
    assert pane.check.text() == "Cancel"
    press(qtbot, pane.check)
    assert pane.check.text() == "Check the images"
    assert pane.report is None


def test_while_the_folder_is_read_there_is_nothing_to_check(qtbot: QtBot, pane: HealthPane) -> None:
    checked(qtbot, pane)
    pane._collection.set_index(None)
    assert not pane.check.isEnabled()
    assert pane.report is None
    assert pane.cards == ()


def test_showing_a_finding_edits_nothing(qtbot: QtBot, pane: HealthPane, opened: Document) -> None:
    press(qtbot, checked(qtbot, pane).listing)
    assert opened.undo_stack.count() == 0


def test_the_doctor_is_told_of_a_check_until_other_images_are_opened(
    qtbot: QtBot, page: StagePage, pane: HealthPane, opened: Document
) -> None:
    told: list[object] = []
    assert isinstance(page, DataPage)
    page.health_checked.connect(told.append)
    checked(qtbot, pane)
    assert told == [pane.report]
    assert opened.experiment is not None
    elsewhere = ClassFolders(path="/elsewhere")
    dataset = opened.experiment.dataset.model_copy(update={"source": elsewhere})
    pane.set_experiment(opened.experiment.model_copy(update={"dataset": dataset}))
    assert told[1:] == [None]
