"""A flat folder: the label is found in the file name, and a preview shows what a pattern makes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError

from cnnstudio.data.detect import source_of
from cnnstudio.data.named import Example, image_names, preview
from cnnstudio.data.scanning import scan
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.sources import NamedFiles

Tree = Callable[[Sequence[str]], Path]


@pytest.mark.parametrize(
    "form", ["{}.{}.png", "{}_{}.png", "{} ({}).png", "{}{}.png", "{1} {0}.png", "{}_a{}_x.png"]
)
def test_usual_names_are_recognized(tree: Tree, form: str) -> None:
    root = tree([form.format(name, n) for name in ("cat", "dog") for n in range(6)])
    source = source_of(root)
    assert isinstance(source, NamedFiles)
    found = scan(source)
    assert found.class_names == ("cat", "dog")
    assert len(found.images) == 12
    assert found.left_out == ()


@pytest.mark.parametrize("form", ["{1}{0}.png", "IMG_{1}{0}.png"])
def test_names_that_tell_nothing_are_no_labels(tree: Tree, form: str) -> None:
    root = tree([form.format(n, n % 2) for n in range(12)])
    with pytest.raises(UserError, match="images lie directly in"):
        source_of(root)


def test_a_class_folder_is_not_taken_for_a_flat_folder(tree: Tree) -> None:
    root = tree(
        [f"{c}/{camera}_{n}.png" for c in "ab" for camera in ("IMG", "DSC") for n in "1234"]
    )
    with pytest.raises(UserError, match="choose the folder above it"):
        source_of(root / "a")


def test_a_preview_shows_matches_and_counts(tree: Tree) -> None:
    names = image_names(tree(["red 1.png", "deep/red 2.png", "blue 1.png", "none.png"]))
    seen = preview(names, r"^(\w+) \d", most=3)
    assert seen.examples == (
        Example("blue 1.png", (0, 4)),
        Example("none.png", None),
        Example("red 1.png", (0, 3)),
    )
    assert seen.classes == (("red", 2), ("blue", 1))
    assert (seen.fitting, seen.total) == (3, 4)
    for pattern in ("(", r"\w+", r"(\w)(\d)"):
        with pytest.raises(UserError, match="pattern"):
            preview(names, pattern)


def test_examples_come_from_the_whole_list_and_show_what_is_missed() -> None:
    names = [f"{kind}_{n}.png" for kind in ("cat", "dog") for n in range(50)] + ["1.png", "2.png"]
    seen = preview(names, "^([a-z]+)_", most=6)
    assert [e.name for e in seen.examples if e.part is None] == ["1.png", "2.png"]
    assert {e.name[:3] for e in seen.examples if e.part} == {"cat", "dog"}
    assert preview(names, "^(x)_", most=6).fitting == 0
    assert preview((), "^(x)_").examples == ()


def test_a_name_that_does_not_fit_is_left_out_and_named(tree: Tree) -> None:
    root = tree(["red 1.png", "deep/blue 1.png", "none.png"])
    found = scan(NamedFiles(path=str(root), pattern=r"^(\w+) \d"))
    assert [(image.key, image.class_name) for image in found.images] == [
        ("red 1.png", "red"),
        ("deep/blue 1.png", "blue"),
    ]
    assert [left.key for left in found.left_out] == ["none.png"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [(r"^(red)", "one label only, “red”"), (r"^(\d+)$", "no file name that the pattern fits")],
)
def test_fewer_than_two_labels_are_a_plain_error(tree: Tree, pattern: str, words: str) -> None:
    root = tree(["red 1.png", "blue 1.png"])
    with pytest.raises(UserError, match=words):
        scan(NamedFiles(path=str(root), pattern=pattern))


@pytest.mark.parametrize("pattern", ["(", "abc", "(a)(b)"])
def test_a_pattern_has_one_group(pattern: str) -> None:
    with pytest.raises(ValidationError, match=r"one group|regular expression"):
        NamedFiles(path="/x", pattern=pattern)
