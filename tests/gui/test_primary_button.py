"""The rule of the one primary button."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.gui.actions import ACTIONS, Actions
from cnnstudio.gui.primary_button import PrimaryButton, Situation, verb

READY = Situation(stage="data", has_experiment=True)


@pytest.mark.parametrize(
    ("situation", "words", "action"),
    [
        (Situation(), "Open images", "images.open"),
        (READY, "Train", "run.start"),
        (Situation("model", True, problems=1), "Show 1 problem", "problems.show"),
        (Situation("model", True, problems=2), "Show 2 problems", "problems.show"),
        (Situation("data", True, work="train"), "Stop", "run.stop"),
        (Situation("data", True, problems=3, work="train"), "Stop", "run.stop"),
        (Situation("diagnose", True, work="diagnose"), "Stop looking", "run.stop"),
        (Situation("export", True, work="export"), "Cancel export", "run.stop"),
        (Situation("diagnose", True), "Train", "run.start"),
        (Situation("diagnose", True, problems=1, has_run=True), "Find out why", "run.diagnose"),
        (Situation("diagnose", True, has_run=True, changed=True), "Train", "run.start"),
        (Situation("diagnose", True, has_run=True, has_remedy=True), "Try this fix", "remedy.try"),
        (Situation("export", True), "Train", "run.start"),
        (
            Situation("export", True, has_run=True, has_model=True),
            "Export and verify",
            "run.export",
        ),
    ],
)
def test_the_button_follows_state_and_stage(situation: Situation, words: str, action: str) -> None:
    said = verb(situation)
    assert (said.text, said.action) == (words, action)
    assert said.action in {spec.id for spec in ACTIONS}


def test_a_run_that_is_being_stopped_cannot_be_stopped_twice() -> None:
    assert verb(Situation("train", True, work="train", stopping=True)).reason


def test_a_double_click_on_train_does_not_stop_what_it_started(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions, button, asked = Actions(window), PrimaryButton(), list[str]()
    qtbot.addWidget(button)

    def start(action: str) -> None:
        asked.append(action)
        button.show_verb(verb(Situation("train", True, work="train")), actions)

    button.requested.connect(start)
    button.show_verb(verb(READY), actions)
    button.click()
    button.click()
    assert asked == ["run.start"]

    def stopped_by_a_later_click() -> bool:
        button.click()
        return asked[-1] == "run.stop"

    qtbot.wait_until(stopped_by_a_later_click, timeout=5000)
    assert asked == ["run.start", "run.stop"]
