"""The test images are kept apart: whatever they show, a run and its diagnosis stay the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnstudio.runs.events import EpochEnded, Event, RunStarted
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.log import EventLog
from cnnstudio.runs.verdict import verdict
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Training
from cnnstudio.spec.intensities import PercentileWindow
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.policies import EarlyStopping
from cnnstudio.spec.sources import SplitFolders
from cnnstudio.training.dataset import prepare
from cnnstudio.training.forks import diagnose_run
from cnnstudio.training.session import conduct
from cnnstudio.training.snapshot import Checkpoints

CLASSES = ("bright", "dark", "striped")
PARTS = {"train": (12, 8, 5), "validation": (5, 5, 5), "test": (6, 6, 6)}
OF_THE_CLOCK = frozenset({"time", "seconds", "images_per_second", "versions", "device"})


def picture(label: int, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """16-bit levels between 800 and 3,400, different for each class."""
    levels = rng.normal((2600, 1400, 2000)[label], 180, (20, 20))
    if label == 2:
        levels[::4] += 500
    return levels.clip(800, 3400).astype(np.uint16)


def folders(root: Path, odd: bool) -> Path:
    """Three parts of 16-bit pictures; `odd` test images have other values, labels and numbers."""
    for part, counts in PARTS.items():
        rng = np.random.default_rng(len(part))
        for label, name in enumerate(CLASSES):
            folder = root / part / name
            folder.mkdir(parents=True)
            for number in range(counts[label]):
                pixels = picture(label, rng)
                if odd and part == "test":
                    # Wrong in every way that somebody who looked would notice.
                    pixels = picture((label + 1) % 3, rng) * 19
                Image.fromarray(pixels).save(folder / f"{number}.png")
    return root


def experiment_of(root: Path) -> Experiment:
    """Everything that learns from images: the window, the scaling, the weights, the stopping."""
    return Experiment(
        name="apart",
        dataset=Dataset(
            source=SplitFolders(path=str(root)),
            image_size=(16, 16),
            color="grayscale",
            intensity=PercentileWindow(),
            batch_size=8,
        ),
        model=Network(
            input_scaling="standardize",
            layers=(
                Conv2D(filters=4),
                GlobalAveragePooling2D(),
                Dense(units=3, activation="softmax"),
            ),
        ),
        training=Training(
            epochs=4,
            class_weights="balanced",
            policies=(EarlyStopping(monitor="validation_accuracy", patience=2),),
        ),
    )


def told(event: Event) -> dict[str, Any]:
    """An event without what the clock, the machine and the place of the folder say."""
    return {
        key: value
        for key, value in event.model_dump(mode="json").items()
        if key not in OF_THE_CLOCK
    }


def everything(root: Path, home: Path) -> dict[str, Any]:
    """Train and diagnose: the events, the weights, the verdict and the diagnosis."""
    experiment = experiment_of(root)
    folder = RunFolder.create(home, experiment)
    log = EventLog(folder.events_file)
    last = conduct(experiment, folder, log.write, lambda: False)
    log.close()
    assert last.reason == "completed", last.details
    events = list(folder.events())
    history = RunHistory()
    for event in events:
        history.add(event)
    snapshot = Checkpoints(folder).last()
    assert snapshot is not None
    diagnosis = diagnose_run(folder, lambda event: None, lambda: False, budget_seconds=0.0)
    kept = (RunStarted, EpochEnded)
    return {
        "window": prepare(experiment, lambda done, total: None, lambda: False).window,
        "events": [told(event) for event in events if isinstance(event, kept)],
        "kinds": sorted({event.event for event in events}),
        "verdict": verdict(history).sentence,
        "weights": {key: value.tobytes() for key, value in snapshot.arrays.items()},
        "forks": [
            {k: v for k, v in fork.model_dump(mode="json").items() if "second" not in k}
            for fork in diagnosis.forks
        ],
        "findings": [finding.model_dump(mode="json") for finding in diagnosis.findings],
    }


def test_no_number_of_a_run_or_a_diagnosis_depends_on_a_test_image(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain = everything(folders(tmp_path / "plain", odd=False), tmp_path / "first")
    odd = everything(folders(tmp_path / "odd", odd=True), tmp_path / "second")
    for part, value in plain.items():
        assert odd[part] == value, part
    assert plain["events"][0]["test_images"] == 18
    assert not [name for name in plain["kinds"] if "test" in name]


def test_the_same_change_of_a_validation_image_would_be_noticed(tmp_path: Path) -> None:
    """The comparison above can fail: what validation shows is in the numbers."""
    plain = folders(tmp_path / "plain", odd=False)
    other = folders(tmp_path / "other", odd=False)
    for path in sorted((other / "validation").rglob("*.png")):
        Image.fromarray(np.full((20, 20), 3000, np.uint16)).save(path)
    one = everything(plain, tmp_path / "first")
    two = everything(other, tmp_path / "second")
    assert one["events"] != two["events"]
    assert one["window"] == two["window"]
