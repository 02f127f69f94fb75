"""Arrays as a source: pairs are found by their names, nothing is unpickled, images are exact."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.data.arrays import image, length_of, shape_of
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import cache_root
from cnnstudio.data.decode import decode
from cnnstudio.data.detect import source_of
from cnnstudio.data.facts import facts
from cnnstudio.data.index import index
from cnnstudio.data.scanning import scan
from cnnstudio.data.thumbnails import thumbnail
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.sources import ArrayFile

NUMBERS = np.random.default_rng(3)
GRAY = NUMBERS.integers(0, 256, (12, 5, 7), dtype=np.uint8)
COLOR = NUMBERS.integers(0, 256, (12, 9, 7, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_packed_file_with_parts_is_a_dataset(tmp_path: Path, save: object) -> None:
    path = tmp_path / "set.npz"
    assert callable(save)
    save(path, x_train=COLOR, y_train=LABELS[:, None], x_test=COLOR[:6], y_test=LABELS[:6])
    assert source_of(path) == ArrayFile(path=str(path)) == source_of(tmp_path)
    dataset = Dataset(source=ArrayFile(path=str(path)), image_size=(9, 7))
    listed = index(dataset)
    assert listed.class_names == ("0", "1", "2")
    assert len(listed.part("test")) == 6
    assert len(listed.part("validation")) == 3
    sample = next(sample for sample in listed.samples if sample.key == "x_train/07")
    assert (sample.item, sample.label) == (7, 1)
    assert np.array_equal(decode(sample.picture), COLOR[7])
    assert np.array_equal(thumbnail(sample.picture, 64), COLOR[7])
    known = facts(dataset, listed)
    assert (known.images(), known.own_split, known.gray) == (18, True, False)
    cache = PixelCache.open(dataset, listed)
    for row, each in zip(cache.rows, cache.samples, strict=True):
        assert np.array_equal(cache.pixels[row], COLOR[each.item or 0])


def test_plain_arrays_beside_each_other_belong_together(tmp_path: Path) -> None:
    np.save(tmp_path / "train_images.npy", GRAY)
    np.save(tmp_path / "train_labels.npy", np.eye(3)[LABELS])
    np.save(tmp_path / "class_names.npy", np.array(["oak", "ash", "elm"]))
    found = scan(source_of(tmp_path / "train_images.npy"))
    assert found.class_names == ("ash", "elm", "oak")
    assert [image.class_name for image in found.images[:3]] == ["oak", "ash", "elm"]
    dataset = Dataset(source=source_of(tmp_path), image_size=(5, 7), color="grayscale")
    listed = index(dataset)
    by_key = {sample.key: sample for sample in listed.samples}
    assert np.array_equal(decode(by_key["train_images/04"].picture, "grayscale")[..., 0], GRAY[4])
    assert facts(dataset, listed).gray


def test_channels_first_and_text_labels_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    words = np.array(["b", "a"] * 6)
    np.savez(path, images=COLOR.transpose(0, 3, 1, 2), labels=words)
    listed = index(Dataset(source=ArrayFile(path=str(path))))
    assert listed.class_names == ("a", "b")
    first = next(sample for sample in listed.samples if sample.item == 0)
    assert np.array_equal(decode(first.picture), COLOR[0])


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": GRAY, "y": LABELS[:5]}, "12 images, “y” 5 labels"),
        ({"a": GRAY, "b": LABELS}, "holds no images with labels"),
        ({"x": GRAY, "y": LABELS * 0}, "have the same label"),
        ({"x": GRAY, "y": LABELS + 0.5}, "holds fractions"),
        ({"x": GRAY, "y": GRAY}, "no list of labels"),
        ({"x": GRAY, "y": LABELS, "names": np.array(["one", "two"])}, "counts to 2"),
        ({"x": GRAY, "y": np.array([{}] * 12)}, "holds Python objects"),
    ],
)
def test_arrays_that_do_not_go_together_are_a_plain_error(
    tmp_path: Path, arrays: dict[str, np.ndarray], words: str
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]  # its stub takes the names for options
    with pytest.raises(UserError, match=words) as caught:
        scan(ArrayFile(path=str(path)))
    assert caught.value.place == str(path)


def test_damaged_and_missing_files_are_plain_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with pytest.raises(UserError, match="There is no file"):
        scan(ArrayFile(path=str(path)))
    np.savez_compressed(path, x=GRAY, y=LABELS)
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], whole[:200] + b"xxxxxxxxxx" + whole[210:]):
        path.write_bytes(broken)
        with pytest.raises(UserError, match="damaged"):
            scan(ArrayFile(path=str(path)))


def test_an_emptied_cache_is_told_and_filled_again(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=GRAY, y=LABELS)
    dataset = Dataset(source=ArrayFile(path=str(path)))
    listed = index(dataset)
    shutil.rmtree(cache_root() / "arrays")
    with pytest.raises(UserError, match="is no longer there"):
        decode(listed.samples[0].picture)
    again = index(dataset)
    assert decode(again.samples[0].picture).shape == (5, 7, 3)


def test_deep_values_are_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=GRAY.astype(np.float32) / 255, y=LABELS)
    listed = index(Dataset(source=ArrayFile(path=str(path))))
    with pytest.raises(UserError, match="more than 8 bits"):
        decode(listed.samples[0].picture)


@pytest.mark.parametrize(
    "stored",
    [
        GRAY,
        COLOR,
        COLOR.transpose(0, 3, 1, 2),
        np.ascontiguousarray(COLOR.transpose(0, 3, 1, 2)),
        np.asfortranarray(COLOR),
        GRAY.astype(">u2"),
        GRAY.astype(np.float32),
        GRAY > 127,
    ],
    ids=["gray", "colour", "planes", "planes in order", "Fortran", "big-endian", "float", "bits"],
)
def test_one_image_is_read_as_all_of_them_would_be(
    tmp_path: Path, stored: np.ndarray[Any, Any]
) -> None:
    path = tmp_path / "images.npy"
    np.save(path, stored)
    whole = stored.transpose(0, 2, 3, 1) if stored.shape[1] == 3 else stored
    assert length_of(path) == 12
    assert shape_of(path) == (whole.shape[1:], stored.dtype)
    for item in (0, 5, 11):
        assert np.array_equal(image(path, item), whole[item])
    for item in (-1, 12):
        with pytest.raises(IndexError):
            image(path, item)


def test_a_file_that_has_changed_is_read_anew_and_a_cut_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "images.npy"
    np.save(path, GRAY)
    assert np.array_equal(image(path, 3), GRAY[3])
    np.save(path, COLOR[:6])
    assert np.array_equal(image(path, 3), COLOR[3])
    assert length_of(path) == 6
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(ValueError, match="mmap length"):
        image(path, 0)
