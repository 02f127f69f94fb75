"""The menus of the list of operations: what can be added, presets, import and code."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from cnnstudio.gui.actions import ACTIONS
from cnnstudio.gui.augmentation.code_dialog import CodeDialog
from cnnstudio.gui.augmentation.import_dialog import ImportDialog
from cnnstudio.gui.augmentation.operations_editor import PATH, OperationsEditor
from cnnstudio.gui.document import Document
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.presets import presets
from tests.gui.augmentation.listed import names, operations


def test_the_menu_finds_by_name_first_and_by_help_otherwise(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    menu = editor.add_menu
    assert menu.found() == []
    menu.search.setText("con")
    assert [action.text() for action in menu.found()] == ["Contrast"]
    menu.search.setText("rubber")
    assert [action.text() for action in menu.found()] == ["Elastic"]
    menu.search.setText("no such thing")
    assert menu.found() == []
    menu.search.setText("blur")
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert names(opened)[-1] == "RandomBlur"


@pytest.mark.qt_log_ignore("does not support", extend=True)  # popups of the offscreen platform
def test_the_open_menu_takes_what_is_typed(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    menu = editor.add_menu
    menu.popup(editor.mapToGlobal(QPoint(10, 10)))
    qtbot.waitUntil(menu.search.hasFocus)
    for letter in (Qt.Key.Key_J, Qt.Key.Key_P, Qt.Key.Key_E, Qt.Key.Key_G):
        QTest.keyClick(menu.windowHandle(), letter)
    QTest.keyClick(menu.windowHandle(), Qt.Key.Key_Return)
    assert not menu.isVisible()
    assert names(opened)[-1] == "RandomJPEG"


def test_every_kind_stands_in_one_submenu_with_its_help(editor: OperationsEditor) -> None:
    entries = [
        action
        for menu in editor.add_menu.findChildren(QMenu)
        for action in menu.actions()
        if action.objectName()
    ]
    assert sorted(action.objectName() for action in entries) == sorted(members(Operation))
    assert all(action.toolTip() != action.text() for action in entries)
    first = [menu.actions()[0].text() for menu in editor.add_menu.groups.values()]
    assert first == ["Rotation", "Brightness", "Noise", "MixUp"]


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_preset_is_one_edit_and_is_recognized(
    editor: OperationsEditor, opened: Document, preset: Any
) -> None:
    opened.edit("augmentation.operations", (RandomRotation(degrees=77),))
    steps = opened.undo_stack.count()
    editor.presets.entries[preset.name].trigger()
    assert opened.undo_stack.count() == steps + 1
    assert tuple(operations(opened)) == preset.augmentation.operations
    assert editor.presets.text() == preset.name


def test_a_preset_keeps_how_gaps_are_filled(editor: OperationsEditor, opened: Document) -> None:
    opened.edit("augmentation.fill_mode", "reflect")
    editor.presets.entries["Strong"].trigger()
    assert opened.experiment is not None
    assert opened.experiment.augmentation.fill_mode == "reflect"


def test_presets_differ_and_say_for_which_images_they_are() -> None:
    made = presets()
    assert len({preset.augmentation.operations for preset in made}) == len(made)
    assert len({preset.help for preset in made}) == len(made)
    mirrored = [
        preset.name
        for preset in made
        if any(isinstance(operation, RandomFlip) for operation in preset.augmentation.operations)
    ]
    assert "Text and digits" not in mirrored
    assert "Light" not in mirrored


def test_import_and_code_stand_below_the_presets_and_are_actions(
    editor: OperationsEditor,
) -> None:
    heard: list[str] = []
    editor.action_requested.connect(heard.append)
    for action in editor.presets.others.values():
        action.trigger()
    assert heard == ["augmentation.import", "augmentation.code"]
    assert set(heard) <= {spec.id for spec in ACTIONS if spec.keys}


def test_imported_arguments_come_out_as_one_step(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    editor.changes_made.connect(opened.apply)
    before, steps = opened.experiment, opened.undo_stack.count()
    editor.import_arguments()
    dialog = editor.findChild(ImportDialog)
    assert dialog is not None
    dialog.text.setPlainText("rotation_range=33")
    dialog.apply.click()
    assert [operation.degrees for operation in operations(opened)] == [33]
    assert opened.undo_stack.count() == steps + 1
    opened.undo_stack.undo()
    assert opened.experiment == before


def test_the_code_is_that_of_the_experiment_shown(
    editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomRotation(degrees=36),))
    editor.show_code()
    dialog = editor.findChild(CodeDialog)
    assert dialog is not None
    assert "RandomRotation" in dialog.text.toPlainText()
    dialog.accept()
