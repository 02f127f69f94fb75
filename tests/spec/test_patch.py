"""Dotted paths into an experiment."""

import pytest

from cnnstudio.spec import patch
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment, Network
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.optimizers import SGD
from cnnstudio.spec.patch import Change
from cnnstudio.spec.sources import ClassFolders

BASE = Experiment(
    dataset=Dataset(source=ClassFolders(path="/x")),
    model=Network(layers=(Conv2D(), Dense(units=7))),
)


def test_a_change_touches_its_place_alone() -> None:
    changed = patch.replace(BASE, "model.layers.1.units", 9)
    assert patch.get(changed, "model.layers.1.units") == 9
    assert patch.replace(changed, "model.layers.1.units", 7) == BASE


def test_members_and_plain_values_mean_the_same() -> None:
    by_member = patch.replace(BASE, "model.layers", (Dense(units=3), Conv2D()))
    by_plain = patch.replace(
        BASE, "model.layers", [{"kind": "Dense", "units": 3}, {"kind": "Conv2D"}]
    )
    assert by_member == by_plain


def test_several_changes_are_validated_together() -> None:
    changes = (
        Change(path="training.optimizer.learning_rate", value=0.1),
        Change(path="dataset.image_size", value=[32, 48]),
    )
    changed = patch.apply(BASE, changes)
    assert changed.input_shape == (32, 48, 3)
    assert changed.training.optimizer.learning_rate.peak == 0.1


def test_a_bare_name_is_a_member_with_its_defaults() -> None:
    changed = patch.replace(BASE, "training.optimizer", "SGD")
    assert changed.training.optimizer == SGD()


def test_another_kind_keeps_the_fields_that_both_have() -> None:
    before = patch.replace(BASE, "training.optimizer.global_clipnorm", 2.0)
    changed = patch.replace(before, "training.optimizer.kind", "SGD")
    assert changed.training.optimizer.kind == "SGD"
    assert changed.training.optimizer.global_clipnorm == 2.0


def test_an_unknown_kind_is_refused_in_words() -> None:
    with pytest.raises(UserError, match="unknown kind “Sgd”"):
        patch.replace(BASE, "training.optimizer.kind", "Sgd")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "nowhere",
        "model.layers.7",
        "model.layers.x",
        "model.layers.²",
        "training..epochs",
        "name.x",
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(UserError):
        patch.get(BASE, path)
    with pytest.raises(UserError):
        patch.replace(BASE, path, 1)
