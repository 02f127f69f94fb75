"""Runs over each other stand beside what guessing scores, and can be saved by their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.plots.table import columns
from cnnstudio.gui.runs.overlay import RunOverlay
from cnnstudio.gui.theme import LIGHT
from tests.gui.training.fake_run import history


@pytest.fixture
def overlay(qtbot: QtBot) -> RunOverlay:
    made = RunOverlay()
    qtbot.addWidget(made)
    made.set_theme(LIGHT)
    made.resize(700, 420)
    made.show()
    return made


def names(overlay: RunOverlay) -> list[str]:
    bands = (overlay.accuracy, overlay.loss)
    return [reference.name for band in bands for reference in band.references]


def test_what_guessing_scores_is_shown_where_it_is_the_same_for_all(overlay: RunOverlay) -> None:
    assert names(overlay) == []
    overlay.show_runs({Path("1-a"): history(3), Path("2-b"): history(4)})
    overlay.draw_now()
    assert names(overlay) == ["chance 10 %", "guessing 2.30"]
    overlay.show_runs({Path("1-a"): history(3), Path("2-b"): history(4, classes=4)})
    overlay.draw_now()
    assert names(overlay) == []


def test_every_run_has_columns_of_its_own_in_the_table(overlay: RunOverlay) -> None:
    overlay.show_runs({Path("1-a"): history(3), Path("2-b"): history(4)})
    overlay.draw_now()
    assert list(columns(overlay.chart.bands))[:4] == [
        "accuracy 1-a training",
        "accuracy 1-a validation",
        "accuracy 2-b training",
        "accuracy 2-b validation",
    ]
    assert overlay.chart.content("csv").startswith(b"epoch,accuracy 1-a training,")
