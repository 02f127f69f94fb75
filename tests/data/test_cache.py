"""The cache of pixels: whole or absent, never stale, shared by several runs."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from cnnstudio.data import cacheentry
from cnnstudio.data.cache import PixelCache, cached_bytes
from cnnstudio.data.cachefolder import DAY, bytes_of, cache_root
from cnnstudio.data.decode import Pixels, UnreadableImage
from cnnstudio.data.index import index
from cnnstudio.data.load import load
from cnnstudio.data.picture import Picture, picture_of
from cnnstudio.data.stopping import Stopped
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]
NAMES = [f"{name}/{n}.png" for name in ("a", "b") for n in range(12)]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def built(dataset: Dataset) -> tuple[PixelCache, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    cache = PixelCache.open(dataset, index(dataset), lambda *progress: told.append(progress))
    return cache, told


@pytest.mark.parametrize("color", ["rgb", "grayscale"])
def test_every_row_is_the_loaded_image(tree: Tree, dataset_of: MakeDataset, color: str) -> None:
    dataset = dataset_of(tree(NAMES), color=color)
    cache, told = built(dataset)
    assert told == [(n, 24) for n in range(1, 25)]
    assert cache.pixels.shape == (24, 6, 8, 3 if color == "rgb" else 1)
    assert cache.samples == index(dataset).samples
    for row, sample in zip(cache.rows, cache.samples, strict=True):
        assert np.array_equal(cache.pixels[row], load(sample.path, dataset))
    assert not cache.pixels.flags.writeable
    assert cache.bytes == cache.pixels.size


def test_a_second_run_decodes_nothing(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(NAMES)
    dataset = dataset_of(root)
    first, _ = built(dataset)
    again, told = built(dataset)
    assert told == []
    assert again.folder == first.folder
    assert np.array_equal(again.pixels, first.pixels)
    # Another split uses the same pixels.
    _, told = built(dataset_of(root, validation=0.5))
    assert told == []


def test_parts_are_the_splits(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES), validation=0.25)
    cache, _ = built(dataset)
    part = cache.part("validation")
    expected = index(dataset).part("validation")
    assert len(part) == 6
    assert part.keys == tuple(sample.key for sample in expected)
    assert part.labels.tolist() == [sample.label for sample in expected]
    for row, sample in zip(part.rows, expected, strict=True):
        assert np.array_equal(part.pixels[row], load(sample.path, dataset))
    assert len(cache.part("test")) == 0


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all files that are decoded from now on."""
    names: list[str] = []

    def noted(
        place: Path | Picture, dataset: Dataset, large: AbstractContextManager[object] | None = None
    ) -> Pixels:
        names.append(picture_of(place).path.name)
        return load(place, dataset, large)

    monkeypatch.setattr(cacheentry, "load", noted)
    return names


def check_rows(cache: PixelCache, dataset: Dataset) -> None:
    for row, sample in zip(cache.rows, cache.samples, strict=True):
        assert np.array_equal(cache.pixels[row], load(sample.path, dataset))


@pytest.mark.parametrize("change", ["size", "color", "resize", "page"])
def test_other_settings_make_a_cache_of_their_own(
    tree: Tree, dataset_of: MakeDataset, change: str
) -> None:
    dataset = dataset_of(tree(NAMES))
    before, _ = built(dataset)
    changed: dict[str, dict[str, object]] = {
        "size": {"image_size": (5, 5)},
        "color": {"color": "grayscale"},
    }
    changed |= {"resize": {"resize": "crop"}, "page": {"channels": (2, 1, 0)}}
    other = dataset.model_copy(update=changed[change])
    after, told = built(other)
    assert after.folder != before.folder
    assert told == [(n, 24) for n in range(1, 25)]
    assert before.folder.is_dir()


@pytest.mark.parametrize(
    ("change", "again"),
    [("file", ["3.png"]), ("touched", ["3.png"]), ("added", ["99.png"]), ("removed", [])],
)
def test_a_changed_file_costs_one_decoding(
    tree: Tree, dataset_of: MakeDataset, decoded: list[str], change: str, again: list[str]
) -> None:
    root = tree(NAMES)
    dataset = dataset_of(root)
    before, _ = built(dataset)
    decoded.clear()
    if change == "file":
        shutil.copyfile(root / "b/7.png", root / "a/3.png")
    elif change == "touched":
        os.utime(root / "a/3.png", ns=(1, 1))
    elif change == "added":
        shutil.copy(root / "a/3.png", root / "a/99.png")
    else:
        (root / "a/3.png").unlink()
    after, told = built(dataset)
    assert decoded == again
    assert told[-1] == (len(after.samples), len(after.samples))
    assert {sample.key for sample in after.samples} == {s.key for s in index(dataset).samples}
    check_rows(after, dataset)
    # The older entry lives on in the newer one; whoever has it open may go on reading.
    assert [path.name for path in (cache_root() / "pixels").iterdir()] == [after.folder.name]
    assert before.pixels.shape == (24, 6, 8, 3)
    assert before.pixels.max() > 0


