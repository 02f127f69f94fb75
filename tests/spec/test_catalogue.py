"""Every member of every family, walked: named, described, editable and file-proof by itself."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.spec import files, patch
from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Training
from cnnstudio.spec.groupings import NamePattern
from cnnstudio.spec.intensities import FixedWindow, PercentileWindow
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.member import Member, members
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.optimizers import Optimizer
from cnnstudio.spec.schedules import PiecewiseConstantDecay
from cnnstudio.spec.sources import ClassFolders, Source

FAMILIES = [family for family in Member.__subclasses__() if family is not Source]
EVERYONE = [cls for family in FAMILIES for cls in members(family).values()]
FOLDER = Path("/photos")


def experiment(**parts: Any) -> Experiment:
    source = ClassFolders(path=str(FOLDER / "images"))
    return Experiment(dataset=Dataset(source=source), **parts)


def field_values(card: Card) -> st.SearchStrategy[Any]:
    """Values that the card allows."""
    low = card.minimum if card.minimum is not None else 0.0
    high = min(card.maximum if card.maximum is not None else 1000.0, 1000.0)
    values: st.SearchStrategy[Any]
    if card.shape == "integer":
        values = st.integers(math.ceil(low), int(high))
    elif card.shape == "number":
        smallest = max(low, 1e-6) if card.exclusive_minimum else low
        values = st.floats(smallest, math.nextafter(high, 0.0))
    elif card.shape == "switch":
        values = st.booleans()
    elif card.shape == "choice":
        values = st.sampled_from(card.choices)
    elif card.shape == "member" and card.family is not None:
        values = st.one_of([one_member(cls) for cls in members(card.family).values()])
    else:
        values = st.just(card.default)
    return st.none() | values if card.optional else values


def one_member(cls: type[Member]) -> st.SearchStrategy[Member]:
    """Members of one kind with any allowed fields."""
    if cls is PiecewiseConstantDecay:
        return st.just(PiecewiseConstantDecay())
    if cls is NamePattern:
        patterns = st.sampled_from(("^(.+?)_", "patient(\\d+)", r"(?i)^([a-z]+)[ -]", "(?:a|b)(c)"))
        return st.builds(NamePattern, pattern=patterns)
    if cls in (FixedWindow, PercentileWindow):
        return st.builds(cls, low=st.floats(0, 49), high=st.floats(50, 100))
    fields = {card.name: field_values(card) for card in cards(cls)}
    return st.fixed_dictionaries({}, optional=fields).map(cls.model_validate)


def put(member: Member) -> Experiment:
    """An experiment that holds the member where its family belongs."""
    if isinstance(member, Layer):
        return experiment(model=Network(layers=(member,)))
    places = {
        "operations": ("augmentation.operations", [member]),
        "regularizers": (
            "model.layers",
            [{"kind": "Dense", "kernel_regularizer": member.model_dump()}],
        ),
        "schedules": ("training.optimizer.learning_rate", member),
        "optimizers": ("training.optimizer", member),
        "losses": ("training.loss", member),
        "groupings": ("dataset.split.group", member),
        "policies": ("training.policies", [member]),
        "intensities": ("dataset.intensity", member),
    }
    path, value = places[member.family]
    return patch.replace(experiment(), path, value)


@pytest.mark.parametrize("cls", EVERYONE, ids=lambda cls: cls.__name__)
def test_a_member_is_named_as_its_class_and_described_for_people(cls: type[Member]) -> None:
    assert cls.model_fields["kind"].default == cls.__name__
    assert cls.title()
    assert cls.summary().endswith(".")
    for card in cards(cls):
        assert card.title
        if card.shape == "number" and not card.optional:
            assert card.minimum is not None
            assert card.maximum is not None
        if card.logarithmic:
            assert card.smallest is not None


@pytest.mark.parametrize("cls", EVERYONE, ids=lambda cls: cls.__name__)
def test_a_member_comes_back_from_a_file_as_it_was(cls: type[Member]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(one_member(cls))
    def comes_back(member: Member) -> None:
        before = put(member)
        for complete in (True, False):
            text = files.dumps(before, FOLDER, complete)
            assert files.loads(text, FOLDER) == before

    comes_back()


@pytest.mark.parametrize("cls", EVERYONE, ids=lambda cls: cls.__name__)
def test_every_numeric_field_of_a_member_refuses_what_lies_outside_its_bounds(
    cls: type[Member],
) -> None:
    for card in cards(cls):
        if card.shape in ("integer", "number"):
            for bound, step in ((card.minimum, -1), (card.maximum, 1)):
                if bound is not None:
                    with pytest.raises(ValueError, match=card.name):
                        cls.model_validate({card.name: bound + step})


@pytest.mark.parametrize("cls", members(Optimizer).values(), ids=lambda cls: cls.__name__)
def test_a_bare_number_is_a_constant_learning_rate(cls: type[Optimizer]) -> None:
    optimizer = cls.model_validate({"learning_rate": 0.25})
    assert optimizer.learning_rate.model_dump() == {"kind": "Constant", "learning_rate": 0.25}


@pytest.mark.parametrize("part", [Dataset, Network, Training], ids=lambda cls: cls.__name__)
def test_every_field_of_an_experiment_part_has_an_editor(part: type[Any]) -> None:
    assert all(card.shape for card in cards(part))


def numeric_paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numeric_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from numeric_paths(item, f"{path}.{index}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


@pytest.mark.parametrize("cls", members(Operation).values(), ids=lambda cls: cls.__name__)
def test_a_text_where_a_number_belongs_is_refused_with_its_path(cls: type[Operation]) -> None:
    before = put(cls())
    for path in numeric_paths(before.model_dump(mode="json")):
        with pytest.raises(UserError) as caught:
            patch.replace(before, path, "much")
        # The two ends of a range are one field.
        assert path in (caught.value.place, f"{caught.value.place}.0", f"{caught.value.place}.1")
        assert caught.value.place in caught.value.sentence
