"""Rules that name the group of an image."""

from pathlib import Path

import pytest

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import loads
from cnnstudio.spec.groupings import NamePattern, Subfolder


@pytest.mark.parametrize(
    ("pattern", "path", "group"),
    [
        ("^(.+?)_", "slide7_03.png", "slide7"),
        ("^(.+?)_", "deep/er/slide7_03.png", "slide7"),
        ("^(.+?)_", "pat_1/alone.png", ""),
        (r"patient(\d+)", "x-patient12.png", "12"),
        (r"^a(b)?", "a.png", ""),
    ],
)
def test_a_pattern_looks_at_the_file_name_alone(pattern: str, path: str, group: str) -> None:
    assert NamePattern(pattern=pattern).group_of(path) == group


def test_a_subfolder_is_the_first_one_below_the_class() -> None:
    assert Subfolder().group_of("patient1/monday/1.png") == "patient1"
    assert Subfolder().group_of("1.png") == ""


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("((", "the pattern is not a regular expression: missing )"),
        ("abc", "it has none"),
        ("(a)(b)", "it has 2"),
    ],
)
def test_a_pattern_that_names_no_group_is_a_plain_error(
    pattern: str, sentence: str, tmp_path: Path
) -> None:
    text = (
        "cnnstudio: 1\ndataset:\n  source: {kind: class_folders, path: x}\n"
        f"  split: {{group: {{kind: NamePattern, pattern: '{pattern}'}}}}\n"
    )
    with pytest.raises(UserError) as caught:
        loads(text, tmp_path)
    assert caught.value.sentence.startswith("“dataset.split.group.pattern”: ")
    assert sentence in caught.value.sentence
