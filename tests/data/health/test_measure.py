"""Measuring: true numbers, read once, kept on disk, stopped without loss."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.data.decode import decode_small
from cnnstudio.data.health import measure as measuring
from cnnstudio.data.health.check import examine, known
from cnnstudio.data.health.kept import folder as kept_folder
from cnnstudio.data.health.measure import measure
from cnnstudio.data.index import Sample, index
from cnnstudio.data.picture import Picture, picture_of
from cnnstudio.data.stopping import Stopped
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.sources import ClassFolders

Folder = Callable[..., Path]


def samples_of(root: Path) -> tuple[Sample, ...]:
    return index(Dataset(source=ClassFolders(path=str(root)))).samples


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were decoded."""
    files: list[str] = []

    def noted(place: Path | Picture, side: int) -> Image.Image:
        files.append(picture_of(place).path.name)
        return decode_small(place, side)

    monkeypatch.setattr(measuring, "decode_small", noted)
    return files


def test_numbers_are_those_of_the_picture(tmp_path: Path) -> None:
    gray = np.tile(np.array([[0, 200]], np.uint8), (40, 30))
    for name in ("a/1.png", "b/1.png"):
        (tmp_path / name).parent.mkdir()
        Image.fromarray(gray).save(tmp_path / name)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(gray[:20]).save(tmp_path / "b/2.jpg", exif=turned)
    rows = measure(str(tmp_path), samples_of(tmp_path)).rows
    assert (rows["width"].tolist(), rows["height"].tolist()) == ([60, 60, 20], [40, 40, 60])
    assert rows["format"].tolist() == [b"PNG", b"PNG", b"JPEG"]
    assert rows["mode"].tolist() == [b"L"] * 3
    assert rows["mean"][0] == pytest.approx(100)
    assert rows["spread"][0] == pytest.approx(100)
    assert rows["colored"].tolist() == [0, 0, 0]
    assert rows["content"][0].tolist() == rows["content"][1].tolist()
    assert rows["content"][0].tolist() != rows["content"][2].tolist()


def test_a_second_check_opens_only_what_has_changed(folder: Folder, opened: list[str]) -> None:
    root = folder({"cat": 5, "dog": 5})
    first = measure(str(root), samples_of(root))
    assert len(opened) == 10
    Image.new("RGB", (30, 30)).save(root / "dog/002.png")
    second = measure(str(root), samples_of(root))
    assert opened[10:] == ["002.png"]
    assert second.keys == first.keys
    same = np.array([key != "dog/002.png" for key in first.keys])
    assert (second.rows[same] == first.rows[same]).all()


def test_a_stop_keeps_what_was_measured(folder: Folder, opened: list[str]) -> None:
    root = folder({"cat": 40, "dog": 40})
    done: list[int] = []
    with pytest.raises(Stopped):
        measure(
            str(root),
            samples_of(root),
            lambda count, _: done.append(count),
            lambda: bool(done) and done[-1] >= 32,
            threads=1,
        )
    opened.clear()
    assert len(measure(str(root), samples_of(root)).keys) == 80
    assert len(opened) == 80 - 32


def test_a_damaged_store_is_measured_anew(folder: Folder, opened: list[str]) -> None:
    root = folder({"cat": 3, "dog": 3})
    measure(str(root), samples_of(root))
    (store,) = kept_folder().iterdir()
    store.write_bytes(store.read_bytes()[:200])
    opened.clear()
    assert len(measure(str(root), samples_of(root)).keys) == 6
    assert len(opened) == 6


def test_a_cache_that_cannot_be_written_costs_time_alone(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path / "file"))
    root = folder({"cat": 3, "dog": 3})
    assert len(measure(str(root), samples_of(root)).keys) == 6


def test_a_file_that_vanishes_is_told_as_such(folder: Folder) -> None:
    root = folder({"cat": 3, "dog": 3})
    samples = samples_of(root)
    (root / "cat/001.png").unlink()
    measured = measure(str(root), samples)
    assert list(measured.reasons) == ["cat/001.png"]
    assert "no longer there" in measured.reasons["cat/001.png"]


def test_what_a_check_knows_is_given_without_asking_and_nothing_else(
    folder: Folder, opened: list[str]
) -> None:
    root = folder({"cat": 30, "dog": 30})
    listed = index(Dataset(source=ClassFolders(path=str(root))))
    assert known(str(root), listed) is None
    assert opened == []
    examine(str(root), listed)
    opened.clear()
    examined = known(str(root), listed)
    assert examined is not None
    assert len(examined.measured.keys) == 60
    assert opened == []
