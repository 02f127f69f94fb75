"""What stands beside the primary button while a network trains."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.gui.actions import ACTIONS, Actions
from cnnstudio.gui.primary_button import Situation, verb
from cnnstudio.gui.run_group import RunGroup, beside

RUNNING = Situation("train", True, work="train")


@pytest.mark.parametrize(
    ("situation", "primary", "others"),
    [
        (Situation("train", True), "Train", []),
        (RUNNING, "Stop", ["Pause"]),
        (Situation("train", True, work="train", pausing=True), "Stop", ["Pausing…"]),
        (Situation("train", True, work="train", paused=True), "Resume", ["Stop"]),
        (Situation("model", True, work="train", changed=True), "Stop", ["Queue", "Pause"]),
        (Situation("model", True, 1, work="train", changed=True), "Stop", ["Pause"]),
        (Situation("train", True, work="train", stopping=True), "Stopping…", []),
        (Situation("diagnose", True, work="diagnose"), "Stop looking", []),
    ],
)
def test_the_group_follows_the_state(situation: Situation, primary: str, others: list[str]) -> None:
    assert verb(situation).text == primary
    assert [one.text for one in beside(situation)] == others
    assert {one.action for one in beside(situation)} <= {spec.id for spec in ACTIONS}


def test_each_button_asks_for_its_own_action(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions, group, asked = Actions(window), RunGroup(), list[str]()
    qtbot.addWidget(group)
    group.requested.connect(asked.append)
    group.show_verbs(beside(Situation("model", True, work="train", changed=True)), actions)
    for name in ("beside.run.start", "beside.run.pause"):
        button = group.findChild(QPushButton, name)
        assert button is not None
        button.click()
    assert asked == ["run.start", "run.pause"]
    group.show_verbs((), actions)
    assert group.isHidden()
