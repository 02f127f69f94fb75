"""Each static rule speaks up about its own fault, with evidence and a remedy that cures."""

from collections.abc import Callable

import pytest

from cnnstudio.doctor.rules.registry import STATIC
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.patch import apply

Change = Callable[[dict[str, object]], Experiment]
Find = Callable[..., dict[str, Finding]]

CONV: dict[str, object] = {"kind": "Conv2D", "filters": 16}
POOL: dict[str, object] = {"kind": "MaxPooling2D"}
NORM: dict[str, object] = {"kind": "BatchNormalization", "momentum": 0.9}
GAP: dict[str, object] = {"kind": "GlobalAveragePooling2D"}
FLAT: dict[str, object] = {"kind": "Flatten"}
OUT: dict[str, object] = {"kind": "Dense", "units": 4, "activation": "softmax"}


def dense(units: int = 64, **fields: object) -> dict[str, object]:
    return {"kind": "Dense", "units": units, **fields}


def conv(**fields: object) -> dict[str, object]:
    return {**CONV, **fields}


def dropout(rate: float) -> dict[str, object]:
    return {"kind": "Dropout", "rate": rate}


SICK: dict[str, list[dict[str, object]]] = {
    "P1": [{"model.input_scaling": "none", "model.layers": [CONV, POOL, CONV, FLAT, OUT]}],
    "P5": [
        {"augmentation.operations": [{"kind": "RandomCrop", "fraction": 0.9}]},
        {
            "augmentation.operations": [
                {"kind": "RandomShift", "width": 0.6, "height": 0.6},
                {"kind": "RandomRotation", "degrees": 90},
            ]
        },
    ],
    "P7": [
        {"augmentation.operations": [{"kind": "RandomShear", "degrees": 0.2}]},
        {"augmentation.operations": [{"kind": "RandomRotation", "degrees": 0.1}]},
        {"augmentation.operations": [{"kind": "RandomBrightness", "fraction": 1.0}]},
    ],
    "A2": [
        {"model.layers": [*[CONV, POOL] * 6, CONV, GAP, OUT]},
        {"model.layers": [CONV, CONV, FLAT, OUT]},
    ],
    "A3": [{"model.layers": [conv(activation="linear"), CONV, GAP, OUT]}],
    "A4": [
        {"model.layers": [CONV, GAP, dense(activation="softmax"), OUT]},
        {"model.layers": [conv(activation="sigmoid"), POOL, CONV, GAP, OUT]},
        {"model.layers": [*[conv(activation="tanh")] * 5, GAP, OUT]},
    ],
    "A6": [{"model.layers": [*[CONV] * 12, GAP, OUT]}],
    "A7": [{"model.layers": [CONV, GAP, dense(2), OUT]}],
    "A8": [
        {"model.layers": [conv(kernel_size=15), POOL, CONV, GAP, OUT]},
        {"model.layers": [CONV, POOL, CONV, POOL, FLAT, dense(2048), OUT]},
    ],
    "A10": [{"model.layers": [CONV, dropout(0.3), NORM, GAP, OUT]}],
    "L1": [{"model.layers": [CONV, GAP, dense(10, activation="softmax")]}],
    "L2": [
        {
            "model.layers": [CONV, GAP, dense(1, activation="softmax")],
            "training.loss": {"kind": "BinaryCrossentropy"},
        }
    ],
    "L3": [
        {"model.layers": [CONV, GAP, dense(4, activation="linear")]},
        {"model.layers": [CONV, GAP, dense(4, activation="relu")]},
        {"model.layers": [CONV, GAP, dense(4, activation="sigmoid")]},
        {
            "model.layers": [CONV, GAP, dense(4, activation="relu")],
            "training.loss.from_logits": True,
        },
    ],
    "L4": [
        {"model.layers": [CONV, GAP, OUT, {"kind": "Activation", "activation": "softmax"}]},
        {"training.loss.from_logits": True},
    ],
    "L7": [{"training.class_weights": {"cat": 500.0, "dog": 1.0, "horse": 1.0, "sheep": 1.0}}],
    "L8": [{"training.loss": {"kind": "CategoricalCrossentropy", "label_smoothing": 0.4}}],
    "O1": [
        {"training.optimizer": {"kind": "Adam", "learning_rate": 0.1}},
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 0.5},
            "model.layers": [CONV, POOL, CONV, GAP, OUT],
        },
        {"training.optimizer": {"kind": "SGD", "learning_rate": 1.0, "momentum": 0.9}},
    ],
    "O2": [{"training.optimizer": {"kind": "Adam", "learning_rate": 1e-6}}],
    "O3": [
        {
            "training.optimizer.learning_rate": {
                "kind": "ExponentialDecay",
                "decay_steps": 20,
                "decay_rate": 0.5,
            }
        },
        {
            "training.optimizer.learning_rate": {
                "kind": "ExponentialDecay",
                "decay_steps": 10_000,
                "decay_rate": 0.9,
                "staircase": True,
            }
        },
        {
            "training.optimizer.learning_rate": {
                "kind": "PiecewiseConstantDecay",
                "boundaries": [9000, 9500],
            }
        },
        {
            "training.optimizer.learning_rate": {
                "kind": "CosineDecay",
                "initial_learning_rate": 1e-6,
                "warmup_target": 1e-3,
                "warmup_steps": 2800,
            }
        },
    ],
    "O4": [
        {"training.optimizer": {"kind": "Adam", "epsilon": 1e-16}},
        {"training.optimizer": {"kind": "SGD", "momentum": 0.999}},
    ],
    "O5": [
        {
            "training.optimizer": {"kind": "SGD", "learning_rate": 0.01},
            "model.layers": [*[CONV] * 5, GAP, OUT],
        }
    ],
    "O6": [{"dataset.batch_size": 2}],
    "O7": [{"dataset.batch_size": 512, "training.epochs": 20}],
    "O8": [{"training.optimizer": {"kind": "SGD", "global_clipnorm": 1e-4}}],
    "O9": [
        {"training.epochs": 1},
        {"training.policies": [{"kind": "EarlyStopping", "patience": 1}]},
    ],
    "O11": [{"training.precision": "mixed_float16"}],
    "R1": [
        {
            "model.layers": [
                conv(kernel_regularizer={"kind": "L2", "l2": 0.1}),
                POOL,
                CONV,
                FLAT,
                dense(64, kernel_regularizer={"kind": "L1", "l1": 0.1}),
                OUT,
            ]
        }
    ],
    "R2": [{"model.layers": [CONV, GAP, dropout(0.9), OUT]}],
    "R3": [
        {"model.layers": [CONV, GAP, OUT, dropout(0.5)]},
        {"model.layers": [dropout(0.5), CONV, GAP, OUT]},
        {"model.layers": [*[CONV, dropout(0.25), POOL] * 4, GAP, OUT]},
    ],
    "R4": [
        {"training.optimizer": {"kind": "AdamW", "learning_rate": 0.01, "weight_decay": 0.5}},
    ],
    "R5": [
        {
            "training.optimizer": {"kind": "AdamW"},
            "model.layers": [
                conv(kernel_regularizer={"kind": "L2", "l2": 1e-4}),
                GAP,
                dropout(0.3),
                OUT,
            ],
        }
    ],
    "M3": [{"model.layers": [CONV, {"kind": "BatchNormalization"}, POOL, CONV, GAP, OUT]}],
}
CASES = [(cause, i) for cause, variants in SICK.items() for i in range(len(variants))]


