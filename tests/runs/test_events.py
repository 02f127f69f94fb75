"""Events survive the way through their line; what is no event is refused."""

import json
import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cnnstudio.runs.events import (
    BatchEnded,
    DiagnosisReady,
    Event,
    FindingRaised,
    Prediction,
    PredictionsMade,
    ProbeEnded,
    RunFinished,
    dump,
    parse,
)
from cnnstudio.runs.findings import Diagnosis, Finding, ForkResult
from cnnstudio.spec.patch import Change

KINDS: tuple[type[Event], ...] = get_args(Event)


def test_every_event_is_named_after_its_class() -> None:
    for kind in KINDS:
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__)
        assert kind.model_fields["event"].default == words.lstrip("_")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_says_what_it_is_first(kind: type[Event]) -> None:
    assert next(iter(kind.model_fields)) == "event"
    assert kind.__doc__


@given(loss=st.floats(), accuracy=st.floats(0, 1), step=st.integers(1, 2**40))
def test_numbers_survive_whatever_they_are(loss: float, accuracy: float, step: int) -> None:
    event = BatchEnded(epoch=1, step=step, loss=loss, accuracy=accuracy, learning_rate=1e-3)
    line = dump(event)
    again = parse(line)
    assert isinstance(again, BatchEnded)
    assert again.loss == loss or (math.isnan(loss) and math.isnan(again.loss))
    assert again.model_copy(update={"loss": 0.0}) == event.model_copy(update={"loss": 0.0})

    def not_standard(constant: str) -> float:
        raise AssertionError(constant)

    # Other programs read these lines too: NaN must not be written as a bare word.
    json.loads(line, parse_constant=not_standard)


def test_predictions_are_short_rows_and_survive() -> None:
    row = Prediction("cat/1.png", 0, 1, 0.9731, 0.0269)
    event = PredictionsMade(time=1.0, epoch=2, step=20, sample=(row, row), worst=(row,))
    line = dump(event)
    assert line.count('["cat/1.png",0,1,0.9731,0.0269]') == 3
    assert parse(line) == event
    lost = event.model_copy(update={"worst": (row._replace(share=math.nan),)})
    again = parse(dump(lost))
    assert isinstance(again, PredictionsMade)
    assert math.isnan(again.worst[0].share)


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_text_stays_on_its_line(text: str) -> None:
    event = RunFinished(reason="errored", sentence=text, details=text)
    assert "\n" not in dump(event)
    assert parse(dump(event)) == event


def test_nested_findings_survive() -> None:
    change = Change(path="augmentation.operations", value=[])
    finding = Finding(
        cause="A1",
        title="Augmentation too strong",
        sentence="The images cannot be recognised.",
        severity="error",
        confidence=0.9,
        evidence=("Training 12 %, without augmentation 64 %.",),
        remedy=(change,),
        remedy_label="Turn augmentation off",
        proven=True,
        ruled_out=("Learning rate: ×10 gave 11 %.",),
    )
    fork = ForkResult(
        probe="augmentation_off",
        title="Augmentation off",
        changes=(change,),
        steps=100,
        seed=1,
        accuracy_before=0.1,
        accuracy_after=0.6,
        clean_before=0.1,
        clean_after=0.7,
        loss_after=1.2,
        samples=512,
    )
    diagnosis = Diagnosis(sentence="It is the augmentation.", findings=(finding,), forks=(fork,))
    for event in (
        FindingRaised(finding=finding),
        ProbeEnded(probe="augmentation_off", title="Augmentation off", result=fork),
        DiagnosisReady(diagnosis=diagnosis),
    ):
        assert parse(dump(event)) == event


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        '{"event":"batch_ended","time":1.0,"epoch":1,"st',
        '{"event":"party_started","time":1.0}',
        '{"event":"log_line","time":1.0,"level":"info","text":"x","extra":1}',
        '{"event":"log_line","time":1.0,"level":"loud","text":"x"}',
    ],
)
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse(line)


def test_events_are_frozen() -> None:
    event = RunFinished(reason="completed", sentence="Done.")
    with pytest.raises(ValidationError):
        event.reason = "errored"  # type: ignore[misc]  # this is what must not work
