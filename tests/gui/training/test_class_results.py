"""The classes' results of any epoch can be looked at while the run goes on."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnstudio.gui.theme import LIGHT
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
