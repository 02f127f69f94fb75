"""How images are labelled: the pattern and the columns show at once what they make of the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.source_dialog import SourceDialog
from cnnstudio.gui.dataset.source_form import SourceForm
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.theme import LIGHT
from cnnstudio.spec.problems import Problem
from cnnstudio.spec.sources import ClassFolders, NamedFiles, Table


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    for kind in ("cat", "dog"):
        for number in range(5):
            (tmp_path / f"run{number}-{kind}-a.png").touch()
    (tmp_path / "notes.png").touch()
    return tmp_path


def words_of(form: SourceForm) -> str:
    return "\n".join(label.text() for label in form.findChildren(QLabel) if not label.isHidden())


def test_a_pattern_shows_names_classes_and_what_it_misses(qtbot: QtBot, flat: Path) -> None:
    form = SourceForm(64)
    qtbot.addWidget(form)
    form.show_source(NamedFiles(path=str(flat), pattern="-([a-z]+)-"), "dataset.source")
    qtbot.waitUntil(lambda: form.names.seen is not None, timeout=20_000)
    shown = words_of(form)
    assert "2 classes, at most 5 in one: 10 of 11 names fit, 1 does not." in shown
    assert "cat: 5 · dog: 5" in shown
    assert ">cat</span>-a.png" in shown
    assert "notes.png" in shown


def test_a_pattern_that_is_none_is_one_sentence_and_no_edit(qtbot: QtBot, flat: Path) -> None:
    form = SourceForm(64)
    qtbot.addWidget(form)
    form.show_source(NamedFiles(path=str(flat), pattern="-([a-z]+)-"), "dataset.source")
    heard: list[object] = []
    form.edited.connect(lambda _path, value: heard.append(value))
    line = form.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, "-(cat")
    assert "The pattern is not a regular expression: missing )" in words_of(form)
    qtbot.keyClicks(line, "|dog)")
    assert "regular expression" not in words_of(form)
    assert heard == []
    line.editingFinished.emit()
    assert heard == ["-(cat|dog)"]


def test_columns_are_chosen_among_those_of_the_table(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    table = tmp_path / "list.csv"
    table.write_text("where,what,when\na.png,cat,train\nb.png,dog,test\n")
    form = SourceForm(64)
    qtbot.addWidget(form)
    heard: list[tuple[str, object]] = []
    form.edited.connect(lambda path, value: heard.append((path, value)))
    with qtbot.waitSignal(form.complete_changed, timeout=20_000) as told:
        form.show_source(Table(path=str(table)), "dataset.source")
    assert told.args == [False]
    assert "Choose the column of the path and of the label." in words_of(form)
    lists = {box.accessibleName(): box for box in form.findChildren(QComboBox)}
    assert lists["Path column"].count() == 4
    lists["Path column"].activated.emit(1)
    assert heard == [("dataset.source.path_column", "where")]
    with qtbot.waitSignal(form.complete_changed, timeout=20_000) as told:
        form.show_source(
            Table(path=str(table), path_column="where", label_column="what"), "dataset.source"
        )
    assert told.args == [True]
    assert "1 of the first 2 files is there: check path and ending." in words_of(form)


def test_folders_of_classes_have_nothing_to_say(qtbot: QtBot, tmp_path: Path) -> None:
    form = SourceForm(64)
    qtbot.addWidget(form)
    form.show_source(ClassFolders(path=str(tmp_path)), "dataset.source")
    assert form.isHidden()


def test_a_dialog_answers_with_what_stands_in_the_line(qtbot: QtBot, flat: Path) -> None:
    dialog = SourceDialog(NamedFiles(path=str(flat)), "The images lie directly.", LIGHT, None)
    qtbot.addWidget(dialog)
    assert not dialog.go.isEnabled()
    line = dialog.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, "-([a-z]+)-")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=20_000)
    dialog.go.click()
    assert dialog.result() == SourceDialog.DialogCode.Accepted
    assert dialog.source == NamedFiles(path=str(flat), pattern="-([a-z]+)-")


def test_a_source_without_images_says_so_instead_of_reading_on(page: StagePage) -> None:
    sentence = "“pets” holds no file name that the pattern fits."
    page.set_facts(None)
    page.set_problems((Problem("dataset.source", sentence),))
    shown = {label.text() for label in page.findChildren(QLabel)}
    assert sentence in shown
    assert "No images" in shown
    assert not {"Reading the folder…", "Counting…"} & shown
    page.set_problems(())
    assert {"Reading the folder…", "Counting…"} <= {w.text() for w in page.findChildren(QLabel)}
