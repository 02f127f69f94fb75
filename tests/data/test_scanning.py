"""Names alone are listed at first, whatever they are, and a folder may change meanwhile."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.data.decode import EXTENSIONS
from cnnstudio.data.facts import facts
from cnnstudio.data.found import FolderOfImages, Found, ImagesInFolders, Scan
from cnnstudio.data.index import deal, index
from cnnstudio.data.moves import moves
from cnnstudio.data.names import natural_key
from cnnstudio.data.scanning import scan
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.sources import ClassFolders, SplitFolders

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]

stems = st.one_of(
    st.text(alphabet="ab2 10_.-", max_size=6),
    st.sampled_from(
        ["日本語", "🐈 und 🐕", "x" * 230, "__MACOSX", "a'b\"c%20", "e\u0301", "\udcff"]
    ),
)
endings = st.sampled_from([".png", ".PNG", ".Png", ".jpeg", ".JPEG", ".JpeG", ".txt", "png", ""])
file_names = st.builds("{}{}".format, stems, endings).filter(lambda n: n not in ("", ".", ".."))


def touch(folder: Path, names: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def is_listed(name: str) -> bool:
    hidden = name.startswith((".", "__MACOSX"))
    return not hidden and os.path.splitext(name)[1].lower() in EXTENSIONS  # noqa: PTH122


@settings(max_examples=60, deadline=None)
@given(names=st.lists(file_names, max_size=20))
def test_every_image_is_listed_once_in_natural_order_and_nothing_else(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        try:
            touch(root / "a", names)
        except OSError:  # this file system takes text only
            return
        # As on disk: some file systems write names in another form, or fold their case.
        expected = sorted(filter(is_listed, os.listdir(root / "a")), key=natural_key)  # noqa: PTH208
        found = scan(ClassFolders(path=made))
    assert [image.key for image in found.images] == [f"a/{name}" for name in expected]
    assert [image.path for image in found.images] == [str(root / "a" / n) for n in expected]
    assert found.class_names == (("a",) if expected else ())


def test_images_are_counted_before_they_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(names: object) -> list[str]:
        raise AssertionError("nobody has asked for the order yet")

    folders = [
        FolderOfImages("/i/a/", "a/", "a", None, ("10.png", "9.png")),
        FolderOfImages("/i/b/in/", "b/in/", "b", "test", ("1.png",)),
    ]
    with monkeypatch.context() as patched:
        patched.setattr("cnnstudio.data.found.natural_sorted", refuse)
        images = ImagesInFolders(folders)
        assert len(images) == 3
    assert images[0] == Found("a/9.png", "/i/a/9.png", "a", None)
    assert images[1:] == (
        Found("a/10.png", "/i/a/10.png", "a", None),
        Found("b/in/1.png", "/i/b/in/1.png", "b", "test"),
    )
    assert list(images) == [images[0], *images[1:]]
    assert images[0] is images[0]


def test_a_list_that_is_split_makes_no_rows(
    tree: Tree, dataset_of: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = dataset_of(tree([f"{c}/{n}.png" for c in "ab" for n in range(4)]))
    listed = scan(dataset.source)

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("cnnstudio.data.found.Found", refused)
    assert len(deal(dataset, listed).samples) == 8


def test_columns_say_the_same_as_rows(tree: Tree) -> None:
    parts = ("train", "validation")
    root = tree([f"{part}/{c}/in/{n}.png" for part in parts for c in "ab" for n in (10, 9)])
    listed = scan(SplitFolders(path=str(root)))
    rows = Scan(listed.class_names, tuple(listed.images), ())
    columns = listed.columns
    for name in ("keys", "paths", "class_names", "parts", "items"):
        assert tuple(getattr(columns, name)) == tuple(getattr(rows.columns, name))
    assert columns.keys[:2] == ["train/a/in/9.png", "train/a/in/10.png"]
    assert columns.parts[0] == "train"


def test_a_class_folder_that_vanishes_while_it_is_listed_is_a_plain_error(tmp_path: Path) -> None:
    touch(tmp_path / "a", [f"{n}.png" for n in range(1000)])
    touch(tmp_path / "b", ["1.png"])

    def take_away(_: int) -> None:
        shutil.rmtree(tmp_path / "b")

    with pytest.raises(UserError, match="There is no folder “b”") as caught:
        scan(ClassFolders(path=str(tmp_path)), take_away)
    assert caught.value.place == str(tmp_path / "b")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user with limits"
)
def test_a_folder_that_may_not_be_read_is_a_plain_error(tree: Tree) -> None:
    root = tree(["a/1.png", "b/1.png"])
    (root / "b").chmod(0)
    try:
        with pytest.raises(UserError, match="“b” may not be read"):
            scan(ClassFolders(path=str(root)))
    finally:
        (root / "b").chmod(0o755)


def test_a_folder_that_changes_is_listed_as_it_is_then(tree: Tree, dataset_of: MakeDataset) -> None:
    root = tree([f"{name}/{n}.png" for name in "ab" for n in range(8)])
    dataset = dataset_of(root)
    before = index(dataset)
    (root / "a" / "3.png").unlink()
    (root / "b" / "5.png").rename(root / "b" / "new.png")
    unreadable = facts(dataset, before).unreadable
    assert sorted(left.key for left in unreadable) == ["a/3.png", "b/5.png"]
    after = index(dataset)
    told = moves(before, after)
    assert (set(told.went), set(told.came)) == ({"a/3.png", "b/5.png"}, {"b/new.png"})
    assert facts(dataset, after).unreadable == ()
