"""The list of operations: every gesture is one edit of the experiment, setters are none."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.operations_editor import OperationsEditor
from cnnstudio.spec.presets import preset_of, presets
from cnnstudio.gui.document import Document
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomZoom
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.patch import Change


@pytest.fixture
def editor(qtbot: QtBot, opened: Document) -> OperationsEditor:
    made = OperationsEditor()
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.resize(330, 700)
    made.show()
    return made


def operations(document: Document) -> list[Any]:
    assert document.experiment is not None
    return list(document.experiment.augmentation.operations)


def names(document: Document) -> list[str]:
    return [operation.kind for operation in operations(document)]


def menu_action(editor: OperationsEditor, title: str) -> Any:
    menu = editor.add.menu()
    return next(action for action in menu.actions() if action.text() == title)


def test_every_operation_of_the_experiment_has_a_row(
    editor: OperationsEditor, opened: Document
) -> None:
    assert [row.operation for row in editor.rows] == operations(opened)


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_kind_can_be_added_and_switched_off(
    qtbot: QtBot, editor: OperationsEditor, opened: Document, kind: type[Operation]
) -> None:
    before = len(operations(opened))
    menu_action(editor, kind.title()).trigger()
    assert type(operations(opened)[-1]) is kind
    qtbot.mouseClick(editor.rows[before].switch, Qt.MouseButton.LeftButton)
    assert operations(opened)[-1].enabled is False


def test_a_slider_edits_the_range_and_a_drag_is_one_undo(
    editor: OperationsEditor, opened: Document
) -> None:
    slider = editor.rows[0].lines["degrees"].slider
    for place in (100, 140, 180, 200):
        slider.setValue(place)
    assert operations(opened)[0].degrees == 45
    assert opened.undo_stack.count() == 1
    opened.undo_stack.undo()
    assert operations(opened)[0].degrees == 10
    assert editor.rows[0].lines["degrees"].field.optional_value() == 10


def test_moving_up_and_removing_are_edits_of_the_order(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    before = names(opened)
    editor.rows[1].moved.emit(-1)
    assert names(opened) == [before[1], before[0], *before[2:]]
    qtbot.keyClick(editor.rows[0], Qt.Key.Key_Delete)
    assert names(opened) == [before[0], *before[2:]]


def test_the_first_cannot_move_up_nor_the_last_down(
    editor: OperationsEditor, opened: Document
) -> None:
    before = names(opened)
    editor.rows[0].moved.emit(-1)
    editor.rows[-1].moved.emit(1)
    assert names(opened) == before


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_preset_is_one_edit_and_is_recognized(
    editor: OperationsEditor, opened: Document, preset: Any
) -> None:
    opened.edit("augmentation.operations", (RandomRotation(degrees=77),))
    action = next(a for a in editor.presets.menu().actions() if a.text() == preset.name)
    steps = opened.undo_stack.count()
    action.trigger()
    assert opened.undo_stack.count() == steps + 1
    assert tuple(operations(opened)) == preset.augmentation.operations
    assert editor.presets.text() == preset.name


def test_a_preset_keeps_how_gaps_are_filled(editor: OperationsEditor, opened: Document) -> None:
    opened.edit("augmentation.fill_mode", "reflect")
    editor.presets.menu().actions()[-1].trigger()
    assert opened.experiment is not None
    assert opened.experiment.augmentation.fill_mode == "reflect"


def test_switched_off_operations_count_as_none() -> None:
    assert preset_of(Augmentation(operations=(RandomFlip(enabled=False),))) == "None"


def test_a_setting_away_from_its_default_is_unfolded(
    editor: OperationsEditor, opened: Document
) -> None:
    row = next(row for row in editor.rows if isinstance(row.operation, RandomZoom))
    assert not row._form.isVisible()
    opened.edit(f"augmentation.operations.{row.index}.keep_aspect", True)
    assert row._form.isVisible()


def test_the_level_is_there_only_for_a_constant_fill(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    assert not editor._level.isVisible()
    combo = next(c for c in editor._fill.findChildren(QComboBox))
    combo.activated.emit(combo.findText("constant"))
    assert opened.experiment is not None
    assert opened.experiment.augmentation.fill_mode == "constant"
    assert editor._level.isVisible()


def test_setters_edit_nothing(editor: OperationsEditor, opened: Document) -> None:
    heard: list[str] = []
    editor.edited.connect(lambda path, value: heard.append(path))
    experiment = opened.experiment
    assert experiment is not None
    for preset in presets():
        editor.set_experiment(experiment.model_copy(update={"augmentation": preset.augmentation}))
    assert heard == []


def test_a_finding_is_shown_and_its_remedy_is_an_edit(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    finding = Finding(
        cause="P6",
        title="Flips may change the class",
        sentence="“b” becomes “d”.",
        severity="warning",
        confidence=0.8,
        remedy=(Change(path="augmentation.operations.0.enabled", value=False),),
        remedy_label="Switch it off",
    )
    editor.set_findings((finding,))
    button = next(b for b in editor.findChildren(QPushButton) if b.text() == "Switch it off")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert operations(opened)[0].enabled is False
    editor.set_findings(())
    assert not any(
        b.isVisible() for b in editor.findChildren(QPushButton) if b.text() == "Switch it off"
    )
