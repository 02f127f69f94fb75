"""Every template fits every image size and number of classes that people bring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.network.templates import Template, network_of, templates
from cnnstudio.spec.experiment import Dataset, Experiment, Network
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.problems import problems
from cnnstudio.spec.sources import ClassFolders


def facts(classes: int) -> DatasetFacts:
    names = tuple(f"class {number}" for number in range(classes))
    return DatasetFacts(
        class_names=names,
        counts={"train": dict.fromkeys(names, 10), "validation": dict.fromkeys(names, 2)},
        median_short_side=64,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=False,
    )


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
@given(side=st.integers(4, 256), classes=st.integers(2, 40))
def test_a_template_has_no_problem(template: Template, side: int, classes: int) -> None:
    empty = Experiment(
        dataset=Dataset(source=ClassFolders(path="/images"), image_size=(side, side))
    )
    known = facts(classes)
    made = empty.model_copy(update={"model": network_of(template, empty, known)})
    assert problems(made, known) == ()


def test_without_facts_the_number_of_classes_stays() -> None:
    made = Experiment(
        dataset=Dataset(source=ClassFolders(path="/images")),
        model=Network(layers=(Flatten(), Dense(units=7, activation="softmax"))),
    )
    last = network_of(templates()[0], made, None).layers[-1]
    assert isinstance(last, Dense)
    assert last.units == 7
