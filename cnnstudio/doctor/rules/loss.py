"""What the end of the network and its loss reveal: units, activations, weights, smoothing."""

from collections.abc import Iterator
from math import e, log

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.doctor.rules.words import counted, number, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from cnnstudio.spec.patch import Change

LARGEST_RATIO = 100.0
LARGEST_EFFECT = 20.0


@static_rule("L1")
def spare_units(case: Case) -> Iterator[Finding]:
    """More output units than classes; fewer are a problem that blocks the run."""
    last, facts = case.reading.last_weighted, case.facts
    if facts is None or last is None or not isinstance(last.layer, Dense):
        return
    units, classes = last.layer.units, len(facts.class_names)
    if classes >= 2 and units > classes and case.experiment.training.loss.target == "index":
        yield finding(
            "L1",
            f"The last layer has {units} units, but there are {classes} classes.",
            severity="warning",
            confidence=0.9,
            evidence=(f"{counted(units - classes, 'unit')} stand for no class.",),
            remedy=(Change(path=f"{last.path}.units", value=classes),),
            label=f"Use {classes} units",
        )


@static_rule("L2")
def softmax_on_one_unit(case: Case) -> Iterator[Finding]:
    """A single output with softmax."""
    outputs = [(p, a) for p, a in case.reading.output_activations() if a == "softmax"]
    if outputs and case.reading.network.output_shape == (1,):
        yield finding(
            "L2",
            "Softmax over a single unit is 1 whatever the image shows, so nothing is learned.",
            severity="error",
            confidence=1.0,
            evidence=("The output layer has one unit, and softmax makes the outputs sum to 1.",),
            remedy=tuple(Change(path=f"{p.path}.activation", value="sigmoid") for p, _ in outputs),
            label="Use sigmoid",
        )


@static_rule("L3")
def wrong_output(case: Case) -> Iterator[Finding]:
    """An output activation that the loss cannot read."""
    loss, last = case.experiment.training.loss, case.reading.last_weighted
    if last is None or not case.reading.sound:
        return
    if not isinstance(
        loss, SparseCategoricalCrossentropy | CategoricalCrossentropy | BinaryCrossentropy
    ):
        return
    wanted = "sigmoid" if loss.target == "binary" else "softmax"
    outputs = case.reading.output_activations()
    name = outputs[-1][1] if outputs else "linear"
    if name == wanted or (name == "linear" and loss.from_logits):
        return
    if name == "softmax" and case.reading.network.output_shape == (1,):
        return  # L2
    place = outputs[-1][0] if outputs else last
    said = "logits (any number)" if loss.from_logits else "probabilities (0 to 1)"
    mild = name == "sigmoid" and not loss.from_logits
    if loss.from_logits:
        remedy, label = Change(path=f"{place.path}.activation", value="linear"), "Use no activation"
    else:
        remedy = Change(path=f"{place.path}.activation", value=wanted)
        label = f"Use {wanted}"
    yield finding(
        "L3",
        f"The loss expects {said}, but the network ends in "
        f"{'no activation' if name == 'linear' else name}.",
        severity="warning" if mild else "error",
        confidence=0.6 if mild else 0.9,
        evidence=(
            f"{place.heading}: activation {name}; loss {loss.title()}, from logits: "
            f"{'yes' if loss.from_logits else 'no'}.",
            f"At the start a sound loss is near ln {case.classes} = {case.chance_loss:.2f}; "
            "this one starts elsewhere.",
        ),
        remedy=(remedy,),
        label=label,
    )


@static_rule("L4")
def double_softmax(case: Case) -> Iterator[Finding]:
    """Two softmax in sequence; a loss from logits after one softmax is harmless and is told so."""
    outputs = [p for p, a in case.reading.output_activations() if a == "softmax"]
    loss = case.experiment.training.loss
    if len(outputs) > 1:
        floor = log(1 + (case.classes - 1) / e)
        yield finding(
            "L4",
            "Softmax is applied twice, so no answer can become certain.",
            severity="error",
            confidence=0.9,
            evidence=(
                f"{outputs[0].heading} and {outputs[1].words} both apply softmax.",
                f"The loss cannot fall below {floor:.2f}; blind guessing has "
                f"{case.chance_loss:.2f}.",
            ),
            remedy=tuple(Change(path=f"{p.path}.activation", value="linear") for p in outputs[:-1]),
            label="Remove one",
        )
    elif outputs and getattr(loss, "from_logits", False):
        yield finding(
            "L4",
            "The network ends in softmax and the loss is told that it gets logits; it then "
            "computes with the logits before the softmax, which is harmless.",
            severity="information",
            confidence=0.9,
            evidence=(f"{outputs[0].heading} applies softmax; from logits: yes.",),
            remedy=(Change(path="training.loss.from_logits", value=False),),
            label="Say that it gets probabilities",
        )


@static_rule("L7")
def class_weights(case: Case) -> Iterator[Finding]:
    """Class weights so far apart that a few images rule the loss."""
    weights = case.experiment.training.class_weights
    if not isinstance(weights, dict) or len(weights) < 2:
        return
    ratio = max(weights.values()) / min(weights.values())
    train = case.facts.counts.get("train", {}) if case.facts is not None else {}
    sums = {name: train.get(name, 0) * weight for name, weight in weights.items()}
    effect = max(sums.values()) / min(sums.values()) if all(sums.values()) else 0.0
    uneven = case.facts.imbalance if case.facts is not None else 1.0
    # Weights that leave the classes more uneven than they were.
    worse = effect > max(LARGEST_EFFECT, 2 * uneven)
    if ratio <= LARGEST_RATIO and not worse:
        return
    heavy = max(weights, key=lambda name: weights[name])
    total = sum(sums.values())
    yield finding(
        "L7",
        f"“{heavy}” counts {number(round(ratio))} times as much as the lightest class.",
        severity="warning",
        confidence=0.7,
        evidence=(
            f"Class weights reach from {number(min(weights.values()))} to "
            f"{number(max(weights.values()))}.",
            *(
                (f"{percent(max(sums.values()) / total)} of the loss comes from one class.",)
                if total
                else ()
            ),
        ),
        remedy=(Change(path="training.class_weights", value="balanced"),),
        label="Use balanced class weights",
    )


@static_rule("L8")
def smoothed_away(case: Case) -> Iterator[Finding]:
    """Label smoothing above 0.2."""
    loss = case.experiment.training.loss
    if isinstance(loss, CategoricalCrossentropy) and loss.label_smoothing > 0.2:
        s, n = loss.label_smoothing, case.classes
        right, wrong = 1 - s + s / n, s / n
        floor = -right * log(right) - (n - 1) * wrong * log(wrong)
        yield finding(
            "L8",
            f"Labels are smoothed by {percent(s)}: the true class is only {percent(right)} true.",
            severity="warning",
            confidence=0.6,
            evidence=(
                f"The loss cannot fall below {floor:.2f}; blind guessing has "
                f"{case.chance_loss:.2f}.",
            ),
            remedy=(Change(path="training.loss.label_smoothing", value=0.1),),
            label="Smooth by 10 %",
        )
