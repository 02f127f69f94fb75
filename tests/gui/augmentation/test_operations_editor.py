"""The list of operations: every gesture is one edit of the experiment, setters are none."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio import resources
from cnnstudio.gui.augmentation.operation_row import OperationRow
from cnnstudio.gui.augmentation.operations_editor import MIME, PATH, OperationsEditor
from cnnstudio.gui.document import Document
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.cards import cards
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift
from cnnstudio.spec.operations.mixing import MixUp
from cnnstudio.spec.operations.noise import RandomBlur, RandomNoise
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.tone import RandomBrightness, RandomContrast
from cnnstudio.spec.patch import Change
from cnnstudio.spec.presets import preset_of, presets
from tests.gui.augmentation.listed import names, operations


def rows_below(editor: OperationsEditor, stage: str) -> list[OperationRow]:
    return next(group.rows for group in editor.groups if group.group.stage == stage)


def test_every_operation_of_the_experiment_has_a_row(
    editor: OperationsEditor, opened: Document
) -> None:
    assert [row.operation for row in editor.rows] == operations(opened)


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_kind_can_be_added_and_switched_off(
    qtbot: QtBot, editor: OperationsEditor, opened: Document, kind: type[Operation]
) -> None:
    before = len(operations(opened))
    entry = next(
        action
        for menu in editor.add_menu.findChildren(QMenu)
        for action in menu.actions()
        if action.objectName() == kind.__name__
    )
    entry.trigger()
    assert type(operations(opened)[-1]) is kind
    qtbot.mouseClick(editor.rows[before].switch, Qt.MouseButton.LeftButton)
    assert operations(opened)[-1].enabled is False


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_setting_of_every_kind_has_an_editor(kind: type[Operation]) -> None:
    row = OperationRow(kind(), WheelGuard(QApplication.instance()))
    row.actions_by_name["more"].trigger()
    edited = {*row.body.lines, *row.body.switches, *row.body.lists, "enabled"}
    assert edited == {card.name for card in cards(kind)}


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_kind_has_its_icon(kind: type[Operation]) -> None:
    assert resources.path(f"icons/{kind.icon}.svg").is_file()


def test_a_slider_edits_the_range_and_a_drag_is_one_undo(
    editor: OperationsEditor, opened: Document
) -> None:
    slider = editor.rows[0].body.lines["degrees"].slider
    for place in (100, 140, 180, 200):
        slider.high.setValue(place)
    assert operations(opened)[0].degrees == 45
    assert opened.undo_stack.count() == 1
    opened.undo_stack.undo()
    assert operations(opened)[0].degrees == 10
    assert editor.rows[0].body.lines["degrees"].field.optional_value() == 10


def test_a_drag_through_one_number_and_two_ends_is_one_undo(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    line = editor.rows[0].body.lines["degrees"]
    qtbot.mouseClick(line.toggle, Qt.MouseButton.LeftButton)
    begin = line.slider.handle_center(1).toPoint()
    qtbot.mousePress(line.slider, Qt.MouseButton.LeftButton, pos=begin)
    for way in (20, 40, 0, 30):
        qtbot.mouseMove(line.slider, begin + QPoint(way, 0))
    qtbot.mouseRelease(line.slider, Qt.MouseButton.LeftButton)
    lower, upper = operations(opened)[0].degrees
    assert lower == -10
    assert upper > 10
    assert opened.undo_stack.count() == 1


def test_rows_stand_in_the_groups_in_which_they_act(
    editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomBrightness(), MixUp(), RandomRotation(), RandomBlur(), RandomFlip()))
    stages = [[row.operation.kind for row in group.rows] for group in editor.groups]
    assert stages == [
        ["RandomRotation", "RandomFlip"],
        ["RandomBrightness"],
        ["RandomBlur"],
        ["MixUp"],
    ]
    assert [row.operation for row in editor.rows] == operations(opened)


def test_moving_within_a_group_leaves_the_others_where_they_are(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomBrightness(), RandomRotation(), RandomContrast(), RandomFlip()))
    steps = opened.undo_stack.count()
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    # From a slider, which has another use for the arrow keys.
    handle = editor.rows[2].body.lines["fraction"].slider.high
    handle.setFocus()
    qtbot.keyClick(handle, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(opened) == ["RandomContrast", "RandomRotation", "RandomBrightness", "RandomFlip"]
    assert opened.undo_stack.count() == steps + 1
    field = rows_below(editor, "geometry")[0].body.lines["degrees"].field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(opened) == ["RandomContrast", "RandomFlip", "RandomBrightness", "RandomRotation"]
    assert operations(opened)[3].degrees == 10
    assert field.hasFocus()


def test_an_operation_goes_back_to_its_defaults_on_or_off_as_it_is(
    editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomRotation(degrees=(-20, 45), probability=0.5, enabled=False),))
    back = editor.rows[0].actions_by_name["back"]
    assert back.isEnabled()
    back.trigger()
    assert operations(opened) == [RandomRotation(enabled=False)]
    assert not back.isEnabled()


def test_removing_is_an_edit(qtbot: QtBot, editor: OperationsEditor, opened: Document) -> None:
    before = names(opened)
    qtbot.keyClick(editor.rows[1], Qt.Key.Key_Delete)
    assert names(opened) == [before[0], *before[2:]]


def test_the_first_cannot_move_up_nor_the_last_down(
    editor: OperationsEditor, opened: Document
) -> None:
    before = names(opened)
    for group in editor.groups:
        if group.rows:
            assert not group.rows[0].actions_by_name["up"].isEnabled()
            group.rows[0].moved.emit(-1)
            group.rows[-1].moved.emit(1)
    assert names(opened) == before


def wait_for_places(qtbot: QtBot, editor: OperationsEditor) -> None:
    """Until the layout has given every row its place."""

    def places() -> list[QPoint]:
        return [row.mapTo(editor, QPoint(0, row.height())) for row in editor.rows]

    def settled() -> bool:
        before = places()
        QApplication.processEvents()
        return before == places()

    qtbot.waitUntil(settled)


def drop_on(
    editor: OperationsEditor, dragged: OperationRow, target: OperationRow, mime: str = MIME
) -> bool:
    """Drag one row below the middle of another; whether it may be let go there."""
    data = QMimeData()
    data.setData(mime, str(editor.rows.index(dragged)).encode())
    spot = target.mapTo(editor, target.rect().center() + QPoint(0, 6))
    moving = (
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    editor.dragEnterEvent(QDragEnterEvent(spot, *moving))
    move = QDragMoveEvent(spot, *moving)
    editor.dragMoveEvent(move)
    if move.isAccepted():
        editor.dropEvent(QDropEvent(spot, *moving))
    return move.isAccepted()


def test_a_row_can_be_dragged_within_its_group(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomRotation(), RandomShift(), RandomFlip(), RandomBrightness()))
    wait_for_places(qtbot, editor)
    assert drop_on(editor, editor.rows[0], editor.rows[1])
    assert names(opened)[:3] == ["RandomShift", "RandomRotation", "RandomFlip"]


def test_a_row_of_another_programs_window_is_not_taken(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomRotation(), RandomShift()))
    wait_for_places(qtbot, editor)
    before = operations(opened)
    elsewhere = MIME.removesuffix(str(os.getpid())) + "1"
    assert not drop_on(editor, editor.rows[0], editor.rows[1], elsewhere)
    assert operations(opened) == before


def test_a_drag_into_another_group_is_refused_in_words(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomRotation(), RandomShift(), RandomBrightness()))
    wait_for_places(qtbot, editor)
    before = operations(opened)
    assert not drop_on(editor, editor.rows[0], editor.rows[2])
    assert operations(opened) == before
    words = [label.text() for label in editor.findChildren(QLabel)]
    assert "Rotation stays in “Move pixels”" in words


def test_the_tab_key_goes_down_the_list_whatever_was_made_when(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    opened.edit(PATH, (RandomBrightness(), RandomRotation(), RandomShift(), MixUp()))
    editor.rows[1].body.lines["degrees"].toggle.click()
    editor.rows[2].actions_by_name["more"].trigger()
    editor.rows[1].moved.emit(1)
    wait_for_places(qtbot, editor)
    widget: QWidget | None = editor.groups[0].add
    heights: list[int] = []
    while widget is not None and widget is not editor.add:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert editor.isAncestorOf(widget)
            heights.append(widget.mapTo(editor, widget.rect().center()).y())
        widget = widget.nextInFocusChain()
    assert len(heights) > 25
    # A field beside its slider may stand a pixel higher.
    assert all(later >= earlier - 8 for earlier, later in pairwise(heights))


def test_a_row_is_dragged_by_its_title_and_never_by_a_control(qtbot: QtBot) -> None:
    row = OperationRow(RandomRotation(), WheelGuard(QApplication.instance()))
    qtbot.addWidget(row)
    row.resize(320, 80)
    row.show()
    heard: list[QPoint] = []
    row.dragged.connect(heard.append)
    line = row.body.lines["degrees"]

    def drag(widget: QWidget, begin: QPoint, way: int) -> None:
        qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=begin)
        for part in (2, 4, 1):
            qtbot.mouseMove(widget, begin + QPoint(way // part, 0))
        qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=begin + QPoint(way, 0))

    for enabled in (True, False):
        row.show_operation(RandomRotation(enabled=enabled))
        for end in (5, 100):
            drag(line.slider, QPoint(end, 13), 60)
            # As the system sends it where a control that is off lets it through to the row.
            drag(row, line.slider.mapTo(row, QPoint(end, 13)), 60)
        drag(line.field, line.field.rect().center(), -40)
        drag(row.fold, row.fold.rect().center(), -40)
    assert heard == []
    title = next(label for label in row.findChildren(QLabel) if label.text() == "Rotation")
    drag(row, title.geometry().center(), 3)
    assert heard == []
    drag(row, title.geometry().center(), 40)
    assert len(heard) == 1


def test_a_folded_row_tells_its_settings_in_a_line(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    row = editor.rows[0]
    assert row.body.lines["degrees"].isVisible()
    qtbot.mouseClick(row.fold, Qt.MouseButton.LeftButton)
    assert not row.body.lines["degrees"].isVisible()
    assert any(label.text() == "±10°" for label in row.findChildren(QLabel))
    opened.edit(f"{PATH}.0.probability", 0.5)
    assert any(label.text() == "±10° · in 50 %" for label in row.findChildren(QLabel))
    qtbot.mouseClick(row.fold, Qt.MouseButton.LeftButton)
    assert row.body.lines["degrees"].isVisible()


def test_a_long_preset_comes_folded_and_an_added_row_open(
    editor: OperationsEditor, opened: Document
) -> None:
    assert not any(row.folded for row in editor.rows)
    editor.presets.entries["Strong"].trigger()
    assert all(row.folded for row in editor.rows)
    editor.add_menu.chosen.emit(RandomNoise)
    assert [row.folded for row in editor.rows] == [True] * (len(editor.rows) - 1) + [False]
    editor.presets.entries["Classic"].trigger()
    assert not any(row.folded for row in editor.rows)


def test_switched_off_operations_count_as_none() -> None:
    assert preset_of(Augmentation(operations=(RandomFlip(enabled=False),))) == "None"


def test_a_setting_away_from_its_default_is_unfolded(
    editor: OperationsEditor, opened: Document
) -> None:
    row = editor.rows[0]
    assert "probability" not in row.body.lines
    opened.edit(f"{PATH}.0.probability", 0.5)
    assert row.body.lines["probability"].isVisible()


def test_seldom_settings_are_there_when_asked_for(
    qtbot: QtBot, editor: OperationsEditor, opened: Document
) -> None:
    row = editor.rows[0]
    row.actions_by_name["more"].trigger()
    assert row.body.lines["probability"].isVisible()
    row.body.lines["probability"].field.setValue(30)
    assert operations(opened)[0].probability == 0.3


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