@pytest.mark.parametrize(("cause", "variant"), CASES)
def test_a_sick_experiment_is_told_its_cause_and_cured_by_the_remedy(
    cause: str, variant: int, changed: Change, found: Find
) -> None:
    experiment = changed(SICK[cause][variant])
    findings = found(experiment)
    assert cause in findings
    finding = findings[cause]
    assert any(c.isdigit() for c in " ".join(finding.evidence)), "evidence has numbers"
    assert finding.remedy, "a person is offered a way out"
    assert finding.remedy_label
    cured = apply(experiment, finding.remedy)
    again = found(cured)
    # Dense spatial collapse takes one pooling at a time; everything else is cured at once.
    assert cause not in again or cause == "A2"


DATA: dict[str, dict[str, object]] = {
    "D4": {"counts": {"cat": 1000, "dog": 80}},
    "D5": {"counts": {"cat": 400, "dog": 380, "thumbs": 3}},
    "D6": {"unreadable": 3},
    "D8": {"counts": {"cat": 12, "dog": 12}},
    "D9": {"counts": {"cat": 200, "dog": 200}, "validation": {"cat": 40, "dog": 0}},
    "P10": {"gray": True},
}


@pytest.mark.parametrize("cause", DATA)
def test_sick_data_are_told_their_cause(
    cause: str, healthy: Experiment, found: Find, make_facts: Callable[..., DatasetFacts]
) -> None:
    findings = found(healthy, make_facts(**DATA[cause]))
    assert cause in findings
    assert findings[cause].evidence
    if findings[cause].remedy:
        apply(healthy, findings[cause].remedy)


