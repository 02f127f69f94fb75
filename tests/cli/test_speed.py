"""`cnnstudio speed` times the experiment's own step, and touches no run."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.training import speed


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "measure", partial(speed.measure, preparing=0, measuring=0.1))


def test_speed_reports_in_words_and_json(type_in: Any, experiment: Path) -> None:
    before = sorted(experiment.parent.rglob("*"))
    answer = type_in("speed", experiment, "--set", "dataset.batch_size=4", "--json")
    assert answer.code == 0, answer.err
    result = answer.result
    assert (result["event"], result["reason"]) == ("run_finished", "completed")
    measured = result["speed"]
    assert measured["event"] == "speed_measured"
    assert measured["batch_size"] == 4
    assert measured["variants"][0]["precision"] == "float32"
    assert measured["variants"][0]["images_per_second"] > 0
    assert {line["event"] for line in answer.lines} == {
        "phase_changed",
        "speed_measured",
        "run_finished",
    }
    assert measured["sentence"] in answer.err
    assert "float32 without XLA (as set)" in answer.err
    assert sorted(experiment.parent.rglob("*")) == before


def test_an_experiment_with_problems_is_not_timed(type_in: Any, experiment: Path) -> None:
    answer = type_in("speed", experiment, "--set", "model.layers=[]", "--json")
    assert answer.code == 1
    assert answer.result["problems"]
