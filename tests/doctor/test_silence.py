"""Static rules are silent on healthy experiments and never fail on strange ones."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.doctor.static import static_findings
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.defaults import Orientation, propose
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.optimizers import Optimizer
from cnnstudio.spec.patch import apply
from cnnstudio.spec.schedules import Schedule
from cnnstudio.spec.sources import ClassFolders

Change = Callable[[dict[str, object]], Experiment]
Find = Callable[..., dict[str, Finding]]

CONV: dict[str, object] = {"kind": "Conv2D", "filters": 16}
POOL: dict[str, object] = {"kind": "MaxPooling2D"}
GAP: dict[str, object] = {"kind": "GlobalAveragePooling2D"}
FLAT: dict[str, object] = {"kind": "Flatten"}
OUT: dict[str, object] = {"kind": "Dense", "units": 4, "activation": "softmax"}


def dense(units: int = 64, **fields: object) -> dict[str, object]:
    return {"kind": "Dense", "units": units, **fields}


def conv(**fields: object) -> dict[str, object]:
    return {**CONV, **fields}


def dropout(rate: float) -> dict[str, object]:
    return {"kind": "Dropout", "rate": rate}


@pytest.mark.parametrize("orientation", ["photos", "text", "any"])
def test_a_proposed_experiment_leaves_every_rule_silent(
    orientation: Orientation, facts: DatasetFacts
) -> None:
    experiment = propose("clean", ClassFolders(path="/images"), facts, orientation)
    assert static_findings(experiment, facts) == ()
    assert static_findings(experiment, None) == ()


@settings(max_examples=60, deadline=None)
@given(
    classes=st.integers(2, 60),
    each=st.integers(30, 3000),
    side=st.integers(8, 4000),
    orientation=st.sampled_from(["photos", "text", "any"]),
)
def test_proposals_for_any_ordinary_folder_leave_every_rule_silent(
    classes: int, each: int, side: int, orientation: Orientation
) -> None:
    names = tuple(f"kind {i}" for i in range(classes))
    facts = DatasetFacts(
        class_names=names,
        counts={
            "train": dict.fromkeys(names, each),
            "validation": dict.fromkeys(names, max(1, each // 5)),
            "test": dict.fromkeys(names, 0),
        },
        median_short_side=side,
        aspect_p10=0.8,
        aspect_p90=1.2,
        gray=False,
        own_split=False,
    )
    experiment = propose("clean", ClassFolders(path="/images"), facts, orientation)
    assert static_findings(experiment, facts) == ()


CLEAN_NETWORKS = {
    "the small MNIST network of the Keras examples": [
        conv(filters=32, padding="valid"),
        conv(filters=64, padding="valid"),
        POOL,
        dropout(0.25),
        FLAT,
        dense(128),
        dropout(0.5),
        OUT,
    ],
    "a plain network with a mild L2 everywhere": [
        conv(filters=32, kernel_size=5, kernel_regularizer={"kind": "L2", "l2": 1e-5}),
        POOL,
        conv(filters=64, kernel_regularizer={"kind": "L2", "l2": 1e-5}),
        POOL,
        FLAT,
        dense(512, kernel_regularizer={"kind": "L2", "l2": 1e-5}),
        OUT,
    ],
    "three pooled convolutions and two dense layers": [
        conv(filters=32),
        POOL,
        conv(filters=64),
        POOL,
        conv(filters=128),
        POOL,
        FLAT,
        dense(256),
        dense(128),
        OUT,
    ],
}


@pytest.mark.parametrize("name", CLEAN_NETWORKS)
def test_common_networks_leave_every_rule_silent(
    name: str, changed: Change, found: Find, make_facts: Callable[..., DatasetFacts]
) -> None:
    for size in (28, 32):
        experiment = changed(
            {"model.layers": CLEAN_NETWORKS[name], "dataset.image_size": [size, size]}
        )
        assert found(experiment, make_facts(side=size)) == {}


LAYERS = st.sampled_from(sorted(members(Layer))).map(lambda kind: {"kind": kind})
OPERATIONS = st.sampled_from(sorted(members(Operation))).map(lambda kind: {"kind": kind})


@settings(max_examples=80, deadline=None)
@given(
    layers=st.lists(LAYERS, max_size=8),
    operations=st.lists(OPERATIONS, max_size=4),
    optimizer=st.sampled_from(sorted(members(Optimizer))),
    schedule=st.sampled_from(sorted(members(Schedule))),
    size=st.integers(1, 40),
    with_facts=st.booleans(),
)
def test_no_experiment_makes_a_rule_fail(
    layers: list[dict[str, object]],
    operations: list[dict[str, object]],
    optimizer: str,
    schedule: str,
    size: int,
    with_facts: bool,
) -> None:
    experiment = Experiment.model_validate(
        {
            "dataset": {
                "source": {"kind": "class_folders", "path": "/images"},
                "image_size": [size, size],
            },
            "augmentation": {"operations": operations},
            "model": {"layers": layers},
            "training": {
                "optimizer": {"kind": optimizer, "learning_rate": {"kind": schedule}},
            },
        }
    )
    facts = DatasetFacts(
        class_names=("a", "b"),
        counts={"train": {"a": 30, "b": 40}, "validation": {}, "test": {}},
        median_short_side=20,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=False,
    )
    findings = static_findings(experiment, facts if with_facts else None)
    assert findings == static_findings(experiment, facts if with_facts else None)
    for finding in findings:
        apply(experiment, finding.remedy)
