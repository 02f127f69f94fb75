"""The slider of a range: fine near zero, never beyond its bounds, silent when set."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.range_line import PLACES, RangeLine
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.spec.cards import cards
from cnnstudio.spec.operations.geometry import RandomRotation


def line_of(qtbot: QtBot) -> RangeLine:
    card = next(card for card in cards(RandomRotation) if card.name == "degrees")
    line = RangeLine(card, WheelGuard(QApplication.instance()), 0)
    qtbot.addWidget(line)
    return line


def test_places_rise_from_bound_to_bound(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    values = [line.value_at(place) for place in range(PLACES + 1)]
    assert values[0] == 0
    assert values[-1] == 180
    assert values == sorted(values)


def test_the_lower_quarter_of_the_way_covers_small_turns(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    assert line.value_at(PLACES // 4) < 15


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.floats(0, 180))
def test_setting_a_value_emits_nothing_and_keeps_it(qtbot: QtBot, value: float) -> None:
    line = line_of(qtbot)
    heard: list[object] = []
    line.edited.connect(heard.append)
    line.show_value(value)
    assert heard == []
    shown = line.field.optional_value()
    assert shown is not None
    assert abs(shown - value) <= 1e-9 * max(1.0, value)


def test_a_drag_emits_the_value_at_the_place(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    heard: list[object] = []
    line.edited.connect(heard.append)
    line.slider.setValue(PLACES // 2)
    assert heard == [45.0]
    assert line.field.optional_value() == 45
