"""The doctor's forks: one snapshot, equal steps, one suspect removed in each."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.doctor.forks import is_control, planned_forks
from cnnstudio.runs.events import (
    DiagnosisReady,
    FindingRaised,
    LogLine,
    ProbeEnded,
    ProbeProgress,
    ProbeStarted,
    RunFinished,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.forks import FEWEST_STEPS, diagnose_run

# A penalty on what a ReLU layer puts out: within a few steps it puts out nothing any more, and
# from there no gradient leads back.
STUCK = {
    "model.layers.0": {
        "kind": "Conv2D",
        "filters": 8,
        "activation": "relu",
        "activity_regularizer": {"kind": "L1", "l1": 10.0},
    },
    "model.layers.1": {"kind": "Dropout", "rate": 0.1},
    "augmentation.operations": [{"kind": "RandomFlip"}],
}


@pytest.fixture(scope="module")
def diagnosed(
    make: Callable[..., Experiment], tmp_path_factory: pytest.TempPathFactory, listener: Any
) -> tuple[Experiment, Any, Any]:
    """A network that a penalty keeps from learning, never trained, and what the forks say."""
    experiment = make(STUCK)
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), experiment)
    heard = listener()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        diagnosis = diagnose_run(folder, heard.emit, heard.should_stop, budget_seconds=0.0)
    return experiment, heard, diagnosis


def test_every_planned_fork_runs_from_the_same_start_for_the_same_steps(
    diagnosed: tuple[Experiment, Any, Any],
) -> None:
    experiment, heard, diagnosis = diagnosed
    planned = planned_forks(experiment)
    assert [fork.probe for fork in diagnosis.forks] == [fork.probe for fork in planned]
    assert {fork.steps for fork in diagnosis.forks} == {FEWEST_STEPS}
    assert len({fork.clean_before for fork in diagnosis.forks}) == 1
    assert {fork.samples for fork in diagnosis.forks} == {45}
    assert [event.probe for event in heard.of(ProbeStarted)] == [fork.probe for fork in planned]
    assert [event.result for event in heard.of(ProbeEnded)] == list(diagnosis.forks)
    ends = {event.probe: event.step for event in heard.of(ProbeProgress)}
    assert ends == {fork.probe: FEWEST_STEPS for fork in planned if not failed(diagnosis, fork)}
    (line,) = heard.of(LogLine)
    assert "A step takes" in line.text


def failed(diagnosis: Any, fork: Any) -> bool:
    return next(r for r in diagnosis.forks if r.probe == fork.probe).failed is not None


def test_the_guilty_suspect_stands_out_and_the_diagnosis_comes_last(
    diagnosed: tuple[Experiment, Any, Any],
) -> None:
    _, heard, diagnosis = diagnosed
    clean = {fork.probe: fork.clean_after for fork in diagnosis.forks}
    controls = [value for probe, value in clean.items() if is_control(probe)]
    assert len(controls) == 3
    assert clean["regularization_off"] > max(controls) + 0.3
    assert diagnosis.findings
    assert diagnosis.findings[0].cause.startswith("R")
    assert diagnosis.findings[0].proven is True
    (ready,) = heard.of(DiagnosisReady)
    assert ready.diagnosis == diagnosis
    assert [event.finding for event in heard.of(FindingRaised)] == list(diagnosis.findings)
    last = heard.events[-1]
    assert isinstance(last, RunFinished)
    assert (last.reason, last.sentence) == ("completed", diagnosis.sentence)


def test_a_run_that_learned_is_forked_from_its_last_weights(
    trained: RunFolder, listener: Any, tmp_path: Path
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(trained.path, copy)
    heard = listener(lambda event: isinstance(event, ProbeEnded))
    diagnosis = diagnose_run(RunFolder(copy), heard.emit, heard.should_stop, budget_seconds=0.0)
    (first,) = diagnosis.forks
    assert first.clean_before > 0.7
    last = heard.events[-1]
    assert isinstance(last, RunFinished)
    assert last.reason == "canceled"
    assert "stopped" in diagnosis.sentence


def test_a_diverging_fork_is_a_result_with_a_reason(
    make: Callable[..., Experiment], listener: Any, tmp_path: Path
) -> None:
    experiment = make(
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 0.01},
            "model.input_scaling": "none",
            "model.layers.1": {"kind": "Conv2D", "activation": "linear"},
            "model.layers.0.kernel_regularizer": {"kind": "L2", "l2": 100.0},
        }
    )
    folder = RunFolder.create(tmp_path, experiment)
    heard = listener(lambda event: isinstance(event, ProbeEnded) and event.probe == "rate_up")
    diagnosis = diagnose_run(folder, heard.emit, heard.should_stop, budget_seconds=0.0)
    result = diagnosis.forks[-1]
    assert result.probe == "rate_up"
    assert result.failed is not None
    assert "no number any more since step" in result.failed
    assert np.isnan(result.clean_after)
