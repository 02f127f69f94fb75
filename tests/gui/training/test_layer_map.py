"""The layers of a run as a map: what is shown, what is said, what a person reads off it."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.stages.train_stage import TrainStage
from cnnstudio.gui.theme import DARK, LIGHT
from cnnstudio.gui.training.layer_map import VIEWS, LayerMap
from cnnstudio.runs.events import dump, parse
from cnnstudio.runs.history import RunHistory
from tests.gui.pages import built
from tests.gui.training import fake_run
from tests.gui.training.fake_layers import history, sample, script

GRADIENT, RATIO, DEAD, SATURATED = range(len(VIEWS))


@pytest.fixture
def layers(qtbot: QtBot) -> LayerMap:
    made = LayerMap()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.resize(760, 600)
    made.show()
    made.draw_now()
    return made


def look(layers: LayerMap, view: int) -> None:
    layers.choice.group.button(view).click()
    layers.draw_now()


def picture(layers: LayerMap) -> QImage:
    """The map alone: a pointer that an earlier test left somewhere may light up a button."""
    for _ in range(3):
        QApplication.processEvents()
    layers.draw_now()
    return layers.map.grab().toImage()


def test_rows_are_the_layers_from_the_input_that_know_the_quantity(layers: LayerMap) -> None:
    layers.set_history(history(3))
    layers.draw_now()
    assert list(layers.map.names) == ["conv2d", "conv2d_1", "dense"]
    assert layers.map.values.shape == (3, 19)
    look(layers, DEAD)
    assert list(layers.map.names) == ["activation", "activation_1"]


def test_without_a_map_a_sentence_says_why(layers: LayerMap) -> None:
    assert layers.map.message == "No run yet"
    run = RunHistory()
    run.add(fake_run.started())
    layers.set_history(run)
    layers.draw_now()
    assert layers.map.message == "Not measured yet"
    run.add(fake_run.finished(0))
    layers.draw_now()
    assert layers.map.message == "Nothing was measured"
    assert not layers.map.has_data
    assert layers.verdict.text() == ""
    layers.set_history(history(1))
    layers.draw_now()
    assert layers.map.message == ""


def test_one_sentence_says_what_is_odd(layers: LayerMap) -> None:
    layers.set_history(history(3))
    layers.draw_now()
    assert layers.verdict.text() == "Nothing odd in the layers."
    layers.set_history(history(3, dies=True))
    layers.draw_now()
    assert layers.verdict.text() == "activation: all of its channels are dead."


def test_the_pointer_tells_layer_step_and_value(layers: LayerMap) -> None:
    run = history(20)
    layers.set_history(run)
    picture(layers)
    table = run.layers.table("gradient")
    # The middle of the first row, in the middle of the run.
    x = 60 + (layers.map.width() - 72) / 2
    told = layers.map.words_under(QPointF(x, 50))
    assert told is not None
    when, name, value = told
    assert name == "conv2d"
    step = int(when.rpartition("step ")[2].replace(",", ""))
    assert abs(step - 660) <= 40
    assert value == f"{table.values[0, table.steps.tolist().index(step)]:.2g}"
    assert layers.map.words_under(QPointF(5, 50)) is None
    assert layers.map.words_under(QPointF(x, 5)) is None


def test_what_has_not_happened_yet_tells_nothing(layers: LayerMap) -> None:
    layers.set_history(history(2))
    picture(layers)
    assert layers.map.words_under(QPointF(layers.map.width() - 20, 50)) is None


def test_numbers_that_are_none_are_told_and_coloured(layers: LayerMap) -> None:
    run = RunHistory()
    run.add(fake_run.started(epochs=1))
    for event in list(script(1))[1:]:
        run.add(event)
    run.add(sample(1, 66, gradient=math.nan))
    layers.set_history(run)
    shown = picture(layers)
    rows = len(layers.map.names)
    top = 38 + (rows - 0.5) * min(44, (layers.map.height() - 80) / rows)
    place = QPointF(layers.map.width() - 14, top)
    told = layers.map.words_under(place)
    assert told is not None
    assert told[1:] == ("dense", "no number")
    assert shown.pixelColor(place.toPoint()) == DARK.color("clean")


def test_saturation_is_offered_only_where_an_inner_layer_has_it(layers: LayerMap) -> None:
    layers.set_history(history(1))
    layers.draw_now()
    assert layers.choice.group.button(SATURATED).isHidden()
    run = history(1)
    event = sample(2, 70)
    first = event.layers[0].model_copy(update={"saturated": 0.7})
    run.layers.add(event.model_copy(update={"layers": (first, *event.layers[1:])}))
    layers.set_history(run)
    layers.draw_now()
    assert not layers.choice.group.button(SATURATED).isHidden()
    look(layers, SATURATED)
    assert layers.map.names == ("conv2d",)
    layers.set_history(history(1))
    layers.draw_now()
    assert layers.view is VIEWS[GRADIENT]


def test_a_run_read_back_gives_the_same_pictures(layers: LayerMap, qtbot: QtBot) -> None:
    live, again = RunHistory(), RunHistory()
    other = LayerMap()
    qtbot.addWidget(other)
    other.set_theme(DARK)
    other.resize(layers.size())
    other.show()
    for event in script(6, dies=True):
        live.add(event)
        again.add(parse(dump(event)))
        if event.event == "epoch_ended":
            layers.set_history(live)
            layers.draw_now()
    other.set_history(again)
    for kind in ("epochs", "steps", "time"):
        layers.set_axis(kind)
        other.set_axis(kind)
        for view in (GRADIENT, RATIO, DEAD):
            look(layers, view)
            look(other, view)
            assert picture(layers) == picture(other), (kind, view)
            assert layers.verdict.text() == other.verdict.text()
    assert picture(layers) != picture_of_nothing(qtbot, layers)


def picture_of_nothing(qtbot: QtBot, like: LayerMap) -> QImage:
    empty = LayerMap()
    qtbot.addWidget(empty)
    empty.resize(like.size())
    empty.show()
    return picture(empty)


def test_the_map_is_saved_as_a_table_and_as_pictures(layers: LayerMap) -> None:
    run = history(2)
    layers.set_history(run)
    layers.draw_now()
    table = list(csv.DictReader(io.StringIO(layers.map.content("csv").decode())))
    assert list(table[0]) == ["step", "epoch", "seconds", "conv2d", "conv2d_1", "dense"]
    assert [int(row["step"]) for row in table] == run.layers.table("gradient").steps.tolist()
    told = [float(row["dense"]) for row in table]
    assert told == pytest.approx(run.layers.table("gradient").values[-1], rel=1e-5)
    image = QImage.fromData(layers.map.content("png"))
    assert image.width() >= 2 * 560
    drawing = layers.map.content("svg").decode()
    for word in ("pets baseline, gradient by layer", "conv2d_1", "Norm of the gradient"):
        assert word in drawing


def test_the_stage_switches_between_curves_and_layers_over_one_axis(qtbot: QtBot) -> None:
    page = built(TrainStage())
    qtbot.addWidget(page)
    page.set_theme(LIGHT)
    page.set_history(history(3))
    page.resize(1440, 724)
    page.show()
    assert page.curves_pane.title == "Curves · pets baseline"
    page.view.group.button(1).click()
    assert page.curves_pane.title == "Layers · pets baseline"
    assert page.layers.isVisible()
    assert not page.curves.isVisible()
    assert not page.curves.smoothing.isVisible()
    page.curves.axis_choice.setCurrentIndex(page.curves.axis_choice.findData("time"))
    assert page.layers.map.axis_captions == ("time", "epoch")
    page.view.group.button(0).click()
    assert page.curves.smoothing.isVisible()
    assert page.curves_pane.title == "Curves · pets baseline"


def test_the_stage_fits_into_a_narrow_window_in_either_view(qtbot: QtBot) -> None:
    page = built(TrainStage())
    qtbot.addWidget(page)
    page.set_history(history(3))
    for view in (0, 1):
        page.view.group.button(view).click()
        assert page.minimumSizeHint().width() <= 1024


def test_a_dead_layer_is_seen_to_die(layers: LayerMap) -> None:
    layers.set_history(history(20, dies=True))
    look(layers, DEAD)
    shares = layers.map.values[0]
    assert shares[0] < 0.5 < shares[-1]
    assert np.all(np.diff(shares) >= 0)
