"""Importing arguments: what was understood is shown before anything changes; taking is one undo."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.argument_form import ORDER
from cnnstudio.gui.augmentation.import_dialog import NAMES, ImportDialog
from cnnstudio.gui.document import Document
from cnnstudio.gui.theme import LIGHT
from cnnstudio.spec.patch import Change

CALL = "ImageDataGenerator(rotation_range=40, shear_range=0.2, horizontal_flip=True, rescale=1/255)"


@pytest.fixture
def dialog(qtbot: QtBot, opened: Document) -> ImportDialog:
    experiment = opened.experiment
    assert experiment is not None
    opened.edit("model.input_scaling", "signed")
    assert opened.experiment is not None
    made = ImportDialog(opened.experiment, LIGHT)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def taken_by(dialog: ImportDialog) -> list[Sequence[Change]]:
    heard: list[Sequence[Change]] = []
    dialog.taken.connect(heard.append)
    return heard


def test_nothing_can_be_taken_before_something_is_said(dialog: ImportDialog) -> None:
    assert not dialog.apply.isEnabled()
    assert dialog.apply.toolTip()


def test_a_pasted_call_is_explained_with_its_traps(dialog: ImportDialog) -> None:
    dialog.text.setPlainText(CALL)
    told = dialog.notes.texts()
    assert "Rotation  ±40°" in told
    assert "Flip  horizontal · in 50 %" in told
    assert any("shear_range=0.2" in note for note in told)
    assert dialog.apply.isEnabled()


def test_what_cannot_be_read_is_said_and_not_taken(dialog: ImportDialog) -> None:
    dialog.text.setPlainText(CALL)
    dialog.text.setPlainText("ImageDataGenerator(rotation_rnge=4)")
    assert not dialog.apply.isEnabled()
    assert "rotation_rnge" in dialog.notes.texts()[0]


def test_taking_is_one_undo_even_with_the_scaling(
    qtbot: QtBot, dialog: ImportDialog, opened: Document
) -> None:
    dialog.taken.connect(lambda changes: opened.apply(changes, "Import arguments"))
    before, steps = opened.experiment, opened.undo_stack.count()
    dialog.text.setPlainText(CALL)
    assert dialog.scaling.isVisible()
    qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert opened.undo_stack.count() == steps + 1
    assert opened.experiment is not None
    kinds = [operation.kind for operation in opened.experiment.augmentation.operations]
    assert kinds == ["RandomRotation", "RandomShear", "RandomFlip"]
    assert opened.experiment.model.input_scaling == "unit"
    opened.undo_stack.undo()
    assert opened.experiment == before


def test_the_scaling_can_stay_as_it_is(qtbot: QtBot, dialog: ImportDialog) -> None:
    heard = taken_by(dialog)
    dialog.text.setPlainText(CALL)
    dialog.scaling.setChecked(False)
    qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert [change.path for change in heard[0]] == ["augmentation"]


def test_names_can_be_filled_in_instead(qtbot: QtBot, dialog: ImportDialog) -> None:
    dialog.tabs.setCurrentIndex(NAMES)
    assert not dialog.apply.isEnabled()
    qtbot.keyClicks(dialog.form.fields["zoom_range"], "[0.8, 1.2]")
    qtbot.mouseClick(dialog.form.switches["vertical_flip"], Qt.MouseButton.LeftButton)
    dialog.form.fill.activated.emit(dialog.form.fill.findText("nearest"))
    assert dialog.form.text() == "zoom_range=[0.8, 1.2]\nvertical_flip=True"
    told = dialog.notes.texts()
    assert "Zoom  ±20 %" in told
    assert "Flip  vertical · in 50 %" in told


def test_the_fields_begin_with_what_was_pasted(dialog: ImportDialog) -> None:
    dialog.text.setPlainText(CALL)
    before = dialog.notes.texts()
    dialog.tabs.setCurrentIndex(NAMES)
    assert dialog.form.fields["rotation_range"].text() == "40"
    assert dialog.form.switches["horizontal_flip"].isChecked()
    assert dialog.notes.texts()[:3] == before[:3]


def test_every_name_of_the_form_is_one_that_can_be_read(dialog: ImportDialog) -> None:
    samples = {"brightness_range": "[0.8, 1.2]", "fill_mode": '"wrap"', "rescale": "1/255"}
    lines = [f"{name}={samples.get(name, '1')}" for name in ORDER]
    dialog.text.setPlainText("\n".join(lines))
    assert dialog.apply.isEnabled()
