"""Experiment files: what is wrong is named with file and path, and nothing is ever half written."""

import errno
import os
from pathlib import Path

import pytest

from cnnstudio.spec import files, patch
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders

GOOD = "cnnstudio: 1\nname: pets\ndataset:\n  source: {kind: class_folders, path: images}\n"


def experiment() -> Experiment:
    return Experiment(dataset=Dataset(source=ClassFolders(path="/images")))


def error_of(text: str, tmp_path: Path) -> UserError:
    path = tmp_path / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        files.load(path)
    assert str(path) in caught.value.place
    assert "\n" not in caught.value.sentence
    return caught.value


def test_image_paths_are_relative_in_the_file_and_absolute_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(GOOD, encoding="utf-8")
    experiment = files.load(path)
    assert experiment.dataset.source.path == str(tmp_path / "images")
    files.save(experiment, path)
    assert "path: images}" in path.read_text(encoding="utf-8")
    assert files.load(path) == experiment


def test_images_elsewhere_keep_their_absolute_path(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    experiment = Experiment(dataset=Dataset(source=ClassFolders(path=str(elsewhere))))
    path = tmp_path / "home" / "experiment.yaml"
    files.save(experiment, path)
    assert files.load(path).dataset.source.path == str(elsewhere)


def test_an_unknown_field_is_named_with_its_path_and_the_likely_one(tmp_path: Path) -> None:
    error = error_of(GOOD + "training: {epoch: 3}\n", tmp_path)
    assert error.place.endswith("training.epoch")
    assert "did you mean “epochs”" in error.sentence


def test_a_wrong_type_deep_inside_is_named_with_its_path(tmp_path: Path) -> None:
    text = GOOD + "model:\n  layers:\n  - {kind: Flatten}\n  - {kind: Dense, units: many}\n"
    error = error_of(text, tmp_path)
    assert error.place.endswith("model.layers.1.units")
    assert "whole number" in error.sentence


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    error = error_of(GOOD + "model: {layers: [{kind: Conv2d}]}\n", tmp_path)
    assert "Did you mean “Conv2D”?" in error.sentence


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no fields"),
        ("- 1\n- 2\n", "no fields"),
        ("name: x\n", "cnnstudio: 1"),
        (GOOD.replace("cnnstudio: 1", "cnnstudio: 9"), "format 9"),
        ("a: [1\n", "not valid YAML"),
        ("a: &x [*x]\nb: !!python/object:os.system x\n", "not valid YAML"),
        (BOMB, "unfold to far too much"),
        (GOOD.replace("class_folders", "ftp"), "unknown kind “ftp”"),
        ("cnnstudio: 1\nname: x\n", "“dataset” is missing"),
        ("cnnstudio: 1\ndataset: 3\n", "group of fields"),
        ("cnnstudio: 1\ndataset: {source: {kind: class_folders, path: 3}}\n", "text"),
    ],
)
def test_what_is_not_an_experiment_is_refused_in_plain_words(
    text: str, words: str, tmp_path: Path
) -> None:
    assert words in error_of(text, tmp_path).sentence


def test_a_missing_file_a_folder_and_a_picture_are_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    for name, words in (("none.yaml", "no such"), ("", "folder"), ("picture.yaml", "not a text")):
        with pytest.raises(UserError, match=words):
            files.load(tmp_path / name)


def test_a_full_disk_while_saving_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(GOOD, encoding="utf-8")
    experiment = files.load(path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="the disk is full"):
        files.save(experiment, path)
    assert path.read_text(encoding="utf-8") == GOOD
    assert [p.name for p in tmp_path.iterdir()] == ["experiment.yaml"]


def test_saving_below_a_file_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    experiment = Experiment(dataset=Dataset(source=ClassFolders(path=str(tmp_path))))
    with pytest.raises(UserError, match="could not be saved"):
        files.save(experiment, tmp_path / "file" / "experiment.yaml")


def test_a_file_that_may_not_be_read_is_not_called_one_to_write() -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    sentence = files.disk_error(denied, "The experiment could not be read", Path("e")).sentence
    assert "permissions" in sentence
    assert "write" not in sentence


def test_the_home_of_somebody_unknown_is_a_plain_name(tmp_path: Path) -> None:
    text = GOOD.replace("path: images", "path: ~nobody-here/images")
    assert files.loads(text, tmp_path).dataset.source.path == str(tmp_path / "~nobody-here/images")


def test_edits_stand_in_a_table_beside_the_experiment(tmp_path: Path) -> None:
    odd = os.fsdecode(b"a/\xff.png")
    edits = NO_EDITS.changed(["a/1.png", odd], excluded=True, add_tags=["dark"])
    edited = patch.replace(experiment(), "dataset.edits", edits)
    for name, table in (("experiment.yaml", "edits.csv"), ("other.yaml", "other.edits.csv")):
        files.save(edited, tmp_path / name)
        assert f"edits: {table}\n" in (tmp_path / name).read_text("utf-8")
        assert (tmp_path / table).is_file()
    assert files.load(tmp_path / "experiment.yaml") == edited == files.load(tmp_path / "other.yaml")
    files.save(experiment(), tmp_path / "experiment.yaml")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "experiment.yaml",
        "other.edits.csv",
        "other.yaml",
    ]


def test_a_table_that_is_not_ours_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "edits.csv").write_text("my own notes\n", "utf-8")
    files.save(experiment(), tmp_path / "experiment.yaml")
    assert (tmp_path / "edits.csv").read_text("utf-8") == "my own notes\n"


def test_a_missing_table_and_a_fault_in_one_are_named(tmp_path: Path) -> None:
    edits = NO_EDITS.changed(["a"], split="test")
    file = tmp_path / "experiment.yaml"
    files.save(patch.replace(experiment(), "dataset.edits", edits), file)
    (tmp_path / "edits.csv").write_text("key,split\na,dev\n", "utf-8")
    with pytest.raises(UserError, match="“split” must be train") as caught:
        files.load(file)
    assert caught.value.place == f"{tmp_path / 'edits.csv'}, line 2"
    (tmp_path / "edits.csv").unlink()
    with pytest.raises(UserError, match="table of edits is missing") as caught:
        files.load(file)
    assert caught.value.place == str(tmp_path / "edits.csv")


def test_a_write_that_fails_leaves_experiment_and_edits_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "experiment.yaml"
    first = patch.replace(experiment(), "dataset.edits", NO_EDITS.changed(["a"], split="test"))
    files.save(first, file)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second = patch.replace(first, "dataset.edits", NO_EDITS.changed(["b"], excluded=True))
    written: list[int] = []

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="the disk is full"):
        files.save(second, file)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
