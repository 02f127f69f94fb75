"""A step through XLA trains like the graph's, goes on after a stop, and gives way where it must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.runs.events import BatchEnded, LogLine
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import build, seed
from cnnstudio.training.compiled import SEVERAL_DEVICES, ThroughXla, compiled, note
from cnnstudio.training.dataset import prepare
from cnnstudio.training.engine import tf
from cnnstudio.training.loop import Loop
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints, variables

Make = Callable[..., Experiment]

XLA = {
    "training.jit_compile": True,
    "model.layers": [
        {
            "kind": "Conv2D",
            "filters": 4,
            "use_bias": False,
            "kernel_regularizer": {"kind": "L2", "l2": 0.01},
        },
        {"kind": "BatchNormalization", "momentum": 0.5},
        {"kind": "GlobalAveragePooling2D"},
        {"kind": "Dense", "units": 3, "activation": "softmax"},
    ],
    "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "MixUp"}],
    "training.class_weights": {"blue": 2.0, "green": 1.0, "red": 0.5},
}


def train(experiment: Experiment, folder: RunFolder, heard: Any, resume: bool = False) -> Any:
    """The arrays of the last checkpoint."""
    last = conduct(experiment, folder, heard.emit, heard.should_stop, resume)
    assert last.reason in ("completed", "canceled"), last.details
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    return snapshot.arrays


def test_xla_trains_to_the_weights_of_the_graph_and_goes_on_after_a_stop(
    make: Make, listener: Any, tmp_path: Path
) -> None:
    plain = make({**XLA, "training.jit_compile": False})
    expected = train(plain, RunFolder.create(tmp_path, plain), listener())

    experiment = make(XLA)
    heard = listener()
    whole = train(experiment, RunFolder.create(tmp_path, experiment), heard)
    assert not heard.of(LogLine)
    assert whole.keys() == expected.keys()
    for key, value in expected.items():
        assert whole[key] == pytest.approx(value, rel=1e-4, abs=1e-4), key

    folder = RunFolder.create(tmp_path, experiment)
    # Six batches an epoch: the next one is the odd last one, which the graph computes.
    train(experiment, folder, listener(lambda e: isinstance(e, BatchEnded) and e.step == 5))
    going_on = listener()
    resumed = train(experiment, folder, going_on, resume=True)
    assert [event.step for event in going_on.of(BatchEnded)] == list(range(6, 13))
    for key, value in whole.items():
        assert resumed[key] == pytest.approx(value, rel=1e-6, abs=1e-6), key


def test_where_xla_refuses_the_graph_trains_and_a_line_says_why(make: Make) -> None:
    ends = []
    for jit in (True, False):
        experiment = make({**XLA, "training.jit_compile": jit, "training.epochs": 1})
        data = prepare(experiment, lambda done, total: None, lambda: False)
        seed(0)
        table = RateTable(np.full(1, 0.01))
        network = build(experiment, table)
        inner = network.train_step

        def step(batch: Any, inner: Any = inner) -> Any:
            # Python is what XLA never has a kernel for.
            tf.numpy_function(lambda images: np.int64(len(images)), [batch[0]], tf.int64)
            return inner(batch)

        network.train_step = step
        events = list(Loop(network, table, experiment, data, Progress()).events())
        lines = [event.text for event in events if isinstance(event, LogLine)]
        assert len(lines) == jit
        if jit:
            assert lines[0].startswith("XLA cannot compile this network (")
            assert lines[0].endswith("): the run goes on without it.")
        ends.append({key: variable.numpy() for key, variable in variables(network).items()})
    for key, value in ends[1].items():
        assert np.array_equal(ends[0][key], value), key


class _Counted:
    """A tiny step, and how often it was traced."""

    def __init__(self) -> None:
        self.traced = 0

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def step(images: Any) -> Any:
            self.traced += 1
            return tf.reduce_sum(images)

        self.step = step


def test_only_whole_batches_go_through_xla() -> None:
    counted = _Counted()
    asked: list[int] = []

    def plain(images: Any) -> Any:
        asked.append(int(images.shape[0]))
        return tf.reduce_sum(images)

    through = ThroughXla(counted.step, plain, 4)
    sums = [float(through(tf.ones([images]))) for images in (4, 3, 4, 1)]
    assert sums == [4.0, 3.0, 4.0, 1.0]
    assert asked == [3, 1]
    assert through.note == ""


def test_nothing_stands_between_where_xla_is_not_asked_for(make: Make) -> None:
    counted = _Counted()
    function = compiled(counted.step, build(make(), RateTable(np.ones(1))), make())
    assert function is counted.step.get_concrete_function()
    assert note(function) == ""


def test_several_devices_go_without_xla_and_say_so(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = _Counted()
    network = build(make(), RateTable(np.ones(1)))
    monkeypatch.setattr(type(network), "shared", True)
    function = compiled(counted.step, network, make(XLA))
    assert note(function) == SEVERAL_DEVICES
    assert float(function(tf.ones([3]))) == 3.0
