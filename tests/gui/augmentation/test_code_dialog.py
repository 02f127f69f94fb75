"""The augmentation as code: both ways, what they cannot say, and a copy."""

from __future__ import annotations

import ast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.code_dialog import GENERATOR, KERAS, CodeDialog
from cnnstudio.gui.document import Document
from cnnstudio.gui.theme import DARK
from cnnstudio.spec.operations.geometry import RandomFlip
from cnnstudio.spec.operations.noise import RandomErasing


@pytest.fixture
def dialog(qtbot: QtBot, opened: Document) -> CodeDialog:
    opened.edit("augmentation.operations", (RandomFlip(), RandomErasing()))
    assert opened.experiment is not None
    made = CodeDialog(opened.experiment, DARK)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_tab_shows_python(dialog: CodeDialog) -> None:
    shown = {}
    for tab in (KERAS, GENERATOR):
        dialog.tabs.setCurrentIndex(tab)
        shown[tab] = dialog.text.toPlainText()
        ast.parse(shown[tab])
    assert "RandomFlip" in shown[KERAS]
    assert "horizontal_flip=True" in shown[GENERATOR]


def test_what_cannot_be_said_is_told(dialog: CodeDialog) -> None:
    dialog.tabs.setCurrentIndex(GENERATOR)
    assert any("nothing like Erasing" in note for note in dialog.notes.texts())


def test_copy_copies_the_tab_that_is_shown(qtbot: QtBot, dialog: CodeDialog) -> None:
    dialog.tabs.setCurrentIndex(GENERATOR)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()
    assert dialog.copy.text().strip() == "Copied"
