"""What blocks a run: each problem has its place, and each offered fix removes it."""

from typing import Any

import pytest

from cnnstudio.spec import defaults, patch
from cnnstudio.spec.defaults import Orientation
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.problems import Problem, problems
from cnnstudio.spec.sources import ClassFolders


def facts(classes: int = 3, images: int = 100, **changes: Any) -> DatasetFacts:
    names = tuple(f"class {n}" for n in range(classes))
    train, rest = round(images * 0.7), round(images * 0.15)
    known: dict[str, Any] = {
        "class_names": names,
        "counts": {
            "train": dict.fromkeys(names, train),
            "validation": dict.fromkeys(names, rest),
            "test": dict.fromkeys(names, rest),
        },
        "median_short_side": 100,
        "aspect_p10": 1.0,
        "aspect_p90": 1.0,
        "gray": False,
        "own_split": False,
    }
    return DatasetFacts(**{**known, **changes})


def proposal(known: DatasetFacts | None = None, orientation: Orientation = "photos") -> Experiment:
    return defaults.propose("x", ClassFolders(path="/x"), known or facts(), orientation)


def only(experiment: Experiment, known: DatasetFacts | None = None) -> Problem:
    found = problems(experiment, known or facts())
    assert len(found) == 1
    assert found[0].sentence.endswith(".")
    return found[0]


@pytest.mark.parametrize("orientation", ["photos", "text", "any"])
@pytest.mark.parametrize("classes", [2, 3, 10, 200])
@pytest.mark.parametrize("images", [5, 50, 2000])
@pytest.mark.parametrize("side", [8, 28, 32, 64, 100, 300])
def test_a_proposed_experiment_has_no_problem(
    orientation: Orientation, classes: int, images: int, side: int
) -> None:
    known = facts(classes, images, median_short_side=side)
    assert problems(proposal(known, orientation), known) == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("model.layers.12.units", 2),
        ("training.loss", {"kind": "BinaryCrossentropy"}),
        ("training.class_weights", {"class 0": 1.0}),
        ("training.class_weights", {"class 0": 1, "class 1": 1, "class 2": 1, "class 9": 1}),
    ],
)
def test_an_offered_fix_removes_the_problem(path: str, value: object) -> None:
    good = proposal()
    last = len(good.model.layers) - 1
    sick = patch.replace(good, path.replace("12", str(last)), value)
    problem = only(sick)
    assert problem.fix_label
    assert problems(patch.apply(sick, problem.fix), facts()) == ()


def test_a_single_class_blocks_the_run() -> None:
    known = facts(classes=1)
    assert "only one class" in only(proposal(known), known).sentence


def test_a_class_without_training_images_blocks_the_run() -> None:
    known = facts()
    counts = {s: dict(c) for s, c in known.counts.items()}
    counts["train"]["class 1"] = 0
    known = known.model_copy(update={"counts": counts})
    assert "“class 1” has no training image" in only(proposal(), known).sentence


def test_too_much_pooling_blocks_the_run_at_the_layer_that_breaks() -> None:
    experiment = patch.replace(proposal(), "dataset.image_size", (4, 4))
    problem = only(experiment)
    assert problem.path.startswith("model.layers.")
    assert "needs at least 2×2" in problem.sentence


def test_an_empty_network_and_one_that_ends_in_an_image_block_the_run() -> None:
    empty = patch.replace(proposal(), "model.layers", [])
    assert "no layers" in only(empty).sentence
    image = patch.replace(proposal(), "model.layers", [{"kind": "Conv2D"}])
    assert "ends in an image" in only(image).sentence


def test_early_stopping_on_validation_needs_validation_images() -> None:
    known = facts()
    known = known.model_copy(update={"counts": {**known.counts, "validation": {}}})
    problem = only(proposal(), known)
    assert problem.path == "training.policies.0.monitor"
    assert problems(patch.apply(proposal(), problem.fix), known) == ()
