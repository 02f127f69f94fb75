"""What the tests of images on disk share: pictures and folders of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.sources import ClassFolders, SplitFolders

Noise = Callable[..., NDArray[np.uint8]]
Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]


@pytest.fixture(scope="session")
def noise() -> Noise:
    """noise(height, width, channels, seed): random pixels."""

    def make(height: int, width: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
        shape = (height, width) if channels == 1 else (height, width, channels)
        return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)

    return make


@pytest.fixture
def tree(tmp_path: Path, noise: Noise) -> Tree:
    """tree(names): a folder with a small image of its own under each name."""

    def make(names: Sequence[str]) -> Path:
        root = tmp_path / "images"
        for seed, name in enumerate(names):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(noise(9, 12, seed=seed)).save(path)
        return root

    return make


@pytest.fixture(scope="session")
def dataset_of() -> MakeDataset:
    """dataset_of(root, split_folders=False, validation, test, seed, **fields)."""

    def make(
        root: Path,
        split_folders: bool = False,
        validation: float = 0.25,
        test: float = 0.0,
        seed: int = 0,
        image_size: tuple[int, int] = (6, 8),
        color: str = "rgb",
    ) -> Dataset:
        kind = SplitFolders if split_folders else ClassFolders
        return Dataset.model_validate(
            {
                "source": kind(path=str(root)),
                "image_size": image_size,
                "color": color,
                "split": Split(validation=validation, test=test, seed=seed),
            }
        )

    return make
