"""Facts of a dataset from headers and a sample of pixels."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.facts import facts, recounted
from cnnstudio.data.index import index
from cnnstudio.data.stopping import Stopped
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]
Noise = Callable[..., NDArray[np.uint8]]


def test_counts_and_sizes_are_those_of_the_readable_files(
    tree: Tree, dataset_of: MakeDataset, noise: Noise
) -> None:
    root = tree([f"{name}/{n}.png" for name in ("a", "b") for n in range(8)])
    Image.fromarray(noise(90, 30)).save(root / "a" / "tall.png")
    (root / "b" / "broken.png").write_bytes(b"no image")
    dataset = dataset_of(root, validation=0.25)
    told: list[tuple[int, int]] = []
    found = facts(dataset, index(dataset), lambda done, total: told.append((done, total)))
    assert told == [(18, 18)]
    assert found.class_names == ("a", "b")
    assert found.images() == 17
    assert {split: sum(counts.values()) for split, counts in found.counts.items()} == {
        "train": found.images("train"),
        "validation": found.images("validation"),
        "test": 0,
    }
    assert found.class_count("a") == 9
    assert [item.key for item in found.unreadable] == ["b/broken.png"]
    assert "not an image" in found.unreadable[0].reason
    assert found.median_short_side == 9
    assert found.aspect_p90 == pytest.approx(12 / 9)
    assert not found.gray
    assert not found.own_split


def test_another_split_is_counted_without_opening_files(
    tree: Tree, dataset_of: MakeDataset
) -> None:
    root = tree([f"{name}/{n}.png" for name in ("a", "b") for n in range(8)])
    (root / "a" / "broken.png").write_bytes(b"")
    known = facts(dataset_of(root), index(dataset_of(root)))
    other = dataset_of(root, validation=0.5)
    expected = facts(other, index(other))
    listed = index(other)
    for path in root.rglob("*.png"):
        path.unlink()
    assert recounted(known, listed) == expected != known


@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("stored", ["L", "RGB"])
def test_gray_pictures_are_gray_however_they_are_stored(
    tmp_path: Path, dataset_of: MakeDataset, noise: Noise, suffix: str, stored: str
) -> None:
    for name in ("a/1", "a/2", "b/1"):
        path = tmp_path / f"{name}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(noise(30, 30, 1)).convert(stored).save(path)
    dataset = dataset_of(tmp_path)
    assert facts(dataset, index(dataset)).gray
    Image.fromarray(noise(30, 30)).save(tmp_path / f"b/2.{suffix}")
    assert not facts(dataset, index(dataset)).gray


def test_split_folders_bring_their_own_split(tree: Tree, dataset_of: MakeDataset) -> None:
    names = [f"{part}/{c}/{n}.png" for part in ("train", "test") for c in "ab" for n in range(4)]
    dataset = dataset_of(tree(names), split_folders=True)
    found = facts(dataset, index(dataset))
    assert found.own_split
    assert found.counts["test"] == {"a": 4, "b": 4}


def test_a_folder_of_broken_files_is_a_plain_error(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "b/1.png"])
    listed = index(dataset_of(root))
    for path in root.rglob("*.png"):
        path.unlink()
    with pytest.raises(UserError, match=r"None of the images can be read: “a/1\.png” is no longer"):
        facts(dataset_of(root), listed)


def test_counting_stops_when_asked(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(["a/1.png", "b/1.png"]))
    with pytest.raises(Stopped):
        facts(dataset, index(dataset), stop=lambda: True)
