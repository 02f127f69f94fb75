"""Folders become an index: classes, labels, splits, in one pass and whatever the folder holds."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from cnnstudio.data.facts import facts
from cnnstudio.data.index import ImageIndex, index
from cnnstudio.data.scanning import scan
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.sources import ClassFolders, SplitFolders

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]


def keys(found: ImageIndex) -> list[str]:
    return [sample.key for sample in found.samples]


def test_classes_and_images_come_in_natural_order(tree: Tree, dataset_of: MakeDataset) -> None:
    names = ["dog/10.png", "dog/2.png", "dog/1.png", "Cat/b.PNG", "Cat/a.jpg"]
    root = tree([*names, "class10/x.png", "class2/x.png"])
    found = index(dataset_of(root))
    assert found.class_names == ("Cat", "class2", "class10", "dog")
    assert keys(found) == [
        "Cat/a.jpg", "Cat/b.PNG", "class2/x.png", "class10/x.png",
        "dog/1.png", "dog/2.png", "dog/10.png",
    ]  # fmt: skip
    last = found.samples[-1]
    assert (last.path, last.label) == (root / "dog" / "10.png", 3)


def test_only_visible_images_count_at_any_depth(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(
        ["a/1.png", "a/deep/er/2.png", "b/3.png", "a/.hidden.png", ".git/x.png", "__MACOSX/y.png"]
    )
    (root / "a" / "notes.txt").write_text("x")
    (root / "b" / "folder.png").mkdir()
    (root / "empty").mkdir()
    (root / "stray.png").write_bytes(b"")
    found = index(dataset_of(root))
    assert found.class_names == ("a", "b")
    assert keys(found) == ["a/1.png", "a/deep/er/2.png", "b/3.png"]


@pytest.mark.parametrize("name", ["with space", "日本語", "🐈", "ünïcode", "x" * 200, "a'b\"c%20"])
def test_any_name_is_a_class(tree: Tree, dataset_of: MakeDataset, name: str) -> None:
    root = tree([f"{name}/{name}.png", "other/1.png"])
    found = index(dataset_of(root))
    assert name in found.class_names
    assert f"{name}/{name}.png" in keys(found)
    assert all(sample.path.is_file() for sample in found.samples)


def test_bytes_that_are_no_text_are_a_name_too(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "b/1.png"])
    for name in ("a/1.png", "b/1.png"):
        Image.new("RGB", (4, 4)).save(root / name)
    odd = os.fsencode(root) + b"/a/\xff.png"
    try:
        Path(os.fsdecode(odd)).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes text only")
    found = index(dataset_of(root))
    assert os.fsdecode(b"a/\xff.png") in keys(found)
    known = facts(dataset_of(root), found)
    assert "a/?.png" in [left.key for left in known.unreadable]
    assert "a/?.png" in known.model_dump_json()


def test_links_that_leave_the_folder_are_not_followed(
    tree: Tree, dataset_of: MakeDataset, tmp_path: Path
) -> None:
    root = tree(["a/1.png", "b/2.png"])
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes((root / "a" / "1.png").read_bytes())
    (root / "a" / "link.png").symlink_to(outside / "secret.png")
    (root / "b" / "more").symlink_to(outside)
    (root / "c").symlink_to(outside)
    (root / "a" / "dangling.png").symlink_to(root / "nothing.png")
    found = index(dataset_of(root))
    assert keys(found) == ["a/1.png", "b/2.png"]
    left_out = {item.key: item.reason for item in found.unreadable}
    assert set(left_out) == {"a/link.png", "b/more", "c"}
    assert set(left_out.values()) == {"is a link that leads out of the folder"}


def test_loops_end_and_no_image_is_listed_twice(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "a/in/2.png", "b/3.png", ".store/4.png", ".store/in/5.png"])
    (root / "a" / "in" / "up").symlink_to(root / "a")
    (root / "a" / "top").symlink_to(root)
    (root / "aa").symlink_to(root / "b")
    (root / ".store" / "in" / "round").symlink_to(root / ".store")
    (root / "c").symlink_to(root / ".store" / "in")
    (root / "b" / "kept.png").symlink_to(root / ".store" / "4.png")
    found = index(dataset_of(root))
    assert keys(found) == [
        "a/1.png",
        "a/in/2.png",
        "b/3.png",
        "b/kept.png",
        "c/5.png",
        "c/round/4.png",
    ]
    assert found.unreadable == ()


def test_a_linked_source_folder_is_followed(
    tree: Tree, dataset_of: MakeDataset, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tree(["a/1.png", "b/2.png"]))
    assert keys(index(dataset_of(link))) == ["a/1.png", "b/2.png"]


def test_the_split_is_stratified_and_seeded(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree([f"{name}/{n}.png" for name, count in (("a", 20), ("b", 8)) for n in range(count)])
    found = index(dataset_of(root, validation=0.25, test=0.15))
    counted = Counter((found.class_names[s.label], s.split) for s in found.samples)
    assert counted == {
        ("a", "train"): 12, ("a", "validation"): 5, ("a", "test"): 3,
        ("b", "train"): 5, ("b", "validation"): 2, ("b", "test"): 1,
    }  # fmt: skip
    assert index(dataset_of(root, validation=0.25, test=0.15)) == found
    assert index(dataset_of(root, validation=0.25, test=0.15, seed=1)) != found
    assert len(found.part("train")) == 17


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [("train", "validation", "test"), ("Training", "VAL", "testing"), ("train", "dev", "Test")],
)
def test_split_folders_keep_their_own_split(
    tree: Tree, dataset_of: MakeDataset, train: str, validation: str, test: str
) -> None:
    names = [
        f"{part}/{c}/{n}.png" for part in (train, validation, test) for c in "ab" for n in "12"
    ]
    root = tree([*names, "extra/a/9.png"])
    found = index(dataset_of(root, split_folders=True, validation=0.5, test=0.4))
    by_part = {sample.key.split("/")[0]: sample.split for sample in found.samples}
    assert by_part == {train: "train", validation: "validation", test: "test"}
    assert found.class_names == ("a", "b")
    assert len(found.samples) == 12


def test_a_missing_validation_folder_is_taken_from_training(
    tree: Tree, dataset_of: MakeDataset
) -> None:
    names = [f"train/{c}/{n}.png" for c in "ab" for n in range(8)]
    root = tree([*names, "test/a/1.png", "test/b/1.png"])
    found = index(dataset_of(root, split_folders=True, validation=0.25, test=0.3))
    counted = Counter((sample.key.split("/")[0], sample.split) for sample in found.samples)
    assert counted == {("train", "train"): 12, ("train", "validation"): 4, ("test", "test"): 2}


def test_progress_tells_the_number_so_far(tree: Tree) -> None:
    root = tree(["a/1.png"])
    for n in range(2, 2502):
        (root / "a" / f"{n}.png").write_bytes(b"")
    told: list[int] = []
    assert len(scan(ClassFolders(path=str(root)), told.append).images) == 2501
    assert told == [1000, 2000]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "holds no images"),
        (["a/1.png", "a/2.png"], "only one class folder"),
        (["1.png", "2.png"], "lie directly in"),
    ],
)
def test_a_folder_without_classes_says_what_to_do(
    tree: Tree, dataset_of: MakeDataset, names: list[str], sentence: str
) -> None:
    root = tree(names)
    root.mkdir(exist_ok=True)
    with pytest.raises(UserError, match=sentence) as caught:
        index(dataset_of(root))
    assert caught.value.place == str(root)
    assert "“images”" in caught.value.sentence


def test_a_missing_folder_and_a_file_are_plain_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder “gone”"):
        scan(ClassFolders(path=str(tmp_path / "gone")))
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        scan(ClassFolders(path=str(tmp_path / "file")))


def test_split_folders_without_training_are_an_error(tree: Tree) -> None:
    root = tree(["test/a/1.png", "test/b/1.png"])
    with pytest.raises(UserError, match="no folder “train”"):
        scan(SplitFolders(path=str(root)))


def test_a_link_to_itself_is_nothing(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "b/1.png"])
    for name in ("a/loop", "a/loop.png", "loop"):
        (root / name).symlink_to(Path(name).name)
    assert keys(index(dataset_of(root))) == ["a/1.png", "b/1.png"]


def test_a_link_to_another_drive_is_left_out(
    tree: Tree, dataset_of: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(["a/1.png", "b/1.png"])
    (root / "a" / "2.png").symlink_to("1.png")

    def drives(paths: Sequence[str]) -> str:
        raise ValueError("Paths don't have the same drive")  # as on Windows

    monkeypatch.setattr(os.path, "commonpath", drives)
    found = index(dataset_of(root))
    assert keys(found) == ["a/1.png", "b/1.png"]
    assert [left.key for left in found.unreadable] == ["a/2.png"]


def test_a_class_whose_name_is_no_text_is_told(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree(["a/1.png", "b/1.png"])
    try:
        (root / "b").rename(os.fsdecode(os.fsencode(root) + b"/caf\xe9"))
    except OSError:
        pytest.skip("this file system takes text only")
    with pytest.raises(UserError, match=r"caf\?” has a name that is no valid text"):
        index(dataset_of(root))
