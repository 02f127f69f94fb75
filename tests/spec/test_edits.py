"""Edits of single images: immutable, independent of their order, and a table people can write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.spec import patch
from cnnstudio.spec.edits import NO_EDITS, Edit, Edits, dumps, loads, tags_of
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders

SPLITS = ("train", "validation", "test")
any_text = st.text(max_size=12)
keys = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=20)
edits_of_one = st.builds(
    Edit,
    excluded=st.booleans(),
    label=st.none() | any_text,
    split=st.none() | st.sampled_from(SPLITS),
    tags=st.lists(any_text, max_size=4).map(tuple),
    group=st.none() | any_text,
)
tables = st.dictionaries(keys, edits_of_one, max_size=8).map(Edits)


@given(tables)
def test_every_table_comes_back_from_its_text(edits: Edits) -> None:
    again = loads(dumps(edits))
    assert again == edits
    assert dumps(again) == dumps(edits)
    assert again.digest == edits.digest
    assert hash(again) == hash(edits)


@given(st.dictionaries(keys, edits_of_one, max_size=8), st.randoms())
def test_the_order_in_which_images_are_edited_does_not_matter(
    by_key: dict[str, Edit], order: Any
) -> None:
    shuffled = list(by_key)
    order.shuffle(shuffled)
    one, other = NO_EDITS, NO_EDITS
    for names, is_one in ((list(by_key), True), (shuffled, False)):
        edits = NO_EDITS
        for key in names:
            edit = by_key[key]
            edits = edits.changed([key], excluded=edit.excluded, label=edit.label)
            edits = edits.changed([key], split=edit.split, group=edit.group, add_tags=edit.tags)
        one, other = (edits, other) if is_one else (one, edits)
    assert one == other == Edits(by_key)
    assert one.digest == other.digest == Edits(by_key).digest


@given(tables, st.lists(keys, max_size=4))
def test_what_is_said_and_taken_back_leaves_nothing(edits: Edits, more: list[str]) -> None:
    before = dumps(edits)
    fresh = [key for key in more if key not in edits]
    said = edits.changed(fresh, excluded=True, label="x", split="test", group="g", add_tags=["t"])
    assert all(said.get(key) == Edit(True, "x", "test", ("t",), "g") for key in fresh)
    back = said.changed(
        fresh, excluded=False, label=None, split=None, group=None, remove_tags=["t"]
    )
    assert back == edits == said.without(fresh)
    assert dumps(edits) == before


def test_what_is_not_given_stays() -> None:
    edits = NO_EDITS.changed(["a"], label="cat", add_tags=["old", "check"])
    edits = edits.changed(["a", "b"], excluded=True, add_tags=["new"], remove_tags=["old"])
    assert edits.get("a") == Edit(True, "cat", None, ("check", "new"))
    assert edits.get("b") == Edit(True, None, None, ("new",))
    assert edits.get("c") == Edit()
    assert (len(edits), "c" in edits, bool(NO_EDITS)) == (2, False, False)


def test_tags_are_words_between_semicolons_each_once() -> None:
    assert tags_of(" a;b ;; a\nc ;b") == ("a", "b", "a c")
    assert Edit(tags=("x;y", "x", " ")).tags == ("x", "y")
    assert Edit(label="  ", group="\n") == Edit()


def test_a_table_written_by_hand_is_taken_as_it_is_meant() -> None:
    text = '\ufeffKey;Excluded;Split;Tags\r\nb/1.png;TRUE;;\r\n\r\na/2.png;no;Test;"dark;wet"\r\n'
    assert loads(text) == Edits(
        {"b/1.png": Edit(excluded=True), "a/2.png": Edit(split="test", tags=("dark", "wet"))}
    )
    assert loads("label\tkey\ncat\ta,b.png\n").get("a,b.png") == Edit(label="cat")
    assert loads("key,excluded\nshort.png\n") == NO_EDITS


FAULTS = {
    "": ("is empty: it has no header line", "edits.csv"),
    "name,label\na,b\n": ("the unknown column “name”. Known: key, excluded,", "edits.csv, line 1"),
    "label,split\n": ("has no column “key”", "edits.csv, line 1"),
    "key,label,label\n": ("The column “label” stands twice", "edits.csv, line 1"),
    "key,label\n\na,b,c\n": ("This line has 3 cells, but the header has 2", "edits.csv, line 3"),
    "key,label\na,x\n,y\n": ("names no image", "edits.csv, line 3"),
    "key,excluded\na,maybe\n": ("“excluded” must be yes or empty, not “maybe”", "line 2"),
    "key,split\na,dev\n": ("“split” must be train, validation, test or empty, not “dev”", "line 2"),
    'key,label\n"a\nb",x\nc,x\nc,y\n': ("“c” stands twice, on the lines 4 and 5", "line 5"),
    'key,label\na,"open\n': ("a quotation mark is left open", "edits.csv, line 2"),
    "key,label\na," + "x" * 200_000 + "\n": ("far too long", "edits.csv, line 2"),
}


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: text[:24])
def test_a_fault_is_told_in_a_sentence_with_its_line(text: str) -> None:
    sentence, place = FAULTS[text]
    with pytest.raises(UserError) as caught:
        loads(text, "edits.csv")
    assert sentence in caught.value.sentence
    assert caught.value.place.endswith(place)
    assert loads("key\n", "edits.csv") == NO_EDITS


def test_an_experiment_takes_edits_as_they_are_or_none() -> None:
    plain = Experiment(dataset=Dataset(source=ClassFolders(path="/images")))
    edits = NO_EDITS.changed(["a"], excluded=True)
    edited = patch.replace(plain, "dataset.edits", edits)
    assert edited.dataset.edits is edits
    assert patch.replace(edited, "training.epochs", 3).dataset.edits is edits
    assert patch.replace(edited, "dataset.edits", None) == plain
    assert edited.model_dump(mode="json")["dataset"]["edits"] == "edits.csv"
    with pytest.raises(UserError, match="edits are read from a table beside the experiment file"):
        patch.replace(plain, "dataset.edits", "my.csv")
