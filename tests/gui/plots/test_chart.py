"""The chart draws no more than a screen can show, names every line, and can be zoomed back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.plots.band import Band, Reference
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import BATCHES, TRAINING, VALIDATION, Line, Look
from cnnstudio.gui.plots.marks import Mark
from cnnstudio.gui.plots.paint import ROW, Label, apart, columns
from cnnstudio.gui.plots.redraw import LONGEST_MS, SHORTEST_MS, RedrawClock
from cnnstudio.gui.theme import DARK, LIGHT


@pytest.fixture
def band() -> Band:
    return Band("Accuracy")


@pytest.fixture
def chart(qtbot: QtBot, band: Band) -> Chart:
    made = Chart((band,))
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.set_span(0.0, 100.0)
    made.show()
    return made


@pytest.mark.parametrize("look", [TRAINING, BATCHES, VALIDATION])
def test_a_line_has_at_most_two_points_a_pixel_and_keeps_its_extremes(
    qtbot: QtBot, look: Look
) -> None:
    line = Line("training", look)
    values = np.random.default_rng(0).normal(size=50_000)
    line.set(np.arange(50_000), values)
    line.draw(0, 50_000, 700)
    assert len(line.shown) <= 1401
    assert line.shown.least.min() == values.min()
    assert line.shown.greatest.max() == values.max()


def test_only_the_part_in_view_is_drawn(qtbot: QtBot) -> None:
    line = Line("training", TRAINING)
    line.set(np.arange(1000), np.zeros(1000))
    line.draw(100, 110, 700)
    assert 11 <= len(line.shown) <= 13


def test_a_gap_stays_a_gap(qtbot: QtBot) -> None:
    line = Line("validation", VALIDATION)
    line.set([1, 2, 3], [0.1, np.nan, 0.3])
    assert line.at(2.1) is None
    assert line.at(2.9) == (3.0, 0.3)
    assert line.end(0, 10) == (3.0, 0.3)
    line.set([1, 2, 3], [0.1, 0.2, np.inf])
    assert line.end(0, 10) == (2.0, 0.2)


def test_nothing_is_read_beyond_the_ends_of_a_line(qtbot: QtBot) -> None:
    line = Line("training", TRAINING)
    assert line.at(1.0) is None
    line.set([5, 6], [0.1, 0.2])
    assert line.at(2.0) is None
    assert line.at(9.0) is None


LABELS = st.lists(st.floats(0, 400), min_size=1, max_size=12)


@given(LABELS)
def test_names_at_the_ends_never_lie_over_each_other(places: list[float]) -> None:
    color = QColor("black")
    labels = [Label(y, 0.0, str(index), color) for index, y in enumerate(places)]
    placed = apart(labels, 0.0, 400.0)
    assert sorted(label.name for label in placed) == sorted(label.name for label in labels)
    assert all(b.y - a.y >= ROW - 1e-6 for a, b in pairwise(placed))
    assert all(label.y <= 400.0 + 1e-6 for label in placed)


def test_names_beside_each_other_do_not_push_each_other() -> None:
    color = QColor("black")
    first, above = Label(10, 0, "a", color, 50), Label(12, 5, "b", color, 50)
    beside = Label(11, 60, "c", color, 50)
    assert columns([beside, first, above]) == [[first, above], [beside]]
    assert columns([]) == []


def test_a_name_alone_stands_at_its_line() -> None:
    label = Label(120.0, 5.0, "training", QColor("black"))
    assert apart([label], 0.0, 400.0) == [label]


def test_the_chart_paints_in_both_themes_with_everything_on_it(
    chart: Chart, band: Band, qtbot: QtBot
) -> None:
    band.line("training", "training", TRAINING).set([1, 50, 100], [0.1, 0.4, 0.9])
    band.references = (Reference(0.5, "chance"),)
    band.shade = (0.4, 0.6)
    chart.marks = (Mark(50, "best"),)
    chart.set_theme(LIGHT)
    chart.redraw()
    light = chart.grab().toImage()
    chart.set_theme(DARK)
    chart.redraw()
    assert chart.grab().toImage() != light


def test_a_zoom_is_told_and_can_be_taken_back(chart: Chart, qtbot: QtBot) -> None:
    told: list[bool] = []
    chart.zoomed.connect(told.append)
    view = chart.bands[0].view
    view.setXRange(20, 40, padding=0)
    view.sigRangeChangedManually.emit((True, False))
    chart.set_span(0.0, 200.0)
    assert chart.shown == (20.0, 40.0)
    qtbot.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert chart.shown == (0.0, 200.0)
    assert told == [True, False]


def test_the_wheel_zooms_along_the_axis_and_a_drag_moves_along_it(
    chart: Chart, band: Band, qtbot: QtBot
) -> None:
    view, place = chart.viewport(), QPointF(250, 150)
    turn = QWheelEvent(
        place,
        QPointF(view.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, turn)
    low, high = chart.shown
    assert 0 < low < high < 100
    assert (band.low, band.high) == (0.0, 1.0)
    assert chart.back.isVisible()
    band.view.translateBy(x=-5.0)
    assert chart.shown == pytest.approx((low - 5, high - 5))
    chart.set_back_words("Back to live")
    assert chart.back.geometry().right() < chart.menu_button.geometry().left()
    chart.back.click()
    assert chart.shown == (0.0, 100.0)
    assert chart.back.isHidden()


def test_the_axis_follows_a_run_that_grows(chart: Chart) -> None:
    chart.set_span(0.0, 300.0)
    assert chart.shown == (0.0, 300.0)


def test_drawing_tells_what_it_cost(chart: Chart, band: Band, qtbot: QtBot) -> None:
    band.line("training", "training", TRAINING).set([1, 2], [0.1, 0.4])
    with qtbot.waitSignal(chart.spent, timeout=5_000) as told:
        chart.redraw()
        chart.viewport().repaint()
    assert told.args[0] > 0


def test_the_clock_draws_at_once_and_then_not_for_a_while(qtbot: QtBot) -> None:
    clock = RedrawClock()
    drawn: list[int] = []
    clock.due.connect(lambda: drawn.append(1))
    with qtbot.waitSignal(clock.due, timeout=5_000):
        clock.request()
    for _ in range(50):
        clock.request()
    assert len(drawn) == 1
    with qtbot.waitSignal(clock.due, timeout=5_000):
        pass
    assert len(drawn) == 2


def test_dear_drawing_makes_the_clock_slower_and_cheap_drawing_never_faster() -> None:
    clock = RedrawClock()
    assert clock.pause_ms == SHORTEST_MS
    clock.spent(0.000_1)
    assert clock.pause_ms == SHORTEST_MS
    for _ in range(20):
        clock.spent(0.02)
    # 20 ms of drawing may come once a second when it may take two per cent of a core.
    assert 900 <= clock.pause_ms <= 1000
    for _ in range(20):
        clock.spent(5.0)
    assert clock.pause_ms == LONGEST_MS
