"""A pane goes into a window of its own and comes back to where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter
from pytestqt.qtbot import QtBot

from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.gui.theme import DARK, LIGHT
from tests.gui.pages import built
from tests.gui.training.fake_run import experiment, facts, history


@pytest.fixture
def page(qtbot: QtBot) -> TrainStage:
    made = built(TrainStage())
    qtbot.addWidget(made)
    made.set_experiment(experiment())
    made.set_facts(facts())
    made.set_theme(LIGHT)
    made.set_history(history(3))
    made.resize(1440, 724)
    made.show()
    return made


def order(page: TrainStage) -> list[str]:
    splitter = page.curves_pane.parentWidget()
    if not isinstance(splitter, QSplitter):
        splitter = page.detachables["curves"].stand_in.parentWidget()
    assert isinstance(splitter, QSplitter)
    panes = [splitter.widget(place) for place in range(splitter.count())]
    return [pane.title for pane in panes if isinstance(pane, Pane)]


def test_the_curves_leave_the_page_and_words_stand_in_their_place(page: TrainStage) -> None:
    before, one = order(page), page.detachables["curves"]
    one.button.click()
    assert one.window is not None
    assert page.curves.window() is one.window
    assert one.window.windowTitle() == "Curves · pets baseline · CNN Studio"
    assert page.curves.isVisible()
    assert one.button.isHidden()
    assert order(page) == before
    assert not one.stand_in.isHidden()


def test_curves_in_a_window_of_their_own_go_on_while_the_page_is_out_of_sight(
    page: TrainStage,
) -> None:
    page.detachables["curves"].detach()
    page.numbers.hide()
    page.set_history(history(5))
    page.curves.draw_now()
    assert len(page.curves.accuracy.lines["batches"].x) == 5 * 66
    page.set_theme(DARK)
    assert page.curves.chart.theme is DARK


@pytest.mark.parametrize("way", ["window", "button", "keys"])
def test_closing_the_window_brings_them_back(page: TrainStage, qtbot: QtBot, way: str) -> None:
    one = page.detachables["curves"]
    splitter = page.curves_pane.parentWidget()
    assert isinstance(splitter, QSplitter)
    before, sizes = order(page), splitter.sizes()
    one.detach()
    window = one.window
    assert window is not None
    if way == "window":
        window.close()
    elif way == "button":
        button = one.stand_in.findChild(QPushButton)
        assert button is not None
        button.click()
    else:
        qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert one.window is None
    assert order(page) == before
    assert splitter.sizes() == sizes
    assert page.curves.isVisible()
    assert not one.button.isHidden()
    one.detach()
    assert one.window is not None
    one.window.close()


def test_the_window_remembers_its_size_across_two_starts(page: TrainStage, qtbot: QtBot) -> None:
    one = page.detachables["curves"]
    one.detach()
    assert one.window is not None
    one.window.resize(640, 480)
    states = page.splitter_states()
    one.window.close()
    later = built(TrainStage())
    qtbot.addWidget(later)
    later.restore_splitters(states)
    later.show()
    again = later.detachables["curves"]
    again.detach()
    assert again.window is not None
    assert (again.window.width(), again.window.height()) == (640, 480)
    again.window.close()


def test_a_broken_memory_of_a_window_is_passed_over(page: TrainStage) -> None:
    page.restore_splitters({"window.curves": "no geometry ü"})
    page.detachables["curves"].detach()
    assert page.curves.isVisible()
    page.detachables["curves"].attach()


def test_before_a_window_was_ever_opened_nothing_is_remembered(page: TrainStage) -> None:
    assert not any(name.startswith("window.") for name in page.splitter_states())
