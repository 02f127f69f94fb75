"""The small questions about runs, as a person sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run_questions import ExtendDialog, RenameDialog, RunQuestions
from cnnstudio.gui.settings import SettingsFile


@pytest.fixture
def questions(qtbot: QtBot, document: Document, tmp_path: Path) -> RunQuestions:
    window = MainWindow(document, (), SettingsFile(tmp_path / "settings.json"))
    qtbot.addWidget(window)
    return RunQuestions(window)


def answering(object_name: str, said: list[str]) -> None:
    """Press a button of the dialog that is about to open; `said` keeps its words."""

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        said.extend(label.text() for label in dialog.findChildren(QLabel))
        said.extend(button.text() for button in dialog.findChildren(QPushButton))
        if not object_name:
            dialog.close()
            return
        button = dialog.findChild(QPushButton, object_name)
        assert button is not None
        button.click()

    QTimer.singleShot(0, press)


def test_leaving_offers_to_stop_to_go_on_and_to_stay(questions: RunQuestions) -> None:
    for name, answer in (
        ("answer.stop", "stop"),
        ("answer.background", "background"),
        ("answer.cancel", "cancel"),
        ("", "cancel"),
    ):
        said: list[str] = []
        answering(name, said)
        assert questions.leaving("0001-pets is being trained.", 2, True) == answer
        words = " ".join(said)
        assert "0001-pets is being trained." in words
        assert "The 2 queued runs are not started." in words
        assert {"Stop and save", "Keep running in the background", "Cancel"} <= set(said)


def test_only_training_can_be_kept_in_the_background(questions: RunQuestions) -> None:
    said: list[str] = []
    answering("answer.stop", said)
    assert questions.leaving("0001-pets is being exported.", 0, False) == "stop"
    assert "Keep running in the background" not in said
    assert "queued" not in " ".join(said)


def test_deleting_says_whether_it_can_be_taken_back(questions: RunQuestions) -> None:
    said: list[str] = []
    answering("answer.delete", said)
    assert questions.may_delete("0001-pets", False)
    assert "Move to the trash" in said
    said.clear()
    answering("", said)
    assert not questions.may_delete("0001-pets", True)
    assert "Delete for good" in said


def test_extending_counts_the_epochs(qtbot: QtBot) -> None:
    dialog = ExtendDialog("0001-pets", 12)
    qtbot.addWidget(dialog)
    dialog.epochs.setValue(8)
    assert dialog.total.text().startswith("20 in all")
    dialog.go.click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_name_is_edited_without_its_number(qtbot: QtBot) -> None:
    dialog = RenameDialog("0007-pets-baseline")
    qtbot.addWidget(dialog)
    assert dialog.field.text() == "pets-baseline"
    dialog.field.setText("  ")
    assert not dialog.go.isEnabled()
    dialog.field.setText("better")
    assert dialog.go.isEnabled()
