"""What makes a run impossible: each with its place, one sentence and, where one exists, a fix."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.patch import Change
from cnnstudio.spec.policies import EarlyStopping
from cnnstudio.spec.shapes import walk


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must be put right before a run can start.

    `path` is the dotted path into the experiment, `fix` the changes of a one-click remedy with
    `fix_label` as the words on its button.
    """

    path: str
    sentence: str
    fix: tuple[Change, ...] = ()
    fix_label: str = ""


def without_images(found: Sequence[Problem]) -> str:
    """Why the images are unknown: the sentence of the problem that their reading ended with."""
    places = ("dataset.source", "dataset.intensity")
    return next((problem.sentence for problem in found if problem.path in places), "")


def problems(experiment: Experiment, facts: DatasetFacts | None) -> tuple[Problem, ...]:
    """Every problem, in the order of the experiment; without facts only those of the spec alone."""
    found: list[Problem] = []
    if facts is not None:
        found += _data(facts)
    found += _network(experiment, facts)
    found += _training(experiment, facts)
    return tuple(found)


def _data(facts: DatasetFacts) -> Iterator[Problem]:
    if len(facts.class_names) < 2:
        yield Problem(
            "dataset.source",
            "There is only one class of images; a classifier needs at least two.",
        )
    train = facts.counts.get("train", {})
    for name in facts.class_names:
        if train.get(name, 0) == 0:
            yield Problem(
                "dataset.split",
                f"The class “{name}” has no training image: add images or make the validation "
                "and test shares smaller.",
            )


def _network(experiment: Experiment, facts: DatasetFacts | None) -> Iterator[Problem]:
    layers = experiment.model.layers
    if not layers:
        yield Problem("model.layers", "The network has no layers yet: add one, or use a template.")
        return
    network = walk(experiment)
    for layer in network.layers:
        if layer.problem is not None:
            yield Problem(f"model.layers.{layer.index}", layer.problem)
            return
    shape = network.output_shape
    last = f"model.layers.{len(layers) - 1}"
    if shape is not None and len(shape) != 1:
        yield Problem(
            last,
            "The network ends in an image, not in class scores: add Flatten or global average "
            "pooling, and a Dense layer.",
        )
        return
    if network.parameters.trainable == 0:
        yield Problem("model.layers", "No layer of the network has weights to train.")
    if facts is not None and shape is not None:
        yield from _output(experiment, shape[0], len(facts.class_names))


def _output(experiment: Experiment, units: int, classes: int) -> Iterator[Problem]:
    loss = experiment.training.loss
    layers = experiment.model.layers
    dense = next((i for i in reversed(range(len(layers))) if layers[i].kind == "Dense"), None)
    path = f"model.layers.{dense}.units" if dense is not None else "model.layers"
    if loss.target == "binary":
        if classes != 2:
            yield Problem(
                "training.loss",
                f"Binary cross-entropy tells two classes apart, but there are {classes}.",
                (Change(path="training.loss", value={"kind": "SparseCategoricalCrossentropy"}),),
                "Use categorical cross-entropy",
            )
        elif units != 1:
            yield Problem(
                path,
                f"Binary cross-entropy needs one output unit, but the network has {units}.",
                (Change(path="training.loss", value={"kind": "SparseCategoricalCrossentropy"}),),
                "Use categorical cross-entropy",
            )
    elif units < classes or (loss.target == "one_hot" and units != classes):
        fix = (Change(path=path, value=classes),) if dense is not None else ()
        yield Problem(
            path,
            f"The last layer has {units} output unit{'s' * (units != 1)}, "
            f"but there are {classes} classes.",
            fix,
            f"Use {classes} units" if fix else "",
        )


def _training(experiment: Experiment, facts: DatasetFacts | None) -> Iterator[Problem]:
    training = experiment.training
    weights = training.class_weights
    if isinstance(weights, dict) and facts is not None:
        unknown = sorted(set(weights) - set(facts.class_names))
        missing = sorted(set(facts.class_names) - set(weights))
        if unknown or missing:
            names = ", ".join(f"“{n}”" for n in (unknown or missing))
            what = "name classes that do not exist" if unknown else "leave out classes"
            yield Problem(
                "training.class_weights",
                f"The class weights {what}: {names}.",
                (Change(path="training.class_weights", value="balanced"),),
                "Use balanced weights",
            )
    if facts is None or facts.images("validation") > 0:
        return
    for index, policy in enumerate(training.policies):
        if isinstance(policy, EarlyStopping) and policy.monitor.startswith("validation"):
            other = policy.monitor.replace("validation", "training")
            yield Problem(
                f"training.policies.{index}.monitor",
                "Early stopping watches validation, but no images are set aside for it.",
                (Change(path=f"training.policies.{index}.monitor", value=other),),
                "Watch training instead",
            )
