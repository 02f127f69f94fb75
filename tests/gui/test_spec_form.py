"""The one form: every member of every family, shown and edited as a person would."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.forms.editors import Switch
from cnnstudio.gui.forms.members import changed_kind
from cnnstudio.gui.forms.numbers import NumberField
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.theme import DARK
from cnnstudio.spec.experiment import Dataset, Training
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.member import Member, members
from cnnstudio.spec.optimizers import Adam
from cnnstudio.spec.problems import Problem
from cnnstudio.spec.regularizers import L1L2, L2
from cnnstudio.spec.schedules import Constant, ExponentialDecay, PiecewiseConstantDecay
from cnnstudio.spec.sources import ClassFolders

EVERY_MEMBER = [
    kind
    for family in Member.__subclasses__()
    if family.family != "sources"
    for kind in members(family).values()
]


class Heard:
    """What a form emits, in order."""

    def __init__(self, form: SpecForm) -> None:
        self.edits: list[tuple[str, Any]] = []
        form.edited.connect(lambda path, value: self.edits.append((path, value)))


def form_of(qtbot: QtBot, value: Any, path: str = "x") -> tuple[SpecForm, Heard]:
    form = SpecForm()
    qtbot.addWidget(form)
    heard = Heard(form)
    form.show_value(value, path)
    form.show()
    return form, heard


def named(form: SpecForm, kind: type[Any], name: str) -> Any:
    found = [widget for widget in form.findChildren(kind) if widget.accessibleName() == name]
    assert found, f"no {kind.__name__} named {name}"
    return found[0]


@pytest.mark.parametrize("kind", EVERY_MEMBER, ids=lambda kind: kind.__name__)
def test_showing_a_member_edits_nothing(qtbot: QtBot, kind: type[Member]) -> None:
    form, heard = form_of(qtbot, kind())
    form.show_value(kind(), "elsewhere")
    assert heard.edits == []


@pytest.mark.parametrize("kind", EVERY_MEMBER, ids=lambda kind: kind.__name__)
def test_every_number_of_a_member_can_be_stepped(qtbot: QtBot, kind: type[Member]) -> None:
    form, heard = form_of(qtbot, kind())
    for field in form.findChildren(NumberField):
        before = len(heard.edits)
        for steps in (1, -1):
            field.stepBy(steps)
        at_a_refusal = any(label.text() for label in errors(form))
        assert len(heard.edits) > before or at_a_refusal, field.accessibleName()
    for path, value in heard.edits:
        assert path.split(".")[0] == "x"
        kind.model_validate({**kind().model_dump(), **nested(path, value, kind())})


def nested(path: str, value: Any, member: Member) -> dict[str, Any]:
    """The change as a field of the member, where it lies at the first level."""
    names = path.split(".")[1:]
    return {names[0]: value} if len(names) == 1 else {}


def errors(form: SpecForm) -> list[QLabel]:
    return [label for label in form.findChildren(QLabel) if label.property("role") == "error"]


def test_an_edit_carries_the_path_and_the_value(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Conv2D(filters=32), "model.layers.2")
    field = named(form, NumberField, "Filters")
    field.setFocus()
    field.lineEdit().setText("48")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.edits == [("model.layers.2.filters", 48)]


def test_percent_stand_inside_the_field(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Dropout(rate=0.25), "model.layers.0")
    field = named(form, NumberField, "Rate")
    assert field.text() == "25 %"
    field.lineEdit().setText("40")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.edits == [("model.layers.0.rate", 0.4)]


def test_logarithmic_numbers_step_by_1_2_5(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Constant(learning_rate=0.001), "rate")
    field = named(form, NumberField, "Learning rate")
    for _ in range(3):
        field.stepBy(1)
    field.stepBy(-1)
    assert [value for _, value in heard.edits] == [0.002, 0.005, 0.01, 0.005]


def test_nonsense_is_put_back_on_leaving_the_field(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Conv2D(filters=32))
    field = named(form, NumberField, "Filters")
    field.lineEdit().setText("many")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "32"
    assert heard.edits == []


def test_an_empty_optional_number_is_none(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, ExponentialDecay(decay_steps=100), "s")
    field = named(form, NumberField, "Decay steps")
    field.lineEdit().setText("")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.edits == [("s.decay_steps", None)]
    assert field.text() == "the whole run"


def test_an_optional_member_is_chosen_with_its_own_fields(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Conv2D(), "model.layers.0")
    kinds = named(form, QComboBox, "Kernel regularizer")
    assert [kinds.itemText(i) for i in range(kinds.count())] == ["none", "L1", "L2", "L1 + L2"]
    kinds.setCurrentIndex(2)
    kinds.activated.emit(2)
    assert heard.edits == [("model.layers.0.kernel_regularizer", L2())]
    form.show_value(Conv2D(kernel_regularizer=L2()), "model.layers.0")
    named(form, NumberField, "Strength").stepBy(1)
    assert heard.edits[-1] == ("model.layers.0.kernel_regularizer.l2", 0.0002)


def test_the_way_back_to_the_default_shows_only_where_something_differs(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Dropout(rate=0.4), "d")
    back = named(form, QToolButton, "Back to the default of Rate")
    assert back.isVisible()
    back.click()
    assert heard.edits == [("d.rate", 0.25)]
    form.show_value(Dropout(), "d")
    assert not back.isVisible()


def test_fields_that_are_right_only_together_are_emitted_together(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, PiecewiseConstantDecay(), "s")
    for name, text in (("Boundaries", "100, 200, 300"), ("Rates", "0.1, 0.01, 0.001, 0.0001")):
        field = named(form, QLineEdit, name)
        field.setFocus()
        field.clear()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        if name == "Boundaries":
            assert heard.edits == []
            assert any("need 4 rates" in label.text() for label in errors(form))
    assert len(heard.edits) == 1
    path, value = heard.edits[0]
    assert path == "s"
    assert value.boundaries == (100, 200, 300)


def test_a_list_that_cannot_be_read_says_how_to_write_it(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, PiecewiseConstantDecay(), "s")
    field = named(form, QLineEdit, "Boundaries")
    field.clear()
    qtbot.keyClicks(field, "a, b")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.edits == []
    assert any("separated by commas" in label.text() for label in errors(form))


def test_a_problem_stands_at_its_field_even_under_more(qtbot: QtBot) -> None:
    form, _ = form_of(qtbot, Adam(), "training.optimizer")
    assert not named(form, NumberField, "Beta 1").isVisible()
    form.set_problems([Problem("training.optimizer.beta_1", "This is too much.")])
    assert named(form, NumberField, "Beta 1").isVisible()
    assert "This is too much." in [label.text() for label in errors(form) if label.isVisible()]
    form.set_problems([])
    assert not [label for label in errors(form) if label.isVisible()]


def test_advanced_fields_wait_under_more(qtbot: QtBot) -> None:
    form, _ = form_of(qtbot, Adam())
    epsilon = named(form, NumberField, "Epsilon")
    assert not epsilon.isVisible()
    more = next(b for b in form.findChildren(QPushButton) if b.text().startswith("More"))
    more.click()
    assert epsilon.isVisible()


def test_policies_are_switches_with_fields(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Training(), "training")
    switch = next(s for s in form.findChildren(Switch) if s.text() == "Early stopping")
    switch.click()
    path, value = heard.edits[0]
    assert path == "training.policies"
    assert [policy.kind for policy in value] == ["EarlyStopping"]


def test_class_weights_by_class_need_the_classes(qtbot: QtBot) -> None:
    form, heard = form_of(qtbot, Training(), "training")
    by_class = next(b for b in form.findChildren(QPushButton) if b.text() == "by class")
    assert not by_class.isEnabled()
    facts = DatasetFacts(
        class_names=("cat", "dog"),
        counts={"train": {"cat": 1, "dog": 1}},
        median_short_side=10,
        aspect_p10=1,
        aspect_p90=1,
        gray=False,
        own_split=False,
    )
    form.set_facts(facts)
    by_class.click()
    assert heard.edits == [("training.class_weights", {"cat": 1.0, "dog": 1.0})]


def test_a_field_being_typed_in_survives_a_refresh(qtbot: QtBot) -> None:
    dataset = Dataset(source=ClassFolders(path="/images"))
    form, _ = form_of(qtbot, dataset, "dataset")
    field = named(form, NumberField, "Batch size")
    form.show_value(dataset.model_copy(update={"image_size": (64, 64)}), "dataset")
    assert named(form, NumberField, "Batch size") is field


def test_another_kind_keeps_what_both_have() -> None:
    assert changed_kind(L2(l2=0.5), L1L2) == L1L2(l2=0.5)
    kept = changed_kind(ExponentialDecay(initial_learning_rate=0.02), Constant)
    assert kept == Constant(learning_rate=0.02)
    assert changed_kind(None, L2) == L2()


def test_a_nested_form_that_comes_late_has_the_theme(qtbot: QtBot) -> None:
    form = SpecForm()
    qtbot.addWidget(form)
    form.set_theme(DARK)
    form.show_value(Conv2D(filters=7, kernel_regularizer=L2(l2=0.5)), "x")
    late = named(form, QToolButton, "Back to the default of Strength").icon()
    early = named(form, QToolButton, "Back to the default of Filters").icon()
    assert late.pixmap(16).toImage() == early.pixmap(16).toImage()
