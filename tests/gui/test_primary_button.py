"""The rule of the one primary button."""

from __future__ import annotations

import pytest

from cnnstudio.gui.actions import ACTIONS
from cnnstudio.gui.primary_button import Situation, verb

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
