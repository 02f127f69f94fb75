"""Patterns for file names: what they find, and that none holds the program up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.patterns import NameFinder, finder

SLOW = r"^((.*?,){12})P"


def test_the_part_is_what_the_group_stands_for() -> None:
    found = NameFinder(r"^([a-z]+)_")
    assert found.part("cat_01.png") == "cat"
    assert found.place("cat_01.png") == (0, 3)
    assert found.part("01_cat.png") == ""
    assert found.place("01_cat.png") is None


def test_a_group_that_took_no_part_is_as_good_as_none() -> None:
    found = NameFinder(r"^(?:(a)|b)")
    assert found.place("b.png") is None
    assert found.part("b.png") == ""


def test_a_pattern_that_takes_too_long_is_a_sentence_with_the_name() -> None:
    name = ",".join("1" * 60)
    with pytest.raises(UserError, match="takes too long on the name") as caught:
        NameFinder(SLOW.replace("(.", "(?:.")).part(name)
    assert name in caught.value.sentence


def test_two_groups_are_refused_and_a_pattern_is_compiled_once() -> None:
    with pytest.raises(UserError, match="it has 2"):
        NameFinder(SLOW)
    assert finder("^(.)") is finder("^(.)")


@given(st.text(alphabet="abc_-1 .é猫", max_size=30))
def test_ordinary_patterns_find_what_python_finds(name: str) -> None:
    for pattern in (r"^([^_.\-]+)[_.\-]", r"[_\-]([^_.\-]+)\.[^.]+$", r"^\d+[ ._-]+(\w*)"):
        found = re.search(pattern, name)
        assert NameFinder(pattern).part(name) == (found.group(1) if found else "")
