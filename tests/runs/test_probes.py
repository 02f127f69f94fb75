"""A diagnosis' events folded into its forks and its answer."""

from cnnstudio.runs.events import (
    DiagnosisReady,
    Event,
    ProbeEnded,
    ProbeProgress,
    ProbeStarted,
    RunFinished,
)
from cnnstudio.runs.findings import Diagnosis, ForkResult
from cnnstudio.runs.probes import ProbeHistory


def state(history: ProbeHistory) -> str:
    """The state as plain text: it changes between two looks."""
    return history.state


def probe(name: str) -> list[Event]:
    result = ForkResult(
        probe=name,
        title=name,
        steps=20,
        seed=0,
        accuracy_before=0.1,
        accuracy_after=0.5,
        clean_before=0.1,
        clean_after=0.6,
        loss_after=1.0,
        samples=100,
    )
    return [
        ProbeStarted(probe=name, title=name, steps=20),
        ProbeProgress(probe=name, step=10, steps=20, loss=2.0, accuracy=0.3),
        ProbeProgress(probe=name, step=20, steps=20, loss=1.0, accuracy=0.5),
        ProbeEnded(probe=name, title=name, result=result),
    ]


def fold(history: ProbeHistory, events: list[Event]) -> None:
    for event in events:
        history.add(event)


def test_each_fork_has_its_course_and_result() -> None:
    history = ProbeHistory()
    fold(history, probe("control"))
    fold(history, probe("rate_up")[:2])
    assert list(history.courses) == ["control", "rate_up"]
    assert history.courses["control"].points == [(10, 2.0, 0.3), (20, 1.0, 0.5)]
    assert history.courses["control"].result is not None
    assert history.courses["rate_up"].result is None
    assert state(history) == "running"
    history.lose()
    assert state(history) == "lost"


def test_a_second_diagnosis_replaces_the_forks_but_keeps_the_answer_until_its_own() -> None:
    history = ProbeHistory()
    fold(history, probe("control"))
    fold(
        history,
        [
            DiagnosisReady(diagnosis=Diagnosis(sentence="Healthy.")),
            RunFinished(reason="completed", sentence="Healthy."),
        ],
    )
    assert state(history) == "completed"
    fold(history, probe("rate_up")[:1])
    assert list(history.courses) == ["rate_up"]
    assert history.diagnosis == Diagnosis(sentence="Healthy.")
    assert state(history) == "running"
    assert history.finished is None
