"""The curves of a run: what is planned, what has been measured, what a person reads off them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from cnnstudio.gui.fonts import font
from cnnstudio.gui.plots.paint import message_box
from cnnstudio.gui.theme import DARK
from cnnstudio.gui.training.axis import RunAxis
from cnnstudio.gui.training.plan import Plan
from cnnstudio.gui.training.training_curves import TrainingCurves
from cnnstudio.runs.events import BatchEnded, PhaseChanged
from cnnstudio.runs.history import RunHistory
from tests.gui.training.fake_run import (
    events,
    experiment,
    facts,
    finished,
    history,
    started,
)


@pytest.fixture
def curves(qtbot: QtBot) -> TrainingCurves:
    made = TrainingCurves()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.resize(800, 640)
    made.set_experiment(experiment())
    made.set_facts(facts())
    made.show()
    made.draw_now()
    return made


def test_before_a_run_the_plan_and_chance_are_shown_with_what_to_do(curves: TrainingCurves) -> None:
    assert curves.chart.message == "Press Train"
    assert "epochs of 66 steps" in curves.chart.submessage
    assert [r.name for r in curves.accuracy.references] == ["chance 10 %"]
    planned = curves.rate.lines["planned"]
    assert planned.x[-1] == 66 * experiment().training.epochs
    assert not len(curves.accuracy.lines["training"].x)


def test_a_click_on_the_words_asks_for_training(curves: TrainingCurves, qtbot: QtBot) -> None:
    middle = curves.accuracy.area().center().toPoint()
    with qtbot.waitSignal(curves.train_requested, timeout=5_000):
        qtbot.mouseClick(curves.chart.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def test_a_run_is_drawn_as_the_history_tells_it(curves: TrainingCurves) -> None:
    run = history(6)
    curves.set_history(run)
    curves.draw_now()
    assert curves.chart.message == ""
    lines = curves.accuracy.lines
    assert np.array_equal(lines["batches"].y, run.accuracy)
    assert np.array_equal(lines["clean"].y, run.curve("clean_accuracy")[1])
    assert np.array_equal(lines["validation"].x, run.epoch_steps)
    assert len(lines["training"].y) == 6 * 66
    named = [mark.word for mark in curves.chart.marks if mark.shape == "line"]
    assert named == ["kept: epoch 6"]


def test_the_crosshair_tells_an_accuracy_with_its_noise(curves: TrainingCurves) -> None:
    curves.set_history(history(6))
    curves.draw_now()
    lines = curves.accuracy.lines.items()
    assert {key: line.words(0.6) for key, line in lines if line.words is not None} == {
        "training": "60 ± 2 %",
        "clean": "60 ± 2 %",
        "validation": "60 ± 2 %",
    }


def test_the_axis_spans_the_whole_run_from_its_first_step(curves: TrainingCurves) -> None:
    curves.set_history(history(1))
    curves.draw_now()
    assert curves.chart.shown == (0.0, 20 * 66.0)


def test_the_penalty_is_shown_only_where_there_is_one(curves: TrainingCurves) -> None:
    curves.set_history(history(3))
    curves.draw_now()
    assert not len(curves.loss.lines["penalty"].x)
    curves.set_history(history(3, penalty=1.5))
    curves.draw_now()
    assert curves.loss.lines["penalty"].y[0] == pytest.approx(1.5, rel=0.01)
    assert curves.loss.high >= 2.3 + 1.5


def test_more_smoothing_means_a_calmer_line(curves: TrainingCurves) -> None:
    curves.set_history(history(6))
    roughness = []
    for strength in (0, 40, 100):
        curves.smoothing.setValue(strength)
        curves.draw_now()
        roughness.append(float(np.abs(np.diff(curves.accuracy.lines["training"].y)).mean()))
    assert roughness[0] > roughness[1] > roughness[2]


def test_an_uneven_set_shows_what_always_naming_the_largest_class_scores(
    curves: TrainingCurves,
) -> None:
    run = RunHistory()
    for event in events(started(majority=0.34), 1):
        run.add(event)
    curves.set_history(run)
    curves.draw_now()
    assert [r.name for r in curves.accuracy.references] == ["chance 10 %", "majority 34 %"]


def test_a_diverged_run_is_drawn_up_to_where_it_broke(curves: TrainingCurves) -> None:
    run = history(2)
    nothing = float("nan")
    for step in range(133, 150):
        run.add(BatchEnded(epoch=3, step=step, loss=nothing, accuracy=0.1, learning_rate=0.001))
    curves.set_history(run)
    curves.draw_now()
    assert np.isfinite(curves.loss.high)
    end = curves.loss.lines["batches"].end(0, 2000)
    assert end is not None
    assert end[0] == 132


def test_the_plan_stays_under_the_rate_of_the_run_that_began_with_it(
    curves: TrainingCurves,
) -> None:
    run = RunHistory()
    run.add(PhaseChanged(phase="importing"))
    curves.set_history(run)
    curves.draw_now()
    assert curves.chart.message == "The run begins"
    epochs = experiment().training.epochs
    for event in events(started(epochs=epochs), 1):
        run.add(event)
    curves.set_history(run)
    curves.draw_now()
    assert len(curves.rate.lines["planned"].x)
    curves.set_history(history(3))
    curves.draw_now()
    assert not len(curves.rate.lines["planned"].x)


@pytest.mark.parametrize(("factor", "shown"), [(1.0, True), (0.5, False)])
def test_a_run_found_while_it_goes_on_shows_what_is_still_to_come_if_that_is_known(
    curves: TrainingCurves, factor: float, shown: bool
) -> None:
    plan = Plan.of(experiment(), facts())
    run = RunHistory()
    run.add(started(epochs=plan.epochs))
    for step in range(1, 30):
        rate = factor * float(plan.schedule.value(np.array([step - 1]))[0])
        run.add(BatchEnded(epoch=1, step=step, loss=2.0, accuracy=0.1, learning_rate=rate))
    curves.set_history(run)
    curves.draw_now()
    assert bool(len(curves.rate.lines["planned"].x)) == shown
    run.add(finished(0))
    curves.draw_now()
    assert not len(curves.rate.lines["planned"].x), "nothing more is to come"


def test_an_ended_run_looks_the_same_whether_it_was_watched_or_not(
    curves: TrainingCurves,
) -> None:
    run = RunHistory()
    for event in events(started(), 6, penalty=9.0):
        run.add(event)
        if len(run.steps) == 30:
            curves.set_history(run)
            curves.draw_now()
    first = curves.loss.high
    run.add(finished(6))
    curves.draw_now()
    watched = curves.grab().toImage()
    curves.set_history(history(2))
    curves.draw_now()
    curves.set_history(history(6, end=True, penalty=9.0))
    curves.draw_now()
    assert curves.loss.high <= first
    assert curves.grab().toImage() == watched


def test_nothing_is_drawn_while_nobody_looks(curves: TrainingCurves) -> None:
    curves.hide()
    curves.set_history(history(3))
    curves.draw_now()
    assert not len(curves.accuracy.lines["batches"].x)
    curves.show()
    curves.draw_now()
    assert len(curves.accuracy.lines["batches"].x)


def test_epochs_and_steps_are_told_together() -> None:
    axis = RunAxis(66)
    assert axis.words(396) == "Epoch 6 · step 396"
    assert axis.words(397) == "Epoch 7 · step 397"
    ticks = axis.ticks(0, 1320, 10)
    assert [tick.words for tick in ticks][:2] == [("0", "0"), ("2", "132")]
    within_one = axis.ticks(10, 20, 5)
    assert within_one
    assert all(10 <= tick.value <= 20 for tick in within_one)


def test_only_a_left_click_that_begins_on_the_words_asks_for_training(
    curves: TrainingCurves, qtbot: QtBot
) -> None:
    heard: list[bool] = []
    curves.train_requested.connect(lambda: heard.append(True))
    view, area = curves.chart.viewport(), curves.accuracy.area()
    middle, beside = area.center().toPoint(), area.topLeft().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=middle)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=beside)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle)
    assert heard == []


@pytest.mark.parametrize("width", [380, 520, 900])
def test_the_words_of_an_empty_chart_stay_within_it(curves: TrainingCurves, width: int) -> None:
    curves.resize(width, 500)
    chart, area = curves.chart, curves.accuracy.area()
    box = message_box(area, chart.message, chart.submessage)
    assert area.left() <= box.left()
    assert box.right() <= area.right()
    words = QFontMetricsF(font()).horizontalAdvance(chart.submessage)
    lines = math.ceil(words / (box.width() - 32))
    assert box.height() >= 24 + 15 * lines


def test_another_run_gets_a_scale_of_its_own_and_can_be_painted_before(
    curves: TrainingCurves,
) -> None:
    curves.set_history(history(3, penalty=20.0))
    curves.draw_now()
    high = curves.loss.high
    run = history(2)
    curves.set_history(run)
    curves.loss.lines["training"].set((1.0, 2.0), (0.0, 0.0))
    curves.grab()
    curves.draw_now()
    assert curves.loss.high < high