def test_an_entry_that_is_worth_something_stays_beside_a_newer_one(
    tree: Tree, dataset_of: MakeDataset, decoded: list[str]
) -> None:
    root = tree(NAMES)
    whole, _ = built(dataset_of(root))
    decoded.clear()
    kept = root.with_name("kept")
    kept.mkdir()
    for number in range(6):
        (root / f"a/{number}.png").rename(kept / f"{number}.png")
    fewer, _ = built(dataset_of(root))
    assert whole.folder.is_dir()
    for number in range(6):
        (kept / f"{number}.png").rename(root / f"a/{number}.png")
    again, told = built(dataset_of(root))
    assert (again.folder, told) == (whole.folder, [])
    assert fewer.folder.is_dir()
    assert decoded == []


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), MemoryError(), OSError(5, "x")])
def test_an_image_that_can_be_read_again_comes_back(
    tree: Tree,
    dataset_of: MakeDataset,
    decoded: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    root = tree(NAMES)
    (root / "b/1.png").write_bytes((root / "b/1.png").read_bytes()[:100])

    def refused(place: Path | Picture, *given: Any) -> Pixels:
        if picture_of(place).path == root / "a/2.png":
            raise UnreadableImage(root / "a/2.png", "may not be read") from error
        return load(place, *given)

    with monkeypatch.context() as patched:
        patched.setattr(cacheentry, "load", refused)
        for told_of in (24, 0):  # built, then opened
            cache, told = built(dataset_of(root))
            assert {item.key for item in cache.unreadable} == {"a/2.png", "b/1.png"}
            assert len(told) == told_of
    decoded.clear()
    cache, _ = built(dataset_of(root))
    assert [item.key for item in cache.unreadable] == ["b/1.png"]
    assert len(cache.samples) == 23
    check_rows(cache, dataset_of(root))
    assert set(decoded) == {"2.png", "1.png"}
    assert [path.name for path in (cache_root() / "pixels").iterdir()] == [cache.folder.name]
    _, told = built(dataset_of(root))
    assert told == []


def test_what_could_not_be_read_is_tried_again(
    tree: Tree, dataset_of: MakeDataset, decoded: list[str]
) -> None:
    root = tree(NAMES)
    (root / "a/2.png").write_bytes(b"")
    built(dataset_of(root))
    decoded.clear()
    shutil.copy(root / "a/3.png", root / "b/99.png")
    cache, _ = built(dataset_of(root))
    assert sorted(decoded) == ["2.png", "99.png"]
    assert [item.key for item in cache.unreadable] == ["a/2.png"]
    check_rows(cache, dataset_of(root))


def test_unreadable_images_are_left_out_and_named(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(NAMES)
    whole = (root / "a/2.png").read_bytes()
    (root / "a/2.png").write_bytes(whole[: len(whole) // 2])
    (root / "b/0.png").write_bytes(b"")
    for _ in range(2):  # built, then reopened
        cache, _ = built(dataset_of(root))
        assert {item.key for item in cache.unreadable} == {"a/2.png", "b/0.png"}
        assert all(item.reason for item in cache.unreadable)
        assert len(cache.samples) == len(cache.rows) == 22
        for row, sample in zip(cache.rows, cache.samples, strict=True):
            assert np.array_equal(cache.pixels[row], load(sample.path, dataset_of(root)))


def test_a_dataset_of_broken_files_is_a_plain_error(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(["a/1.png", "b/1.png"]))
    listed = index(dataset)
    for sample in listed.samples:
        sample.path.write_bytes(b"")
    with pytest.raises(UserError, match="None of the images can be read"):
        PixelCache.open(dataset, listed)


def test_a_vanished_folder_is_a_plain_error(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "b/1.png"])
    listed = index(dataset_of(root))
    shutil.rmtree(root)
    with pytest.raises(UserError, match="There is no folder “images”"):
        PixelCache.open(dataset_of(root), listed)


def test_stopping_leaves_nothing_behind(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES))
    seen: list[int] = []
    with pytest.raises(Stopped):
        PixelCache.open(
            dataset, index(dataset), lambda done, _: seen.append(done), lambda: len(seen) == 5
        )
    assert seen == [1, 2, 3, 4, 5]
    assert list((cache_root() / "pixels").iterdir()) == []
    assert not [t for t in threading.enumerate() if t.name.startswith("decode")]


def test_a_full_disk_is_told_before_anything_is_written(
    tree: Tree, dataset_of: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = dataset_of(tree(NAMES))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1000, 1000, 24 * 6 * 8 * 3 - 1))
    with pytest.raises(UserError, match="disk is full"):
        PixelCache.open(dataset, index(dataset))
    assert list((cache_root() / "pixels").iterdir()) == []


def test_the_entries_unused_the_longest_make_room_on_a_full_disk(
    tree: Tree, dataset_of: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(NAMES)
    entries = [built(dataset_of(root, image_size=(6, side)))[0].folder for side in (6, 7, 8)]
    for age, folder in zip((1, 3, 2), entries, strict=True):
        os.utime(folder, (time.time() - age * DAY,) * 2)
    most = bytes_of(cache_root()) + 1000

    def usage(_: Path) -> Usage:
        used = bytes_of(cache_root())
        return Usage(most, used, most - used)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    newest = built(dataset_of(root, image_size=(6, 9)))[0].folder
    kept = {entries[0], entries[2], newest}
    assert set((cache_root() / "pixels").iterdir()) == kept
    with pytest.raises(UserError, match="disk is full"):
        built(dataset_of(root, image_size=(60, 90)))
    assert set((cache_root() / "pixels").iterdir()) == kept


def test_a_disk_that_fills_up_meanwhile_is_a_plain_error_too(
    tree: Tree, dataset_of: MakeDataset
) -> None:
    dataset = dataset_of(tree(NAMES))

    def full(done: int, _: int) -> None:
        if done == 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(UserError, match="disk is full") as caught:
        PixelCache.open(dataset, index(dataset), full)
    assert "CNNSTUDIO_CACHE" in caught.value.sentence
    assert list((cache_root() / "pixels").iterdir()) == []


def test_a_cache_that_cannot_be_written_says_where(
    tree: Tree, dataset_of: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path / "file"))
    dataset = dataset_of(tree(["a/1.png", "b/1.png"]))
    with pytest.raises(UserError, match="cannot be written") as caught:
        PixelCache.open(dataset, index(dataset))
    assert str(tmp_path / "file") in caught.value.place


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": lambda folder: os.truncate(folder / "pixels.npy", 300),
    "empty": lambda folder: os.truncate(folder / "pixels.npy", 0),
    "garbage": lambda folder: (folder / "pixels.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{(" * 99),
    "other shape": lambda folder: np.save(folder / "pixels.npy", np.zeros((3, 2), np.uint8)),
    "other order": lambda folder: np.save(
        folder / "pixels.npy", np.zeros((3, 8, 6, 24), np.uint8).transpose()
    ),
    "no pixels": lambda folder: (folder / "pixels.npy").unlink(),
    "no marks": lambda folder: (folder / "marks.npy").unlink(),
    "empty marks": lambda folder: os.truncate(folder / "marks.npy", 0),
    "no list": lambda folder: (folder / "left_out.json").unlink(),
    "cut list": lambda folder: (folder / "left_out.json").write_text('{"1": "is'),
    "another list": lambda folder: (folder / "left_out.json").write_text("[1]"),
    "a row too many": lambda folder: (folder / "left_out.json").write_text(
        '{"reasons": {"24": "no"}, "passing": []}'
    ),
    "no list of reasons": lambda folder: (folder / "left_out.json").write_text(
        '{"reasons": {}, "passing": [1]}'
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_built_again(tree: Tree, dataset_of: MakeDataset, damage: str) -> None:
    dataset = dataset_of(tree(NAMES))
    first, _ = built(dataset)
    folder, pixels = first.folder, np.array(first.pixels)
    del first
    DAMAGES[damage](folder)
    assert cached_bytes(dataset, index(dataset))[1] is False
    again, told = built(dataset)
    assert len(told) == 24
    assert again.folder == folder
    assert np.array_equal(again.pixels, pixels)
    assert list((cache_root() / "pixels").iterdir()) == [folder]


@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_is_taken_from_a_damaged_entry(
    tree: Tree, dataset_of: MakeDataset, damage: str
) -> None:
    root = tree(NAMES)
    first, _ = built(dataset_of(root))
    DAMAGES[damage](first.folder)
    shutil.copy(root / "a/3.png", root / "a/99.png")
    again, told = built(dataset_of(root))
    assert len(told) == 25
    check_rows(again, dataset_of(root))


def test_edited_images_need_no_cache_of_their_own(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES))
    assert cached_bytes(dataset, index(dataset)) == (24 * 6 * 8 * 3, False)
    whole = PixelCache.open(dataset, index(dataset))
    edits = NO_EDITS.changed(["a/0.png", "a/10.png"], excluded=True)
    edits = edits.changed(["a/2.png"], label="c").changed(["b/3.png"], split="test")
    edited = dataset.model_copy(update={"edits": edits})
    told: list[tuple[int, int]] = []
    cache = PixelCache.open(edited, index(edited), lambda done, all_: told.append((done, all_)))
    assert told == []
    assert cache.folder == whole.folder
    assert cached_bytes(edited, index(edited)) == (cache.bytes, True)
    assert len(cache.samples) == 22
    for row, sample in zip(cache.rows, cache.samples, strict=True):
        assert np.array_equal(cache.pixels[row], load(sample.path, edited))
