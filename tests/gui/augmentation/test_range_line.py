"""The line of a range: one handle or two, silent when set, one number where it says the same."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.augmentation.places import PLACES
from cnnstudio.gui.augmentation.range_line import RangeLine
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.spec.cards import cards
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import RandomRotation, RandomZoom
from cnnstudio.spec.operations.mixing import MixUp
from cnnstudio.spec.operations.noise import RandomBlur, RandomJPEG
from cnnstudio.spec.operations.operation import Operation

LEFT = Qt.MouseButton.LeftButton
SETTINGS = [
    (kind, card.name)
    for kind in members(Operation).values()
    for card in cards(kind)
    if card.shape in ("range", "number", "integer")
]


def line_of(
    qtbot: QtBot, kind: type[Operation] = RandomRotation, name: str = "degrees"
) -> RangeLine:
    card = next(card for card in cards(kind) if card.name == name)
    line = RangeLine(card, WheelGuard(QApplication.instance()), of=kind.title())
    qtbot.addWidget(line)
    line.resize(300, 60)
    line.show_value(card.default)
    line.show()
    return line


def heard_of(line: RangeLine) -> list[object]:
    heard: list[object] = []
    line.edited.connect(heard.append)
    return heard


def drag(qtbot: QtBot, line: RangeLine, begin: QPoint, *ways: int) -> None:
    qtbot.mousePress(line.slider, LEFT, pos=begin)
    for way in ways:
        qtbot.mouseMove(line.slider, begin + QPoint(way, 0))
    qtbot.mouseRelease(line.slider, LEFT, pos=begin + QPoint(ways[-1], 0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.one_of(st.floats(0, 180), st.tuples(st.floats(-180, 0), st.floats(0, 180))))
def test_setting_a_value_emits_nothing_and_keeps_it(
    qtbot: QtBot, value: float | tuple[float, float]
) -> None:
    line = line_of(qtbot)
    heard = heard_of(line)
    line.show_value(value)
    assert heard == []
    fields = line.end_fields if line.slider.apart else (line.field,)
    ends = value if isinstance(value, tuple) and line.slider.apart else (value,)
    for field, end in zip(fields, ends, strict=False):
        shown = field.optional_value()
        assert shown is not None
        if isinstance(end, float):
            assert abs(shown - end) <= 1e-9 * max(1.0, abs(end))


def test_one_handle_sets_the_reach_either_way(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    heard = heard_of(line)
    line.slider.high.setValue(PLACES // 2)
    assert heard == [45.0]
    assert line.field.text() == "±45°"


def test_a_click_sets_the_ends_apart_and_changes_nothing(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    heard = heard_of(line)
    assert not line.slider.low.isVisible()
    qtbot.mouseClick(line.toggle, LEFT)
    assert line.slider.low.isVisible()
    assert not line.field.isVisible()
    assert [field.text() for field in line.end_fields] == ["-10°", "10°"]
    assert heard == []


def test_each_handle_moves_its_own_end_and_never_passes_the_other(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    line.show_value((-20.0, 45.0))
    heard = heard_of(line)
    begin = line.slider.handle_center(0).toPoint()
    drag(qtbot, line, begin, -10, -30)
    lowest = heard[-1]
    assert isinstance(lowest, tuple)
    assert lowest[0] < -20
    assert lowest[1] == 45
    drag(qtbot, line, line.slider.handle_center(0).toPoint(), 400)
    assert heard[-1] == (45.0, 45.0)


def test_two_handles_on_one_spot_part_where_the_mouse_goes(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    for way, moved in ((-30, 0), (30, 1)):
        line.show_value((45.0, 45.0))
        heard = heard_of(line)
        drag(qtbot, line, line.slider.handle_center(1).toPoint(), way // 2, way)
        value = heard[-1]
        assert isinstance(value, tuple)
        assert value[1 - moved] == 45
        assert (value[moved] - 45) * way > 0


def test_equal_reaches_are_one_number_though_the_handles_stay_two(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    line.show_value((-20.0, 45.0))
    heard = heard_of(line)
    line.end_fields[1].setValue(20)
    assert heard == [20.0]
    line.show_value(20.0)
    assert line.slider.apart


def test_uniting_takes_the_longer_reach(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    line.show_value((-60.0, 45.0))
    heard = heard_of(line)
    qtbot.mouseClick(line.toggle, LEFT)
    assert heard == [60.0]
    assert not line.slider.apart
    assert line.field.text() == "±60°"


def test_a_reach_is_never_longer_than_the_nearer_limit(qtbot: QtBot) -> None:
    line = line_of(qtbot, RandomZoom, "fraction")
    line.show_value((0.0, 1.8))
    heard = heard_of(line)
    qtbot.mouseClick(line.toggle, LEFT)
    assert heard == [0.9]


def test_a_range_from_its_least_value_says_up_to(qtbot: QtBot) -> None:
    blur = line_of(qtbot, RandomBlur, "sigma")
    assert blur.field.text() == "≤ 1 px"
    jpeg = line_of(qtbot, RandomJPEG, "quality")
    assert jpeg.slider.apart
    heard = heard_of(jpeg)
    jpeg.end_fields[0].setValue(1)
    assert heard == [95.0]


def test_an_end_typed_beyond_the_other_takes_it_along(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    line.show_value((-20.0, 45.0))
    heard = heard_of(line)
    line.end_fields[0].setValue(90)
    assert heard == [(90.0, 90.0)]


def test_a_typed_reach_may_have_its_sign_or_not(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    heard = heard_of(line)
    for text in ("±33", "34°", "  ± 35"):
        line.field.selectAll()
        qtbot.keyClicks(line.field, text)
        qtbot.keyClick(line.field, Qt.Key.Key_Return)
    assert heard == [33.0, 34.0, 35.0]


def test_arrow_keys_move_each_handle_by_a_value_at_a_time(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    line.show_value((-1.0, 1.5))
    heard = heard_of(line)
    qtbot.keyClick(line.slider.low, Qt.Key.Key_Right)
    qtbot.keyClick(line.slider.high, Qt.Key.Key_Left)
    assert heard == [(-0.5, 1.5), (-0.5, 1.0)]


def test_every_part_has_a_name_of_its_own_for_those_who_hear(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    assert line.slider.high.accessibleName() == "Rotation: Up to"
    assert line.slider.high.accessibleDescription() == "±10°"
    qtbot.mouseClick(line.toggle, LEFT)
    assert line.slider.low.accessibleDescription() == "-10°"
    parts = (line.slider.low, line.slider.high, *line.end_fields)
    names = [part.accessibleName() for part in parts]
    assert names == [f"Rotation: Up to, {end} end" for end in ("lower", "upper")] * 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    chosen=st.sampled_from(SETTINGS),
    gestures=st.lists(
        st.tuples(st.sampled_from(["low", "high", "toggle", "type"]), st.integers(0, PLACES)),
        max_size=12,
    ),
)
def test_no_gesture_makes_a_value_that_the_operation_refuses(
    qtbot: QtBot, chosen: tuple[type[Operation], str], gestures: list[tuple[str, int]]
) -> None:
    kind, name = chosen
    line = line_of(qtbot, kind, name)
    for gesture, place in gestures:
        heard = heard_of(line)
        if gesture == "toggle":
            line.toggle.click()
        elif gesture == "type":
            for field in line.end_fields if line.slider.apart else (line.field,):
                span = field.maximum() - field.minimum()
                field.setValue(field.minimum() + span * place / PLACES)
        elif line.slider.apart or gesture == "high":
            getattr(line.slider, gesture).setValue(place)
        for value in heard:
            made = kind.model_validate({name: value})
            assert getattr(made, name) == value
            line.show_value(value)


def test_what_must_be_above_zero_never_becomes_zero(qtbot: QtBot) -> None:
    line = line_of(qtbot, MixUp, "alpha")
    heard = heard_of(line)
    line.field.setValue(0)
    assert heard == []
    assert line.field.text() == "0.2"
    line.slider.high.setValue(0)
    line.field.setValue(0.05)
    assert heard == [0.1, 0.05]


def test_the_wheel_turns_a_handle_with_the_focus_alone(qtbot: QtBot) -> None:
    line = line_of(qtbot)
    heard = heard_of(line)

    def wheel() -> None:
        middle = QPointF(line.slider.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(line.slider.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(line.slider, event)

    wheel()
    assert heard == []
    line.activateWindow()
    line.slider.high.setFocus()
    qtbot.waitUntil(line.slider.high.hasFocus)
    wheel()
    assert len(heard) == 1
