"""From a folder to the source that it is, or a sentence that says which one to choose."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cnnstudio.data.detect import Undecided, source_of
from cnnstudio.spec.defaults import name_for
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.sources import ClassFolders, NamedFiles, SplitFolders, Table

Tree = Callable[[Sequence[str]], Path]


def test_class_folders_and_split_folders_are_told_apart(tree: Tree) -> None:
    root = tree(["a/1.png", "b/1.png", "empty.txt/.x.png"])
    assert source_of(root) == ClassFolders(path=str(root))
    parts = tree(["s/train/a/1.png", "s/train/b/1.png", "s/Test/a/1.png"])
    assert source_of(parts / "s") == SplitFolders(path=str(parts / "s"))


def test_a_class_called_train_is_a_class(tree: Tree) -> None:
    root = tree(["train/1.png", "car/1.png"])
    assert source_of(root) == ClassFolders(path=str(root))
    root = tree(["v/train/express/1.png", "v/train/freight/1.png", "v/car/1.png"])
    assert source_of(root / "v") == ClassFolders(path=str(root / "v"))


def test_a_folder_around_the_folder_stands_for_it(tree: Tree) -> None:
    root = tree(["unpacked/a/1.png", "unpacked/b/1.png"])
    (root / "read me.txt").write_text("x")
    assert source_of(root) == ClassFolders(path=str(root / "unpacked"))


@pytest.mark.parametrize(
    ("names", "chosen", "sentence"),
    [
        (["a/1.png", "b/1.png"], "a", "choose the folder above it, “images”"),
        (["1.png"], ".", "put them into one folder per class"),
        (["a/1.png"], ".", "only one class folder with images, “a”"),
        (["train/a/1.png", "test/a/1.png"], ".", "“images/train” holds only one class"),
        (["a/1.png"], "a/1.png", "is a single image"),
        (["a/1.png"], "none", "There is no folder “none”"),
    ],
)
def test_what_is_no_source_says_what_to_choose(
    tree: Tree, names: list[str], chosen: str, sentence: str
) -> None:
    with pytest.raises(UserError) as caught:
        source_of((tree(names) / chosen).resolve())
    assert sentence in caught.value.sentence
    assert caught.value.place


def test_an_empty_folder_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no images"):
        source_of(tmp_path)


def test_a_relative_folder_becomes_absolute(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(["a/1.png", "b/1.png"])
    monkeypatch.chdir(root.parent)
    assert source_of(Path("images")).path == str(root)


def test_names_or_columns_that_tell_nothing_come_with_a_guess(tree: Tree) -> None:
    root = tree([f"{n}{n % 2}.png" for n in range(12)])
    with pytest.raises(Undecided, match="images lie directly in") as asked:
        source_of(root)
    assert asked.value.source == NamedFiles(path=str(root))
    table = root / "list.csv"
    table.write_text("where,what\n00.png,a\n", encoding="utf-8")
    with pytest.raises(Undecided, match="no column for the path") as asked:
        source_of(table)
    assert asked.value.source == Table(path=str(table))


def test_a_way_back_is_named_by_where_it_leads(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(["pets/images/cat/1.png", "pets/images/dog/1.png"]) / "pets"
    (root / "work").mkdir()
    monkeypatch.chdir(root / "work")
    assert name_for(Path("../images")) == "pets"
    assert name_for(Path("..")) == "pets"
    # As it was typed, so that an experiment beside it may be moved with it.
    assert source_of(Path("../images")) == ClassFolders(path=str(Path("../images").absolute()))
    monkeypatch.chdir(root / "images/cat")
    assert source_of(Path("..")) == ClassFolders(path=str((root / "images").resolve()))
    with pytest.raises(UserError, match="choose the folder above it, “images”"):
        source_of(Path("../cat"))
