"""The scheduler panel edits the training settings and nothing else, on a person's gesture only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox
from pytestqt.qtbot import QtBot

from cnnstudio.gui.theme import LIGHT
from cnnstudio.gui.training.scheduler_panel import SchedulerPanel
from cnnstudio.spec import patch
from cnnstudio.spec.optimizers import SGD
from cnnstudio.spec.patch import Change
from tests.gui.training.fake_run import experiment, facts, followed, history


@pytest.fixture
def panel(qtbot: QtBot) -> SchedulerPanel:
    made = SchedulerPanel()
    qtbot.addWidget(made)
    made.set_theme(LIGHT)
    made.set_experiment(experiment())
    made.set_facts(facts())
    made.show()
    return made


def test_showing_an_experiment_edits_nothing(panel: SchedulerPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.edited):
        panel.set_experiment(patch.replace(experiment(), "training.epochs", 7))
        panel.set_facts(facts())
        panel.set_history(history(1))


def test_the_sentence_follows_the_experiment(panel: SchedulerPanel) -> None:
    assert panel.sentence.text().startswith("Warms up over")
    assert panel.steps.text().startswith("66 steps an epoch")
    panel.set_experiment(
        patch.replace(experiment(), "training.optimizer.learning_rate", {"kind": "Constant"})
    )
    assert panel.sentence.text().startswith("Stays at 0.001")


def test_a_schedule_that_never_decays_is_warned_of(panel: SchedulerPanel) -> None:
    assert panel.warning.isHidden()
    slow = {"kind": "ExponentialDecay", "decay_steps": 90_000, "staircase": True}
    panel.set_experiment(patch.replace(experiment(), "training.optimizer.learning_rate", slow))
    assert not panel.warning.isHidden()
    assert "90,000" in panel.warning.text()


def test_typing_epochs_edits_them(panel: SchedulerPanel, qtbot: QtBot) -> None:
    field = panel.length.findChild(QAbstractSpinBox)
    assert field is not None
    field.selectAll()
    with qtbot.waitSignal(panel.edited, timeout=5_000) as told:
        qtbot.keyClicks(field, "9")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["training.epochs", 9]


def test_the_batch_size_is_the_datasets(panel: SchedulerPanel, qtbot: QtBot) -> None:
    field = panel.batch.findChild(QAbstractSpinBox)
    assert field is not None
    field.selectAll()
    with qtbot.waitSignal(panel.edited, timeout=5_000) as told:
        qtbot.keyClicks(field, "64")
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["dataset.batch_size", 64]


def test_another_optimizer_keeps_the_schedule(panel: SchedulerPanel, qtbot: QtBot) -> None:
    index = panel.kinds.findData("SGD")
    with qtbot.waitSignal(panel.edited, timeout=5_000) as told:
        panel.kinds.activated.emit(index)
    path, made = told.args
    assert path == "training.optimizer"
    assert isinstance(made, SGD)
    assert made.learning_rate == experiment().training.optimizer.learning_rate


def test_choosing_the_same_optimizer_edits_nothing(panel: SchedulerPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.edited):
        panel.kinds.activated.emit(panel.kinds.findData("Adam"))


def test_the_curve_shows_where_a_run_that_follows_it_is(panel: SchedulerPanel) -> None:
    panel.set_history(history(2))
    assert not panel.plot.chart.marks
    panel.set_experiment(followed())
    assert [mark.value for mark in panel.plot.chart.marks] == [132]
    panel.set_history(history(2, end=True))
    assert panel.plot.chart.marks == ()


def test_every_optimizer_and_schedule_can_be_shown(panel: SchedulerPanel) -> None:
    from cnnstudio.spec.member import members
    from cnnstudio.spec.optimizers import Optimizer
    from cnnstudio.spec.schedules import Schedule

    for optimizer in members(Optimizer).values():
        for schedule in members(Schedule).values():
            panel.set_experiment(
                patch.apply(
                    experiment(),
                    [
                        Change(path="training.optimizer", value=optimizer()),
                        Change(path="training.optimizer.learning_rate", value=schedule()),
                    ],
                )
            )
            assert panel.kinds.currentData() == optimizer().kind
            assert panel.sentence.text()
