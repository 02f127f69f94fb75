"""Actions: declared once, reachable, and honest about why they cannot be done."""

from __future__ import annotations

from collections import Counter

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from cnnstudio.gui.actions import ACTIONS, MENUS, RECENT_MENU, Actions


def window_with_actions(qtbot: QtBot) -> tuple[QMainWindow, Actions]:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.fill(window.menuBar())
    return window, actions


def test_ids_and_keys_belong_to_one_action_each() -> None:
    for counted in (
        Counter(spec.id for spec in ACTIONS),
        Counter(keys for spec in ACTIONS for keys in spec.keys),
    ):
        assert set(counted.values()) == {1}
    assert all(spec.id.count(".") == 1 for spec in ACTIONS)


def test_every_action_stands_in_a_menu(qtbot: QtBot) -> None:
    window, actions = window_with_actions(qtbot)
    assert [action.text() for action in window.menuBar().actions()] == list(MENUS)
    for spec in ACTIONS:
        assert actions[spec.id] in actions.menu(spec.menu).actions()
    assert actions.menu(RECENT_MENU).title() == "Open recent"


def test_a_forbidden_action_says_why_and_does_nothing(qtbot: QtBot) -> None:
    _, actions = window_with_actions(qtbot)
    done: list[str] = []
    actions.connect_to("run.start", lambda: done.append("run"))
    actions.forbid("run.start", "There are no images.")
    actions.trigger("run.start")
    assert done == []
    assert "There are no images." in actions["run.start"].toolTip()
    assert actions.reason("run.start") == "There are no images."
    actions.forbid("run.start", "")
    actions.trigger("run.start")
    assert done == ["run"]
    assert actions.reason("run.start") == ""


def test_f5_trains_and_the_stages_have_their_numbers() -> None:
    keys = {spec.id: spec.keys for spec in ACTIONS}
    assert keys["run.start"] == ("F5",)
    stages = [spec for spec in ACTIONS if spec.id.startswith("stage.")]
    assert [spec.keys for spec in stages] == [(f"Ctrl+{i}",) for i in range(1, 8)]
