"""What regularizers reveal: penalties, dropout and decay that outweigh learning."""

from collections.abc import Iterator
from math import exp

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.network import Placed
from cnnstudio.doctor.penalty import initial_penalty, shares, weaker
from cnnstudio.doctor.rules.registry import static_rule, train_rule
from cnnstudio.doctor.rules.words import listed, number, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.losses import CategoricalCrossentropy
from cnnstudio.spec.patch import Change

MILD = 0.1
"""Share of ln(classes) under which a penalty does not steer training."""


@static_rule("R1")
def penalty_outweighs(case: Case) -> Iterator[Finding]:
    """A weight penalty that is larger than the loss of blind guessing before the first step."""
    penalty = initial_penalty(case.reading)
    ratio = penalty / case.chance_loss
    if ratio <= 1:
        return
    costly = max(shares(case.reading), key=lambda share: share.penalty)
    yield finding(
        "R1",
        f"The weight penalty starts at {number(penalty)}; the loss of blind guessing is only "
        f"{case.chance_loss:.2f}.",
        severity="warning" if ratio > 3 else "information",
        confidence=0.7 if ratio > 10 else 0.55 if ratio > 3 else 0.35,
        evidence=(
            f"Penalty of the first weights: {number(penalty)}, "
            f"{number(ratio)} times ln {case.classes} = {case.chance_loss:.2f}.",
            f"Most of it is in {costly.words}: {number(costly.penalty)}.",
        ),
        remedy=gentler_penalty(case, penalty),
        label=f"Weaken to {percent(MILD)} of the loss",
    )


@train_rule("R1")
def penalty_rules(case: Case, history: RunHistory) -> Iterator[Finding]:
    """A penalty that was most of the loss while accuracy stayed near chance."""
    training, chance = history.latest("training_accuracy"), history.chance
    if training is None or chance is None or not history.step:
        return
    penalties, losses = history.curve("epoch_penalty")[1], history.curve("training_loss")[1]
    if not len(penalties) or not losses[-1] > 0:
        return
    share = float(penalties[-1] / losses[-1])
    if share <= 0.5 or (training - chance) / (1 - chance) > 0.5:
        return
    yield finding(
        "R1",
        f"{percent(share)} of the loss is weight penalty, and training accuracy is "
        f"{percent(training)} with chance at {percent(chance)}.",
        severity="warning",
        confidence=0.65,
        evidence=(
            f"Epoch {int(history.epochs[-1])}: loss {losses[-1]:.2f}, of which penalty "
            f"{penalties[-1]:.2f}.",
        ),
        remedy=gentler_penalty(case, max(float(penalties.max()), initial_penalty(case.reading))),
        label=f"Weaken to {percent(MILD)} of the loss",
    )


def gentler_penalty(case: Case, penalty: float) -> tuple[Change, ...]:
    """Regularizers weakened until `penalty` is under a tenth of the loss of blind guessing."""
    if penalty <= 0:
        return ()
    return weaker(shares(case.reading), min(1.0, MILD * case.chance_loss / penalty))


@static_rule("R2")
def heavy_dropout(case: Case) -> Iterator[Finding]:
    """A dropout that drops more than half."""
    heavy = [
        (p, p.layer.rate)
        for p in case.reading.dropouts
        if isinstance(p.layer, Dropout) and p.layer.rate > 0.5
    ]
    if not heavy:
        return
    worst, rate = max(heavy, key=lambda item: item[1])
    yield finding(
        "R2",
        f"{worst.heading} drops {percent(rate)} of the values.",
        severity="warning" if rate >= 0.7 else "information",
        confidence=0.75 if rate >= 0.85 else 0.6 if rate >= 0.7 else 0.4,
        evidence=(
            f"Only {percent(1 - rate)} of what the layer before it finds gets through in a step.",
        ),
        remedy=tuple(Change(path=f"{p.path}.rate", value=halved_rate(rate)) for p, rate in heavy),
        label="Halve the rate",
    )


def halved_rate(rate: float) -> float:
    """Half of a dropout rate, at most 0.4, on a step of 0.05."""
    return round(min(0.4, rate / 2) * 20) / 20


