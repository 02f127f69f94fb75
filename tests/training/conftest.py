"""Tiny coloured images of three classes, and an experiment over them that trains in a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Activation, Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D, MaxPooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout
from cnnstudio.spec.optimizers import Adam
from cnnstudio.spec.patch import replace
from cnnstudio.spec.schedules import Constant
from cnnstudio.spec.sources import ClassFolders

CLASSES = ("blue", "green", "red")
IMAGES = 20
COLORS = {"blue": (40, 60, 200), "green": (50, 190, 60), "red": (200, 50, 40)}

Make = Callable[..., Experiment]


@pytest.fixture(scope="session")
def image_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three class folders of 20 noisy images, 18 to 24 pixels wide."""
    root = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    for name, color in COLORS.items():
        (root / name).mkdir()
        for number in range(IMAGES):
            height, width = rng.integers(18, 25, 2)
            pixels = np.array(color) + rng.normal(0, 40, (height, width, 3))
            image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
            image.save(root / name / f"{name}-{number}.png")
    return root


@pytest.fixture(scope="session")
def make(image_folder: Path) -> Make:
    """Makes the experiment, with changes by dotted path: `make({"training.epochs": 3})`."""

    def made(changes: dict[str, Any] | None = None) -> Experiment:
        experiment = Experiment(
            name="tiny",
            dataset=Dataset(
                source=ClassFolders(path=str(image_folder)),
                image_size=(16, 16),
                split=Split(validation=0.25, test=0.0),
                batch_size=8,
            ),
            model=Network(
                layers=(
                    Conv2D(filters=8, activation="linear"),
                    BatchNormalization(momentum=0.5),
                    Activation(activation="relu"),
                    MaxPooling2D(),
                    Dropout(rate=0.2),
                    GlobalAveragePooling2D(),
                    Dense(units=3, activation="softmax"),
                )
            ),
            training=Training(
                epochs=2,
                optimizer=Adam(learning_rate=Constant(learning_rate=0.01), global_clipnorm=1.0),
            ),
        )
        for path, value in (changes or {}).items():
            experiment = replace(experiment, path, value)
        return experiment

    return made


class Listener:
    """Keeps the events it is given and stops the job when told to."""

    def __init__(self, stop_at: Callable[[Event], bool] = lambda event: False) -> None:
        self.events: list[Event] = []
        self.stopped = False
        self._stop_at = stop_at

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self.stopped = self.stopped or self._stop_at(event)

    def should_stop(self) -> bool:
        return self.stopped

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(scope="session")
def listener() -> type[Listener]:
    return Listener


@pytest.fixture(scope="session")
def trained(make: Make, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The folder of a finished run of six epochs; tests read it and change nothing in it."""
    from cnnstudio.runs.log import EventLog
    from cnnstudio.training.session import conduct

    experiment = make({"training.epochs": 6})
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), experiment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(tmp_path_factory.mktemp("cache")))
        log = EventLog(folder.events_file)
        last: RunFinished = conduct(experiment, folder, log.write, lambda: False)
        log.close()
    assert last.reason == "completed", last.details
    return folder
