"""Sets of Keras in an experiment: named, never by a place on one computer's disk."""

from pathlib import Path
from typing import get_args

import pytest

from cnnstudio.spec import files
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.keras_sets import KERAS_SETS, KerasSet, SetName, keras_set
from cnnstudio.spec.sources import KerasDataset


def test_every_name_has_its_set() -> None:
    assert [one.name for one in KERAS_SETS] == list(get_args(SetName))


@pytest.mark.parametrize("one", KERAS_SETS, ids=lambda one: one.name)
def test_a_set_tells_classes_apart_and_is_found_by_its_name(one: KerasSet) -> None:
    assert len(set(one.class_names)) == len(one.class_names) in {10, 100}
    assert keras_set(one.name) is keras_set(one.path) is one
    assert KerasDataset(name=one.name).path == one.path


def test_an_unknown_set_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="no set of images “imdb”; there are mnist, fashion_mnist"):
        keras_set("keras:imdb")


def test_an_experiment_keeps_the_name_of_its_set_and_no_path(tmp_path: Path) -> None:
    experiment = Experiment(dataset=Dataset(source=KerasDataset(name="cifar10")))
    path = tmp_path / "experiment.yaml"
    files.save(experiment, path)
    assert "source: {kind: keras_dataset, name: cifar10}" in path.read_text("utf-8")
    assert str(tmp_path) not in path.read_text("utf-8")
    assert files.load(path) == experiment


def test_a_set_in_a_file_that_keras_does_not_have_is_named(tmp_path: Path) -> None:
    text = "cnnstudio: 1\ndataset: {source: {kind: keras_dataset, name: imagenet}}\n"
    with pytest.raises(UserError, match="cifar100") as caught:
        files.loads(text, tmp_path)
    assert caught.value.place == "dataset.source.name"