@static_rule("R3")
def misplaced_dropout(case: Case) -> Iterator[Finding]:
    """Dropout on class scores, on the input, or after every convolution."""
    last = case.reading.last_weighted
    drops = case.reading.dropouts
    behind = [p for p in drops if last is not None and p.index > last.index]
    if behind:
        yield finding(
            "R3",
            f"{behind[0].heading} drops class scores.",
            severity="warning",
            confidence=0.85,
            evidence=(_dropped(behind[0], "class scores"),),
            remedy=_without_dropouts(case, [p.index for p in behind]),
            label="Remove it",
        )
        return
    first = drops[0] if drops else None
    if first is not None and first.index == 0 and isinstance(first.layer, Dropout):
        if first.layer.rate > 0.2:
            yield finding(
                "R3",
                f"Dropout blackens {percent(first.layer.rate)} of the values of each image.",
                severity="warning",
                confidence=0.5,
                evidence=(_dropped(first, "grey levels"),),
                remedy=_without_dropouts(case, [0]),
                label="Remove it",
            )
        return
    convolutions = [p for p in case.reading.weighted if isinstance(p.layer, Conv2D)]
    spatial = [p for p in drops if p.input_shape is not None and len(p.input_shape) == 3]
    if len(convolutions) >= 4 and len(spatial) >= len(convolutions):
        yield finding(
            "R3",
            f"A dropout follows each of the {len(convolutions)} convolutions.",
            severity="information",
            confidence=0.4,
            evidence=(
                f"{len(spatial)} dropouts act on maps; in sequence they let "
                f"{percent(_kept(spatial))} of a path through.",
            ),
            remedy=_without_dropouts(case, [p.index for p in spatial]),
            label="Keep dropout in the head only",
        )


@static_rule("R4")
def strong_decay(case: Case) -> Iterator[Finding]:
    """Decoupled decay that takes more than half of every weight over the run."""
    decay = getattr(case.experiment.training.optimizer, "weight_decay", None)
    if not decay or case.rate_sum is None or case.steps is None:
        return
    # Each step multiplies the weights by 1 - rate x decay.
    total = case.rate_sum * decay
    if total <= 1:
        return
    yield finding(
        "R4",
        f"Over the run, weight decay alone would shrink every weight to {percent(exp(-total))} "
        "of itself.",
        severity="warning",
        confidence=0.6,
        evidence=(
            f"Sum of rate × decay over {case.steps:,} steps: {number(total)}, "
            f"with a decay of {number(decay)}.",
        ),
        remedy=(Change(path="training.optimizer.weight_decay", value=1e-4),),
        label="Use 0.0001",
    )


@static_rule("R5")
def stacked(case: Case) -> Iterator[Finding]:
    """Four or more regularizers at once, or a penalty on weights that decay already."""
    experiment = case.experiment
    decay = getattr(experiment.training.optimizer, "weight_decay", None) or 0.0
    penalties = [share for share in shares(case.reading) if share.penalty > 0]
    loss = experiment.training.loss
    acting = [
        name
        for name, on in (
            ("augmentation", bool(case.active_operations)),
            ("dropout", bool(case.reading.dropouts)),
            ("a weight penalty", bool(penalties)),
            ("weight decay", decay > 0),
            (
                "label smoothing",
                isinstance(loss, CategoricalCrossentropy) and loss.label_smoothing > 0,
            ),
            (
                "small batches with normalization",
                experiment.dataset.batch_size < 8 and bool(case.reading.normalizations),
            ),
        )
        if on
    ]
    twice = bool(penalties) and decay > 0
    if len(acting) < 4 and not twice:
        return
    if len(acting) >= 4:
        sentence = f"{len(acting)} regularizers act at once: {listed(acting, 6)}."
    else:
        sentence = "Weights are shrunk twice, by the penalty in the loss and by weight decay."
    yield finding(
        "R5",
        sentence,
        severity="warning" if len(acting) >= 5 else "information",
        confidence=0.4,
        evidence=(
            f"Acting: {listed(acting, 6)}.",
            *((f"Weight decay {number(decay)} beside a penalty.",) if twice else ()),
        ),
        remedy=tuple(Change(path=share.path, value=None) for share in penalties) if twice else (),
        label="Keep weight decay alone",
    )


def _dropped(placed: Placed, what: str) -> str:
    rate = placed.layer.rate if isinstance(placed.layer, Dropout) else 0.0
    return f"Each of the {what} is zero in {percent(rate)} of the steps."


def _kept(dropouts: list[Placed]) -> float:
    kept = 1.0
    for placed in dropouts:
        if isinstance(placed.layer, Dropout):
            kept *= 1 - placed.layer.rate
    return kept


def _without_dropouts(case: Case, indices: list[int]) -> tuple[Change, ...]:
    layers: list[Layer] = [p.layer for p in case.reading.layers if p.index not in indices]
    return (Change(path="model.layers", value=[layer.model_dump(mode="json") for layer in layers]),)
