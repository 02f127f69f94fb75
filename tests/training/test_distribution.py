"""A batch shared between two devices trains as one device does: weights, numbers, checkpoints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.runs.events import BatchEnded, EpochEnded, LogLine, RunFinished, RunStarted
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import replace
from cnnstudio.training import distribution
from cnnstudio.training.build import Network, build, seed
from cnnstudio.training.distribution import build_on, choose
from cnnstudio.training.engine import Part
from cnnstudio.training.restored import chosen, rebuild
from cnnstudio.training.schedule import RateTable
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints, Snapshot

Make = Callable[..., Experiment]

CHILD = Path(__file__).parent / "two_devices.py"
WEIGHTS = {"blue": 2.0, "green": 1.0, "red": 0.5}
# A bias before BatchNormalization has no gradient but noise, which Adam makes as long as any other.
CONV = {"kind": "Conv2D", "filters": 8, "activation": "linear", "use_bias": False}
NORM = {"kind": "BatchNormalization", "momentum": 0.5}
REST = [
    {"kind": "Activation", "activation": "relu"},
    {"kind": "MaxPooling2D"},
    {"kind": "GlobalAveragePooling2D"},
    {"kind": "Dense", "units": 3, "activation": "softmax"},
]
BASE = {
    "model.layers": [{**CONV, "kernel_regularizer": {"kind": "L2", "l2": 0.01}}, NORM, *REST],
    "augmentation.operations": [{"kind": "RandomFlip"}, {"kind": "RandomRotation"}],
    "training.class_weights": WEIGHTS,
    "training.optimizer.global_clipnorm": 0.5,
    "training.epochs": 2,
}
# Of 45 images the last batch holds 5: three and two; with batches of 11 a single one.
CASES: dict[str, dict[str, Any]] = {
    "an odd last batch": {},
    "a last batch of one image, decay and activity penalties": {
        "dataset.batch_size": 11,
        "training.optimizer": {"kind": "AdamW", "learning_rate": 0.01, "weight_decay": 0.1},
        "model.layers.0.activity_regularizer": {"kind": "L2", "l2": 0.01},
        "model.layers.5.activity_regularizer": {"kind": "L1", "l1": 0.1},
    },
    "mixed images": {"augmentation.operations": [{"kind": "MixUp"}, {"kind": "CutMix"}]},
    "half precision": {"training.precision": "mixed_float16"},
}
TOLERANCE = {"half precision": 2e-2}


class Runs:
    """The cases on one device and on two, and two runs on two devices of other kinds."""

    def __init__(self, make: Make, home: Path) -> None:
        self.one, self.two = {}, {}
        for name, changes in CASES.items():
            experiment = make({**BASE, **changes})
            shared = replace(experiment, "training.devices", "all")
            self.one[name] = RunFolder.create(home / "one", experiment)
            self.two[name] = RunFolder.create(home / "two", shared)
        base = make({**BASE, "training.devices": "all"})
        layers = [*base.model.layers[:4], {"kind": "Dropout"}, *base.model.layers[4:]]
        self.begun_on_one = RunFolder.create(home, base)
        self.dropout = RunFolder.create(home, replace(base, "model.layers", layers))


@pytest.fixture(scope="module")
def runs(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """All of them trained: on one device here, on two in a process of its own."""
    home = tmp_path_factory.mktemp("devices")
    runs = Runs(make, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(home / "cache"))
        for folder in runs.one.values():
            here(folder)
        here(runs.begun_on_one, steps=8)
        assert told(runs.begun_on_one, BatchEnded)[-1].step == 8
        on_two(*runs.two.values(), runs.begun_on_one, runs.dropout)
    return runs


def here(folder: RunFolder, resume: bool = False, steps: int = 1000) -> None:
    """Trains in this process, which has one device; stops after step `steps`."""
    events: list[Any] = []
    stop = lambda: any(isinstance(e, BatchEnded) and e.step == steps for e in events)  # noqa: E731
    log = EventLog(folder.events_file)

    def emit(event: Any) -> None:
        events.append(event)
        log.write(event)

    conduct(folder.experiment(), folder, emit, stop, resume)
    log.close()


def on_two(*folders: RunFolder) -> None:
    """Trains in another process, on two devices."""
    environment = {**os.environ, "CNNSTUDIO_CPU_DEVICES": "2", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, str(CHILD), *(str(folder.path) for folder in folders)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for folder in folders:
        last = told(folder, RunFinished)[-1]
        assert last.reason == "completed", last.sentence + last.details


def told(folder: RunFolder, kind: type[Any]) -> list[Any]:
    return [event for event in folder.events() if isinstance(event, kind)]


def arrays(folder: RunFolder) -> dict[str, Any]:
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    return {**snapshot.arrays}


def assert_close(one: dict[str, Any], two: dict[str, Any], tolerance: float) -> None:
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert two[key] == pytest.approx(value, rel=tolerance, abs=tolerance), key


@pytest.mark.parametrize("case", CASES)
def test_two_devices_end_with_the_weights_of_one(runs: Runs, case: str) -> None:
    assert_close(arrays(runs.one[case]), arrays(runs.two[case]), TOLERANCE.get(case, 1e-5))


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_of_a_batch_and_an_epoch_is_of_all_its_images(runs: Runs, case: str) -> None:
    tolerance, folders = TOLERANCE.get(case, 1e-5), (runs.one[case], runs.two[case])
    one, two = (told(folder, BatchEnded) for folder in folders)
    for name in ("step", "loss", "accuracy", "penalty", "learning_rate"):
        values = [[getattr(batch, name) for batch in batches] for batches in (one, two)]
        assert values[1] == pytest.approx(values[0], rel=tolerance, abs=tolerance), name
    one, two = (told(folder, EpochEnded) for folder in folders)
    assert len(one) == len(two) == 2
    for a, b in zip(one, two, strict=True):
        for name in ("training", "validation", "clean_training"):
            scores = getattr(a, name), getattr(b, name)
            assert scores[1].loss == pytest.approx(scores[0].loss, rel=tolerance), name
            assert scores[1].accuracy == pytest.approx(scores[0].accuracy), name
        assert a.confusion == b.confusion


def test_the_run_names_its_devices(runs: Runs) -> None:
    (started,) = told(runs.two["an odd last batch"], RunStarted)
    assert started.device == "2 × CPU"
    assert started.device_note == "Each batch is shared between 2 devices: 2 × CPU."
    assert not told(runs.two["an odd last batch"], LogLine)


def test_a_run_goes_on_with_more_devices(runs: Runs) -> None:
    assert [event.step for event in told(runs.begun_on_one, BatchEnded)] == list(range(1, 13))
    assert [event.device for event in told(runs.begun_on_one, RunStarted)] == ["CPU", "2 × CPU"]
    assert_close(arrays(runs.one["an odd last batch"]), arrays(runs.begun_on_one), 1e-5)


def test_a_run_goes_on_with_fewer_devices(runs: Runs, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "copy")
    shutil.copytree(runs.two["an odd last batch"].path, folder.path)
    for path in folder.checkpoints.glob("step-*12.npz"):
        path.unlink()
    kept = Checkpoints(folder).last()
    assert kept is not None
    assert kept.progress.step < 12
    here(folder, resume=True)
    assert told(folder, RunStarted)[-1].device == "CPU"
    assert_close(arrays(runs.one["an odd last batch"]), arrays(folder), 1e-5)


def test_the_model_of_two_devices_answers_on_one(runs: Runs) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), np.uint8)
    answers = []
    for folder in (runs.one["mixed images"], runs.two["mixed images"]):
        network = rebuild(folder.experiment(), chosen(folder, folder.experiment()))
        answers.append(network(images, training=False).numpy())
    assert answers[1] == pytest.approx(answers[0], abs=1e-5)


def test_dropout_draws_once_a_step_on_two_devices_as_on_one(runs: Runs) -> None:
    losses = [event.loss for event in told(runs.dropout, BatchEnded)]
    assert np.isfinite(losses).all()
    (state,) = (v for k, v in arrays(runs.dropout).items() if k.endswith("generator_state"))
    # So a run that goes on elsewhere draws what comes next.
    assert state[1] == len(losses) == 12


def parts(*kinds: str) -> Callable[[], tuple[Part, ...]]:
    return lambda: tuple(Part(f"GPU:{number}", kind) for number, kind in enumerate(kinds))


def test_all_devices_are_named_and_no_more_than_have_an_image(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distribution, "devices", parts("H100", "H100", "A10"))
    found = choose(make({"training.devices": "all"}))
    assert found.names == ("GPU:0", "GPU:1", "GPU:2")
    assert found.device.name == "2 × H100 + 1 × A10"
    assert "shared between 3 devices" in found.device.note
    assert not found.reason
    two = choose(make({"training.devices": "all", "dataset.batch_size": 2}))
    assert two.names == ("GPU:0", "GPU:1")
    assert two.device.name == "2 × H100"
    assert choose(make()).names == ()


@pytest.mark.parametrize(
    ("kinds", "size", "words"),
    [
        (("H100",), 8, "All devices were asked for, but there is one only."),
        (("H100", "H100"), 1, "A batch of one image cannot be shared"),
    ],
)
def test_one_device_says_why_it_is_not_all(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    listener: Any,
    tmp_path: Path,
    kinds: tuple[str, ...],
    size: int,
    words: str,
) -> None:
    monkeypatch.setattr(distribution, "devices", parts(*kinds))
    experiment = make({"training.devices": "all", "dataset.batch_size": size, "training.epochs": 1})
    heard = listener()
    folder = RunFolder.create(tmp_path, experiment)
    conduct(experiment, folder, heard.emit, heard.should_stop)
    (line,) = heard.of(LogLine)
    assert line.text.startswith(words)
    (started,) = heard.of(RunStarted)
    assert started.device == "CPU"
    assert started.device_note == line.text


def test_one_device_builds_the_very_network_of_before(make: Make) -> None:
    experiment = make()
    seed(3)
    plain = build(experiment, RateTable(np.ones(1)))
    seed(3)
    network = build_on(choose(experiment), experiment, RateTable(np.ones(1)))
    assert type(network) is Network
    kept = [Snapshot.of(made, None).arrays for made in (plain, network)]
    assert kept[0].keys() == kept[1].keys()
    assert all(np.array_equal(kept[0][key], kept[1][key]) for key in kept[0])
