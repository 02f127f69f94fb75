"""Small sets of pictures that differ as photos do, to plant faults in."""

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.health.check import check
from cnnstudio.data.health.report import HealthFinding
from cnnstudio.data.index import index
from cnnstudio.spec.edits import NO_EDITS, Edits
from cnnstudio.spec.experiment import Dataset, Experiment, Split
from cnnstudio.spec.sources import ClassFolders, SplitFolders

Picture = Callable[..., NDArray[np.uint8]]
Folder = Callable[..., Path]
Find = Callable[..., dict[str, HealthFinding]]


def build_picture(seed: int, height: int = 96, width: int = 96) -> NDArray[np.uint8]:
    """A picture of its own: soft ground in colour, with a dozen sharp shapes before it."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(60, 200, (4, 4, 3)).astype(np.float32)
    ground = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture: NDArray[np.uint8] = np.clip(ground, 0, 255).astype(np.uint8)
    for _ in range(12):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        axes = (int(rng.integers(3, width // 4)), int(rng.integers(3, height // 4)))
        color = tuple(map(int, rng.integers(0, 256, 3)))
        cv2.ellipse(picture, centre, axes, float(rng.integers(0, 180)), 0, 360, color, -1)
    return picture


@pytest.fixture(scope="session")
def picture() -> Picture:
    """picture(seed, height, width): uint8[height, width, 3]."""
    return build_picture


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """folder({class: count}, ending): pictures, each one different."""

    def make(classes: Mapping[str, int] | None = None, ending: str = "png") -> Path:
        root = tmp_path / "images"
        seed = 0
        for name, count in (classes or {"cat": 60, "dog": 60}).items():
            (root / name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                seed += 1
                Image.fromarray(build_picture(seed)).save(root / name / f"{number:03}.{ending}")
        return root

    return make


def build_experiment(
    root: Path, split_folders: bool = False, edits: Edits = NO_EDITS, **fields: object
) -> Experiment:
    """An experiment on a folder of images."""
    kind = SplitFolders if split_folders else ClassFolders
    dataset = Dataset.model_validate(
        {
            "source": kind(path=str(root)),
            "image_size": (64, 64),
            "split": Split(validation=0.2, test=0.2),
            "edits": edits,
            **fields,
        }
    )
    return Experiment(dataset=dataset)


@pytest.fixture
def find() -> Find:
    """find(root, ...): the findings of a check, by kind."""

    def look(
        root: Path, split_folders: bool = False, edits: Edits = NO_EDITS, **fields: object
    ) -> dict[str, HealthFinding]:
        experiment = build_experiment(root, split_folders, edits, **fields)
        report = check(experiment, index(experiment.dataset))
        return {finding.kind: finding for finding in report.findings}

    return look
