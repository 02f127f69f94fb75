"""The Model stage: layers are added, moved, copied, removed and edited, each as one undo step."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document
from cnnstudio.gui.network.budget_bar import BudgetBar
from cnnstudio.gui.network.layer_form import LayerForm
from cnnstudio.gui.network.layer_list import INPUT, LayerList
from cnnstudio.gui.network.layer_palette import KIND, LayerPalette
from cnnstudio.gui.network.template_cards import TemplateCards
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.stages.model_stage import ModelPage
from cnnstudio.gui.theme import LIGHT
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.member import members
from cnnstudio.spec.patch import Change
from cnnstudio.spec.regularizers import L2
from tests.gui.pages import built

LAYERS = (Conv2D(filters=8), Dropout(rate=0.2), Flatten(), Dense(units=2, activation="softmax"))


@pytest.fixture
def page(qtbot: QtBot, opened: Document) -> StagePage:
    made = built(ModelPage())
    qtbot.addWidget(made)
    opened.changed.connect(made.set_experiment)
    opened.problems_changed.connect(made.set_problems)
    made.edited.connect(lambda path, value: opened.edit(path, value))
    made.set_theme(LIGHT)
    opened.edit("model.layers", LAYERS)
    opened.undo_stack.clear()
    assert opened.experiment is not None
    made.set_experiment(opened.experiment)
    made.set_facts(opened.facts)
    made.resize(1200, 700)
    made.show()
    return made


def the(page: StagePage, kind: type[Any]) -> Any:
    found = page.findChild(kind)
    assert found is not None
    return found


def kinds(document: Document) -> list[str]:
    assert document.experiment is not None
    return [layer.kind for layer in document.experiment.model.layers]


def test_rows_tell_shape_and_parameters(page: StagePage) -> None:
    rows = the(page, LayerList).rows
    assert rows.rowCount() == len(LAYERS) + 1
    assert rows.row(0).title == "Input"
    assert rows.row(1).parameters == "224"
    assert rows.row(4).shape == (2,)


@pytest.mark.parametrize("kind", members(Layer), ids=str)
def test_every_kind_of_the_palette_is_added_below_the_chosen_layer(
    qtbot: QtBot, page: StagePage, opened: Document, kind: str
) -> None:
    layers, palette = the(page, LayerList), the(page, LayerPalette)
    layers.choose(1)
    qtbot.mouseClick(palette.entries[kind], Qt.MouseButton.LeftButton)
    assert kinds(opened) == ["Conv2D", "Dropout", kind, "Flatten", "Dense"]
    assert layers.chosen == 2
    assert opened.undo_stack.count() == 1


def test_with_the_input_chosen_a_layer_is_added_first(page: StagePage, opened: Document) -> None:
    layers = the(page, LayerList)
    layers.choose(INPUT)
    layers.add("BatchNormalization")
    assert kinds(opened)[0] == "BatchNormalization"


def test_keys_move_copy_and_remove(qtbot: QtBot, page: StagePage, opened: Document) -> None:
    layers = the(page, LayerList)
    layers.choose(1)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(layers.view, Qt.Key.Key_Up, alt)
    assert kinds(opened) == ["Dropout", "Conv2D", "Flatten", "Dense"]
    assert layers.chosen == 0
    qtbot.keyClick(layers.view, Qt.Key.Key_Up, alt)
    assert kinds(opened)[0] == "Dropout"
    qtbot.keyClick(layers.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert kinds(opened)[:2] == ["Dropout", "Dropout"]
    qtbot.keyClick(layers.view, Qt.Key.Key_Delete)
    qtbot.keyClick(layers.view, Qt.Key.Key_Delete)
    qtbot.keyClick(layers.view, Qt.Key.Key_Down, alt)
    assert kinds(opened) == ["Dropout", "Dense", "Flatten"]
    assert layers.chosen == 2


def test_undo_takes_each_gesture_back(page: StagePage, opened: Document) -> None:
    layers = the(page, LayerList)
    layers.choose(3)
    layers.wish("remove")
    layers.wish("remove")
    layers.wish("copy")
    for _ in range(3):
        opened.undo_stack.undo()
    assert opened.experiment is not None
    assert opened.experiment.model.layers == LAYERS


def test_a_kind_dropped_between_rows_lands_there(page: StagePage, opened: Document) -> None:
    data = QMimeData()
    data.setData(KIND, b"MaxPooling2D")
    action = Qt.DropAction.CopyAction
    the(page, LayerList).rows.dropMimeData(data, action, 2, 0, QModelIndex())
    assert kinds(opened) == ["Conv2D", "MaxPooling2D", "Dropout", "Flatten", "Dense"]


def test_a_dragged_layer_moves_to_where_it_is_let_go(page: StagePage, opened: Document) -> None:
    rows = the(page, LayerList).rows
    data = rows.mimeData([rows.index(1)])
    rows.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert kinds(opened) == ["Dropout", "Conv2D", "Flatten", "Dense"]
    rows.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert kinds(opened) == ["Dropout", "Conv2D", "Flatten", "Dense"]


def test_a_layer_that_does_not_fit_turns_red_with_its_sentence(
    page: StagePage, opened: Document
) -> None:
    opened.edit("model.layers.0", Conv2D(kernel_size=200, padding="valid"))
    row = the(page, LayerList).rows.row(1)
    assert "at least 200×200" in row.problem
    assert row.shape is None
    opened.undo_stack.undo()
    assert the(page, LayerList).rows.row(1).problem == ""


def test_a_wrong_number_of_units_is_told_in_the_last_row(page: StagePage, opened: Document) -> None:
    opened.edit("model.layers.3.units", 1)
    assert "2 classes" in the(page, LayerList).rows.row(4).problem


def test_the_form_follows_the_chosen_layer_and_edits_it(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    layers, form = the(page, LayerList), the(page, LayerForm)
    layers.choose(3)
    assert form._title.text() == "Dense"
    combo = next(c for c in form.findChildren(QComboBox) if c.accessibleName() == "Activation")
    combo.activated.emit(combo.findText("linear"))
    assert opened.experiment is not None
    assert opened.experiment.model.layers[3] == Dense(units=2, activation="linear")
    layers.choose(INPUT)
    assert form._title.text() == "Input"


def test_input_scaling_is_edited_at_the_input(page: StagePage, opened: Document) -> None:
    the(page, LayerList).choose(INPUT)
    form = the(page, LayerForm)
    combo = next(c for c in form.findChildren(QComboBox) if c.accessibleName() == "Input scaling")
    combo.activated.emit(combo.findText("standardize"))
    assert opened.experiment is not None
    assert opened.experiment.model.input_scaling == "standardize"


def test_an_empty_network_offers_templates_and_takes_one_as_one_step(
    page: StagePage, opened: Document
) -> None:
    opened.edit("model.layers", ())
    cards, steps = the(page, TemplateCards), opened.undo_stack.count()
    assert cards.isVisible()
    cards.menu.actions()[1].trigger()
    assert opened.undo_stack.count() == steps + 1
    assert kinds(opened)[-1] == "Dense"
    assert opened.problems == ()
    assert not cards.isVisible()


def test_a_line_of_the_budget_chooses_its_layers_in_turn(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    opened.edit("model.layers.0.kernel_regularizer", L2(l2=0.01))
    opened.edit("model.layers.3.kernel_regularizer", L2(l2=0.01))
    budget, layers = the(page, BudgetBar), the(page, LayerList)
    row = next(row for row in budget.rows if row.share.group == "penalty")
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert layers.chosen == 0
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert layers.chosen == 3


def test_a_remedy_of_several_changes_is_one_step(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    finding = Finding(
        cause="R1",
        title="The weight penalty is too strong",
        sentence="It outweighs the images.",
        severity="warning",
        confidence=0.9,
        remedy=(
            Change(path="model.layers.0.filters", value=4),
            Change(path="model.layers.1.rate", value=0.1),
        ),
        remedy_label="Weaken it",
    )
    form = the(page, LayerForm)
    form.set_findings((finding,))
    button = next(b for b in form.findChildren(QPushButton) if b.text() == "Weaken it")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened.experiment is not None
    assert opened.experiment.model.layers[:2] == (Conv2D(filters=4), Dropout(rate=0.1))
    assert opened.undo_stack.count() == 1


def test_tools_that_cannot_act_say_why(page: StagePage) -> None:
    assert isinstance(page, ModelPage)
    layers = the(page, LayerList)
    layers.choose(INPUT)
    assert not page._tools["remove"].isEnabled()
    assert "choose a layer" in page._tools["remove"].toolTip()
    layers.choose(0)
    assert not page._tools["up"].isEnabled()
    assert "first" in page._tools["up"].toolTip()
    assert page._tools["down"].isEnabled()


def test_setters_edit_nothing(page: StagePage, opened: Document) -> None:
    heard: list[str] = []
    page.edited.connect(lambda path, value: heard.append(path))
    experiment = opened.experiment
    assert experiment is not None
    page.set_experiment(experiment.model_copy(update={"name": "other"}))
    page.set_problems(())
    page.set_facts(None)
    page.set_facts(opened.facts)
    page.set_theme(LIGHT)
    assert heard == []
