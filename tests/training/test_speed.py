"""Training steps are timed under other settings: what is tried, what is left out, how it stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import PhaseChanged, SpeedMeasured
from cnnstudio.runs.speed import SpeedVariant
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training import speed
from cnnstudio.training.engine import tf
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.speed import measure

Make = Callable[..., Experiment]

SMALL = {
    "dataset.source.path": "/nowhere/at/all",  # the images are made up
    "model.layers": [
        {"kind": "Conv2D", "filters": 4},
        {"kind": "GlobalAveragePooling2D"},
        {"kind": "Dense", "units": 3, "activation": "softmax"},
    ],
    "training.class_weights": "balanced",
}


def settings(measured: SpeedMeasured) -> list[tuple[str, bool]]:
    return [(one.precision, one.jit_compile) for one in measured.variants]


@pytest.fixture
def no_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but float32 is worth a try."""
    slow = lambda name: "Slow." if name != "float32" else ""  # noqa: E731
    monkeypatch.setattr(speed, "_slow", slow)


@pytest.mark.usefixtures("no_halves")
def test_steps_are_timed_as_set_and_with_xla(make: Make, listener: Any) -> None:
    heard = listener()
    experiment = make({**SMALL, "augmentation.operations": [{"kind": "MixUp"}]})
    measured = measure(experiment, heard.emit, heard.should_stop, measuring=0.2)
    assert heard.events[-1] == measured
    first = measured.variants[0]
    assert first.same_as(SpeedVariant.of(experiment.training))
    assert first.ratio == 1
    assert ("float32", True) in settings(measured)
    for one in measured.variants:
        if one.precision == "float32":
            assert one.images_per_second > 0
            assert one.ratio == pytest.approx(one.images_per_second / first.images_per_second)
            assert not one.failed
        else:
            assert (one.images_per_second, one.failed) == (0, "Slow.")
    assert measured.batch_size == 8
    assert measured.device == "CPU"
    assert 0 <= measured.waiting <= 1
    assert measured.sentence
    phases = {event.phase for event in heard.of(PhaseChanged)}
    assert phases == {"tracing", "measuring"}
    last = heard.of(PhaseChanged)[-1]
    assert 0 < last.done < last.total


@pytest.mark.usefixtures("no_halves")
def test_where_xla_is_set_the_graph_is_tried_beside_it(make: Make, listener: Any) -> None:
    experiment = make({**SMALL, "training.jit_compile": True})
    measured = measure(experiment, listener().emit, lambda: False, measuring=0.2)
    assert measured.variants[0].jit_compile
    assert ("float32", False) in settings(measured)


@pytest.mark.usefixtures("no_halves")
def test_what_there_is_no_time_for_is_named(make: Make, listener: Any) -> None:
    measured = measure(make(SMALL), listener().emit, lambda: False, preparing=0, measuring=0.2)
    assert measured.variants[0].images_per_second > 0
    rest = [one.failed for one in measured.variants[1:]]
    assert rest
    assert set(rest) == {"There was no time left to prepare it."}


@pytest.mark.usefixtures("no_halves")
def test_what_tensorflow_refuses_is_named_and_the_rest_is_timed(
    make: Make, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = TrainingStep.__call__

    def call(self: TrainingStep, *batch: Any) -> Any:
        if self._experiment.training.jit_compile:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM")
        return whole(self, *batch)

    monkeypatch.setattr(TrainingStep, "__call__", call)
    measured = measure(make(SMALL), listener().emit, lambda: False, measuring=0.2)
    found = {(one.precision, one.jit_compile): one for one in measured.variants}
    assert found["float32", True].failed == "There is not enough memory for it."
    assert found["float32", False].images_per_second > 0
    assert measured.sentence.startswith("Nothing is faster here than float32 without XLA: ")


def test_settings_that_would_take_minutes_are_not_tried(
    make: Make, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {"float32": 0.001, "float16": 0.05, "bfloat16": 0.001}
    monkeypatch.setattr(speed, "_convolution", seconds.__getitem__)
    monkeypatch.setattr(speed, "_computes_brain_floats", lambda: False)
    experiment = make({**SMALL, "training.precision": "mixed_float16"})
    measured = measure(experiment, listener().emit, lambda: False, measuring=0.2)
    first, second = measured.variants[:2]
    assert first.precision == "mixed_float16"
    assert first.failed == "A convolution in float16 takes 50 times as long here as one in float32."
    assert second.precision == "float32"
    assert second.images_per_second > 0
    assert "The fastest here is float32" in measured.sentence


def test_the_probe_of_a_precision_takes_a_moment() -> None:
    assert all(np.isfinite(speed._convolution(name)) for name in ("float32", "float16"))
    assert speed._slow("float32") == ""


def test_a_stop_is_heard_between_steps(make: Make, listener: Any) -> None:
    heard = listener(lambda event: isinstance(event, PhaseChanged))
    with pytest.raises(Stopped):
        measure(make(SMALL), heard.emit, heard.should_stop)
    assert not heard.of(SpeedMeasured)