def test_uneven_classes_with_balanced_weights_are_no_finding(
    changed: Change, found: Find, make_facts: Callable[..., DatasetFacts]
) -> None:
    weighted = changed({"training.class_weights": "balanced"})
    assert "D4" not in found(weighted, make_facts(counts={"cat": 1000, "dog": 80}))


def test_small_input_of_large_photos_may_lose_what_matters(
    changed: Change, found: Find, make_facts: Callable[..., DatasetFacts]
) -> None:
    tiny = changed({"dataset.image_size": [24, 24]})
    assert "D10" in found(tiny, make_facts(side=500))
    assert "D10" not in found(tiny, make_facts(side=28))


def test_few_images_without_augmentation_are_pointed_out(
    changed: Change, found: Find, make_facts: Callable[..., DatasetFacts]
) -> None:
    still = changed({"augmentation.operations": []})
    assert "P9" in found(still, make_facts(counts={"cat": 100, "dog": 100}))
    assert "P9" not in found(still, make_facts(counts={"cat": 900, "dog": 900}))


@pytest.mark.parametrize(
    ("names", "operation", "swapped"),
    [
        (("b", "d", "x"), {"kind": "RandomFlip"}, True),
        (("turn_left", "turn_right"), {"kind": "RandomFlip"}, True),
        (("Left", "Right"), {"kind": "RandomFlip"}, True),
        (("6", "9", "1"), {"kind": "RandomQuarterTurn"}, True),
        (("6", "9", "1"), {"kind": "RandomRotation", "degrees": 180}, True),
        (("6", "9", "1"), {"kind": "RandomRotation", "degrees": 20}, False),
        (("6", "9", "1"), {"kind": "RandomFlip"}, False),
        (("cat", "dog"), {"kind": "RandomFlip", "mode": "horizontal_and_vertical"}, False),
        (("b", "d"), {"kind": "RandomFlip", "enabled": False}, False),
        (("kind 6", "kind 9"), {"kind": "RandomQuarterTurn"}, False),
    ],
)
def test_mirrors_and_turns_that_swap_two_classes_are_named(
    names: tuple[str, ...],
    operation: dict[str, object],
    swapped: bool,
    changed: Change,
    found: Find,
    make_facts: Callable[..., DatasetFacts],
) -> None:
    experiment = changed({"augmentation.operations": [operation]})
    findings = found(experiment, make_facts(counts=dict.fromkeys(names, 300)))
    assert ("P6" in findings) is swapped


def test_a_normalization_behind_the_first_layer_makes_raw_input_harmless(
    changed: Change, found: Find
) -> None:
    layers = [conv(activation="linear"), NORM, {"kind": "Activation"}, POOL, CONV, GAP, OUT]
    assert "P1" not in found(changed({"model.input_scaling": "none", "model.layers": layers}))


def test_every_static_rule_has_a_sick_experiment() -> None:
    # D7 and M4 need a health check: test_health.py.
    tested = {*SICK, *DATA, "D10", "P6", "P9", "D7", "M4"}
    assert set(STATIC) == tested
