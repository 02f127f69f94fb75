"""All caches together: where they lie, how large they are, how they are cleaned and cleared."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import BUILDING, DAY, bytes_of, cache_root, clean, discard
from cnnstudio.data.caches import KINDS, clear, held, in_words
from cnnstudio.data.index import index
from cnnstudio.data.thumbnails import thumbnail
from cnnstudio.spec.experiment import Dataset

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]
NAMES = [f"{name}/{n}.png" for name in ("a", "b") for n in range(12)]


def sizes() -> dict[str, int]:
    return {kind.kind: kind.bytes for kind in held()}


def test_without_caches_there_is_nothing_to_tell_or_clear() -> None:
    assert sizes() == dict.fromkeys(KINDS, 0)
    assert clear() == 0


def test_every_kind_is_told_and_cleared(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES))
    cache = PixelCache.open(dataset, index(dataset))
    for kind in KINDS:
        kept = cache_root() / kind / "ab" / "kept"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(b"x" * 1000)
    (cache_root() / "stranger").write_text("not ours")
    told = sizes()
    assert told["pixels"] == 1000 + bytes_of(cache.folder) > 1000 + cache.bytes
    assert {told[kind] for kind in KINDS if kind != "pixels"} == {1000}
    before = np.array(cache.pixels)
    assert clear() == sum(told.values())
    assert sizes() == dict.fromkeys(KINDS, 0)
    assert (cache_root() / "stranger").exists()
    # A run that has its pixels open reads on, and the next one decodes again.
    assert np.array_equal(cache.pixels, before)
    assert np.array_equal(PixelCache.open(dataset, index(dataset)).pixels, before)


def test_clearing_spares_what_another_run_is_building(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES))

    def cleared(done: int, _: int) -> None:
        if done == 5:
            clear()

    cache = PixelCache.open(dataset, index(dataset), cleared)
    assert len(cache.samples) == 24
    assert list((cache_root() / "pixels").iterdir()) == [cache.folder]


def test_thumbnails_are_made_again_after_clearing(tree: Tree, noise: Callable[..., object]) -> None:
    from PIL import Image

    path = tree(["a/0.png"]) / "a/large.png"
    Image.fromarray(np.asarray(noise(300, 200))).save(path)
    before = thumbnail(path, 64)
    assert sizes()["thumbnails"] > 0
    clear()
    assert sizes()["thumbnails"] == 0
    assert thumbnail(path, 64).shape == before.shape


def test_an_entry_is_removed_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "entry").mkdir()
    (tmp_path / "entry/pixels.npy").write_bytes(b"x")
    assert discard(tmp_path / "entry")
    assert list(tmp_path.iterdir()) == []
    assert not discard(tmp_path / "entry")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(BUILDING)]


def test_sizes_are_told_in_words() -> None:
    assert [in_words(size) for size in (0, 24_576_000, 1_500_000_000)] == [
        "0.0 MB",
        "24.6 MB",
        "1.5 GB",
    ]


def test_cleaning_takes_the_old_then_the_oldest(tmp_path: Path) -> None:
    now = 10**9 + 0.0
    ancient, older, old, new = (f"{n}" * 32 for n in range(4))
    ages = {ancient: 40, older: 9, old: 5, new: 1, f"{BUILDING}old": 3}
    for name, days in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pixels.npy").write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (now - days * DAY, now - days * DAY))
    (tmp_path / f"{BUILDING}now").mkdir()
    os.utime(tmp_path / f"{BUILDING}now", (now, now))
    freed = clean(tmp_path, most_bytes=200, keep=frozenset({tmp_path / old}), now=now)
    assert {path.name for path in tmp_path.iterdir()} == {old, new, f"{BUILDING}now"}
    assert freed == 300


def test_a_folder_of_a_person_is_never_cleaned(
    tree: Tree, dataset_of: MakeDataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path / "disk"))
    for kind in KINDS:
        theirs = tmp_path / "disk" / kind / "System32" / "mine.npy"
        theirs.parent.mkdir(parents=True)
        theirs.write_bytes(b"x" * 1000)
        os.utime(theirs.parent, (0, 0))
        (tmp_path / "disk" / kind / "scan.npy").write_bytes(b"x")
    dataset = dataset_of(tree(NAMES))
    cache = PixelCache.open(dataset, index(dataset))
    assert sizes() == {**dict.fromkeys(KINDS, 0), "pixels": bytes_of(cache.folder)}
    assert clear() > 0
    assert not cache.folder.exists()
    for kind in KINDS:
        assert {p.name for p in (tmp_path / "disk" / kind).iterdir()} == {"System32", "scan.npy"}


def test_cleaning_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert clean(tmp_path / "none", 0) == 0


def test_the_cache_lies_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path))
    assert cache_root() == tmp_path
    monkeypatch.setenv("CNNSTUDIO_CACHE", "~nobody-of-that-name/kept")
    assert cache_root() == Path("~nobody-of-that-name/kept")
    monkeypatch.delenv("CNNSTUDIO_CACHE")
    assert cache_root().name == "cnnstudio"
