"""What was measured stands in a small table; a faster variant can be taken, a stale one is gone."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.gui.training.speed_view import OFFER, STALE, SpeedView
from cnnstudio.runs.events import PhaseChanged, SpeedMeasured
from cnnstudio.runs.speed import SpeedVariant
from cnnstudio.spec.patch import apply, replace
from tests.gui.training.fake_run import experiment

FLOAT = SpeedVariant(images_per_second=100, ratio=1)
HALF = SpeedVariant(precision="mixed_bfloat16", images_per_second=150, ratio=1.5, noise=0.02)
XLA = SpeedVariant(jit_compile=True, images_per_second=40, ratio=0.4)
FAILED = SpeedVariant(precision="mixed_float16", failed="It would take minutes.")
FOUND = SpeedMeasured(
    variants=(FLOAT, XLA, FAILED, HALF), batch_size=32, device="CPU", sentence="Half is faster."
)


@pytest.fixture
def view(qtbot: QtBot) -> SpeedView:
    made = SpeedView()
    qtbot.addWidget(made)
    made.set_experiment(experiment())
    made.show()
    return made


def measured(view: SpeedView) -> None:
    view.begin(experiment())
    view.show_measured(FOUND)
    view.end()


def uses(view: SpeedView) -> list[QPushButton]:
    found = view.findChildren(QPushButton)
    return [button for button in found if button.text() == "Use" and button.isVisibleTo(view)]


def test_it_offers_and_asks(view: SpeedView, qtbot: QtBot) -> None:
    assert view.words.text() == OFFER
    assert view.rows == ()
    with qtbot.waitSignal(view.asked, timeout=5_000):
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)


def test_it_tells_how_far_it_is_and_can_be_stopped(view: SpeedView, qtbot: QtBot) -> None:
    view.begin(experiment())
    assert view.button.text() == "Stop"
    assert view.line.isVisible()
    view.show_progress(PhaseChanged(phase="tracing", done=1, total=5))
    assert view.words.text() == "Preparing 2 of 5…"
    assert view.line.share == pytest.approx(0.2)
    view.show_progress(PhaseChanged(phase="measuring", done=3, total=9))
    assert view.words.text() == "Measuring in turns…"
    with qtbot.waitSignal(view.asked, timeout=5_000):
        qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    view.end("The measurement was stopped.")
    assert (view.button.text(), view.words.text()) == (
        "Measure speed",
        "The measurement was stopped.",
    )
    assert view.line.isHidden()


def test_the_fastest_comes_first_and_only_what_helps_can_be_taken(
    view: SpeedView, qtbot: QtBot
) -> None:
    measured(view)
    assert view.words.text() == "Half is faster."
    assert view.rows == (
        ("mixed bfloat16", "150 /s", "1.50 ×", ""),
        ("float32", "100 /s", "1.00 ×", "in use"),
        ("float32 + XLA", "40 /s", "0.40 ×", ""),
        ("mixed float16", "It would take minutes."),
    )
    (button,) = uses(view)
    assert button.accessibleName() == "Use mixed bfloat16 without XLA"
    with qtbot.waitSignal(view.used, timeout=5_000) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == [HALF]


def test_what_is_taken_is_in_use_and_the_factors_are_to_it(view: SpeedView) -> None:
    measured(view)
    view.set_experiment(apply(experiment(), HALF.changes))
    assert view.rows[0] == ("mixed bfloat16", "150 /s", "1.00 ×", "in use")
    assert view.rows[1] == ("float32", "100 /s", "0.67 ×", "")
    assert uses(view) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dataset.batch_size", 7),
        ("dataset.image_size", (24, 24)),
        ("model.input_scaling", "signed"),
        ("augmentation.operations", [{"kind": "RandomFlip"}]),
    ],
)
def test_figures_of_another_step_are_taken_away_and_come_back_with_it(
    view: SpeedView, path: str, value: Any
) -> None:
    measured(view)
    view.set_experiment(replace(experiment(), path, value))
    assert view.rows == ()
    assert view.words.text().startswith(STALE)
    view.set_experiment(replace(experiment(), "training.epochs", 99))
    assert len(view.rows) == 4


def test_a_reason_against_it_is_told(view: SpeedView) -> None:
    view.forbid("0007-pets is being trained.")
    assert not view.button.isEnabled()
    assert view.button.toolTip() == "0007-pets is being trained."
    view.forbid("")
    assert view.button.isEnabled()
