"""Sets of Keras on this computer: kept whole, listed with their split, read like other arrays."""

from pathlib import Path

import numpy as np
import pytest

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.detect import source_of
from cnnstudio.data.facts import facts
from cnnstudio.data.index import index
from cnnstudio.data.keras_files import Part, is_here, keep, list_set, sets_folder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.keras_sets import keras_set
from cnnstudio.spec.sources import KerasDataset

CIFAR = keras_set("cifar10")


def part(images: int, channels: int = 3, seed: int = 0) -> Part:
    """As Keras hands them over: labels in a column, pixels in planes behind one another."""
    dice = np.random.default_rng(seed)
    shape = (images, channels, 32, 32) if channels > 1 else (images, 28, 28)
    pixels = dice.integers(0, 256, shape, dtype=np.uint8)
    labels = (np.arange(images) % 10).astype(np.uint8)
    return (pixels.transpose(0, 2, 3, 1), labels[:, None]) if channels > 1 else (pixels, labels)


def test_a_kept_set_is_listed_with_its_class_names_and_its_own_split() -> None:
    train, test = part(40), part(20, seed=1)
    folder = keep(CIFAR, train, test)
    assert folder == sets_folder() / "cifar10"
    found = list(list_set("cifar10"))
    assert [image.part for image in found] == ["test"] * 20 + ["train"] * 40
    assert {image.class_name for image in found} == set(CIFAR.class_names)
    first = next(image for image in found if image.part == "train")
    assert (first.class_name, first.item) == ("airplane", 0)
    assert np.load(first.path, mmap_mode="r").flags["C_CONTIGUOUS"]
    assert [path.name for path in folder.parent.iterdir()] == ["cifar10"]


def test_validation_is_taken_off_training_and_the_test_images_stay() -> None:
    keep(CIFAR, part(100), part(30, seed=1))
    dataset = Dataset(
        source=KerasDataset(name="cifar10"),
        image_size=(32, 32),
        split=Split(validation=0.2, test=0.3),
    )
    listed = index(dataset)
    assert [len(listed.part(name)) for name in ("train", "validation", "test")] == [80, 20, 30]
    assert all(sample.key.startswith("x_test/") for sample in listed.part("test"))
    assert facts(dataset, listed).own_split


def test_the_network_sees_the_very_pixels_that_keras_has() -> None:
    train = part(20)
    keep(CIFAR, train, part(10, seed=1))
    dataset = Dataset(source=KerasDataset(name="cifar10"), image_size=(32, 32))
    listed = index(dataset)
    cache = PixelCache.open(dataset, listed)
    training = cache.part("train")
    for row, key in zip(training.rows, training.keys, strict=True):
        assert np.array_equal(training.pixels[row], train[0][int(key.split("/")[1])])


def test_gray_sets_are_told_to_be_gray() -> None:
    keep(keras_set("mnist"), part(20, 1), part(10, 1, seed=1))
    dataset = Dataset(source=KerasDataset(name="mnist"), image_size=(28, 28))
    told = facts(dataset, index(dataset))
    assert told.gray
    assert told.class_names == tuple("0123456789")


def test_a_set_that_is_not_here_says_how_to_get_it() -> None:
    with pytest.raises(UserError, match=r"CIFAR-10 is not on this computer yet: .* fetch cifar10"):
        index(Dataset(source=KerasDataset(name="cifar10")))


def test_a_name_in_place_of_a_folder_is_a_set_of_keras() -> None:
    assert source_of(Path("keras:mnist")) == KerasDataset(name="mnist")
    with pytest.raises(UserError, match="no set of images “mnits”"):
        source_of(Path("keras:mnits"))


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (part(10), (part(10)[0], np.zeros((9, 1), np.uint8))),
        ((part(10)[0], np.full((10, 1), 10, np.uint8)), part(10)),
        ((part(10)[0].astype(np.float32), part(10)[1]), part(10)),
        ((part(10)[0][:0], part(10)[1][:0]), part(10)),
    ],
    ids=["too few labels", "an eleventh class", "fractions", "nothing"],
)
def test_what_is_not_the_set_is_not_kept(train: Part, test: Part) -> None:
    with pytest.raises(UserError, match="What came as CIFAR-10 is not that set"):
        keep(CIFAR, train, test)
    assert not is_here("cifar10")


def test_a_full_disk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, array: object, **options: object) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(UserError, match="CIFAR-10 could not be kept: the disk is full"):
        keep(CIFAR, part(10), part(10))
    assert list(sets_folder().iterdir()) == []


def test_who_comes_second_leaves_the_set_of_the_first() -> None:
    first = part(10)
    keep(CIFAR, first, part(10, seed=1))
    keep(CIFAR, part(30, seed=2), part(10, seed=3))
    assert np.array_equal(np.load(sets_folder() / "cifar10" / "x_train.npy"), first[0])
    assert [path.name for path in sets_folder().iterdir()] == ["cifar10"]


def test_a_half_set_is_replaced_by_a_whole_one() -> None:
    half = sets_folder() / "cifar10"
    half.mkdir(parents=True)
    (half / "y_train.npy").write_bytes(b"cut short")
    keep(CIFAR, part(40), part(20, seed=1))
    assert len(list(list_set("cifar10"))) == 60
    assert [path.name for path in sets_folder().iterdir()] == ["cifar10"]
