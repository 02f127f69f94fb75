"""The classes' results of any epoch can be looked at while the run goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.plots.saving import file_name
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.gui.training.class_results import ClassResults
from cnnstudio.runs.history import RunHistory
from tests.gui.training.fake_run import events, finished, history, started


@pytest.fixture
def results(qtbot: QtBot) -> ClassResults:
    made = ClassResults()
    qtbot.addWidget(made)
    made.set_theme(LIGHT)
    made.resize(260, 600)
    made.show()
    return made


def recall_of(run: RunHistory, epoch: int) -> list[float]:
    counts = np.array(run.epoch_events[epoch - 1].confusion)
    shares: list[float] = sorted((np.diag(counts) / counts.sum(axis=1)).tolist())
    return shares


def shown(results: ClassResults) -> list[float]:
    return [share for _, share, _ in results.recall.rows]


def test_it_follows_the_run_at_the_right_end(results: ClassResults) -> None:
    results.set_history(history(3))
    assert results.place.text() == "epoch 3 · live"
    run = history(5)
    results.set_history(run)
    assert results.place.text() == "epoch 5 · live"
    assert shown(results) == recall_of(run, 5)


def test_an_earlier_epoch_stays_in_sight_while_the_run_goes_on(
    results: ClassResults, qtbot: QtBot
) -> None:
    run = RunHistory()
    script = list(events(started(), 6))
    half = len(script) // 2
    for event in script[:half]:
        run.add(event)
    results.set_history(run)
    results.slider.setValue(1)
    assert results.place.text() == "epoch 2"
    for event in script[half:]:
        run.add(event)
    results.set_history(run)
    assert results.place.text() == "epoch 2"
    assert shown(results) == recall_of(run, 2)
    qtbot.keyClick(results.slider, Qt.Key.Key_End)
    assert results.place.text() == "epoch 6 · live"
    assert shown(results) == recall_of(run, 6)


def test_an_ended_run_has_no_live_epoch_and_another_run_begins_at_its_last(
    results: ClassResults,
) -> None:
    results.set_history(history(6))
    results.slider.setValue(0)
    run = history(4)
    run.add(finished(4, 4))
    results.set_history(run)
    assert results.place.text() == "epoch 4"


def test_before_the_second_epoch_there_is_nothing_to_slide(results: ClassResults) -> None:
    assert not results.empty.isHidden()
    results.set_history(history(1))
    assert results.empty.isHidden()
    assert results.slider.isHidden()
    results.set_history(history(2))
    assert not results.slider.isHidden()
    results.set_history(None)
    assert not results.empty.isHidden()


def test_shares_are_offered_where_the_cells_hold_numbers(results: ClassResults) -> None:
    results.set_history(history(2))
    assert results.shares.isHidden(), "ten classes in a narrow pane"
    results.set_history(history(2, classes=4))
    assert not results.shares.isHidden()
    before = results.matrix.grab().toImage()
    results.shares.click()
    assert results.matrix.grab().toImage() != before


def test_the_confusion_can_be_saved_on_white_with_its_epoch(
    results: ClassResults, tmp_path: Path
) -> None:
    results.set_theme(DARK)
    run = history(3, classes=4)
    results.set_history(run)
    before = results.matrix.grab().toImage()
    for kind in ("png", "svg", "csv"):
        results.matrix.files.write(tmp_path / f"a.{kind}")
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() >= 2 * results.matrix.width()
    assert image.pixelColor(3, 3).name() == "#ffffff"
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert "pets baseline, confusion after epoch 3" in drawn
    assert "<image" not in drawn
    rows = [line.split(",") for line in (tmp_path / "a.csv").read_text("utf-8").splitlines()]
    assert rows[0] == ["true class", "bird", "car", "cat", "deer"]
    assert [[int(count) for count in row[1:]] for row in rows[1:]] == [
        list(row) for row in run.epoch_events[2].confusion or ()
    ]
    assert results.matrix.grab().toImage() == before
    assert file_name(results.matrix.title) == "pets-baseline-confusion-after-epoch-3"


def test_the_right_and_the_small_button_on_the_confusion_offer_to_save_it(
    results: ClassResults,
) -> None:
    results.set_history(history(1, classes=4))
    opened: list[QPoint] = []
    results.matrix.files.open_at = opened.append
    where = QPoint(40, 40)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, where)
    QApplication.sendEvent(results.matrix, event)
    assert opened == [where]
    results.matrix.menu_button.click()
    assert len(opened) == 2
