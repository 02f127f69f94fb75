"""The regularization budget sees everything that holds a network back, and weighs it sensibly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.gui.network.budget import operation_level, penalty_level, shares, total, verdict
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment, Network, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout
from cnnstudio.spec.losses import CategoricalCrossentropy
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import RandomRotation
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.optimizers import AdamW
from cnnstudio.spec.regularizers import L1, L2
from cnnstudio.spec.sources import ClassFolders


def experiment(*layers: Layer, **parts: object) -> Experiment:
    whole = {"dataset": Dataset(source=ClassFolders(path="/images")), **parts}
    return Experiment(model=Network(layers=layers), **whole)  # type: ignore[arg-type]


def test_a_bare_network_has_no_regularization() -> None:
    assert shares(experiment(Conv2D(), Dense())) == ()
    assert verdict(())[0].startswith("None")


def test_every_place_is_seen() -> None:
    made = experiment(
        Conv2D(kernel_regularizer=L2(l2=1e-3)),
        BatchNormalization(),
        Dropout(rate=0.3),
        Dense(bias_regularizer=L1(l1=1e-4)),
        augmentation=Augmentation(operations=(RandomRotation(),)),
        training=Training(optimizer=AdamW(), loss=CategoricalCrossentropy(label_smoothing=0.1)),
    )
    found = [(share.group, share.layers) for share in shares(made)]
    assert sorted(found) == [
        ("augmentation", ()),
        ("decay", ()),
        ("dropout", (2,)),
        ("normalization", (1,)),
        ("penalty", (0,)),
        ("penalty", (3,)),
        ("smoothing", ()),
    ]


def test_equal_penalties_are_one_line_with_all_their_layers() -> None:
    made = experiment(*(Conv2D(kernel_regularizer=L2(l2=0.001)) for _ in range(3)))
    (share,) = shares(made)
    assert share.layers == (0, 1, 2)
    assert share.title == "L2 0.001"


def test_what_is_switched_off_weighs_nothing() -> None:
    off = Augmentation(operations=(RandomRotation(enabled=False), RandomRotation(degrees=0)))
    assert shares(experiment(Dense(), augmentation=off)) == ()


@given(a=st.floats(1e-8, 10), b=st.floats(1e-8, 10))
def test_a_stronger_penalty_never_weighs_less(a: float, b: float) -> None:
    weak, strong = sorted((a, b))
    assert 0 < penalty_level(L2(l2=weak)) <= penalty_level(L2(l2=strong)) <= 2
    assert penalty_level(L1(l1=weak)) <= penalty_level(L1(l1=strong)) <= 2


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_operation_has_a_level(kind: type[Operation]) -> None:
    assert 0 < operation_level(kind()) < 1


def test_heavy_penalties_are_called_strong_and_named() -> None:
    made = experiment(
        Conv2D(kernel_regularizer=L2(l2=0.1)), Dropout(rate=0.6), Dense(bias_regularizer=L1(l1=0.1))
    )
    sentence, tone = verdict(shares(made))
    assert total(shares(made)) > 2
    assert sentence.startswith("Very strong, mostly by L")
    assert tone == "warn"
