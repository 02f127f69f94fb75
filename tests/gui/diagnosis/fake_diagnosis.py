"""A scripted diagnosis: short runs of which one or none beats the unchanged ones."""

from __future__ import annotations

from collections.abc import Iterator

from cnnstudio.doctor.diagnose import diagnose
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.doctor.forks import planned_forks
from cnnstudio.runs.events import (
    DiagnosisReady,
    Event,
    PhaseChanged,
    ProbeEnded,
    ProbeProgress,
    ProbeStarted,
    RunFinished,
)
from cnnstudio.runs.findings import ForkResult
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment

STEPS = 200


def events(
    experiment: Experiment, history: RunHistory | None, culprit: str, before: float, after: float
) -> Iterator[Event]:
    """Every planned fork of the experiment; the fork `culprit` rises to `after`."""
    yield PhaseChanged(phase="diagnosing")
    results: list[ForkResult] = []
    for number, fork in enumerate(planned_forks(experiment)):
        yield ProbeStarted(probe=fork.probe, title=fork.title, steps=STEPS)
        wobble = 0.012 * ((number * 7) % 5 - 2)
        reached = after if fork.probe == culprit else before + wobble
        for step in range(10, STEPS + 1, 10):
            accuracy = before + (reached - before) * step / STEPS + 0.01 * ((step // 10) % 3 - 1)
            yield ProbeProgress(
                probe=fork.probe, step=step, steps=STEPS, loss=1.0, accuracy=max(accuracy, 0.0)
            )
        result = ForkResult(
            probe=fork.probe,
            title=fork.title,
            changes=fork.changes,
            steps=STEPS,
            seed=fork.seed,
            accuracy_before=before,
            accuracy_after=reached,
            clean_before=before,
            clean_after=reached,
            loss_after=1.0,
            samples=512,
        )
        results.append(result)
        yield ProbeEnded(probe=fork.probe, title=fork.title, result=result)
    evidence = Evidence(history=history, forks=tuple(results))
    yield DiagnosisReady(diagnosis=diagnose(experiment, evidence))
    yield RunFinished(reason="completed", sentence="Done.")
