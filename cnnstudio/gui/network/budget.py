"""How much an experiment is regularized, and where: one list over everything that holds it back.

Levels are a rough guide on a common scale, 0 for nothing and 1 for what is usually the most that a
small network bears: strengths count by their logarithm, shares in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log10, prod, sqrt
from typing import TYPE_CHECKING, Literal

from cnnstudio.gui.network.words import penalties, strength_words
from cnnstudio.spec.cards import cards

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.operations.operation import Operation
    from cnnstudio.spec.regularizers import Regularizer

Group = Literal["penalty", "decay", "dropout", "normalization", "smoothing", "augmentation"]

DECADES = 4.0
MOST_PENALTY = 2.0
WEAKEST = {"l1": -7.0, "l2": -6.0}
"""Power of ten at which a penalty begins to be felt; four powers further it rules the loss."""
WEAKEST_DECAY = -5.0
MOST_DROPOUT, MOST_SMOOTHING = 0.6, 0.3
NORMALIZATION, PLAIN_OPERATION = 0.15, 0.2
OPERATION_AT_FULL_RANGE = 0.6
LIGHT, MODERATE, STRONG = 0.5, 1.3, 2.0
FULL = 2.6
"""Sum of levels at the right end of the bar."""


@dataclass(frozen=True, slots=True)
class Share:
    """One contribution: what, how strong in words, where; `layers` are indices it belongs to."""

    group: Group
    title: str
    words: str
    level: float
    layers: tuple[int, ...] = ()


def shares(experiment: Experiment) -> tuple[Share, ...]:
    """Every contribution, the strongest first, equal ones of several layers as one."""
    found: list[Share] = []
    layers = experiment.model.layers
    for index, layer in enumerate(layers):
        for field, regularizer in penalties(layer):
            of = field.removesuffix("_regularizer")
            title = strength_words(regularizer)
            found.append(Share("penalty", title, f"on {of}", penalty_level(regularizer), (index,)))
        rate = getattr(layer, "rate", None)
        if layer.kind == "Dropout" and isinstance(rate, float) and rate > 0:
            level = min(1.0, rate / MOST_DROPOUT)
            found.append(Share("dropout", f"Dropout {100 * rate:.0f} %", "", level, (index,)))
        if layer.kind == "BatchNormalization":
            found.append(Share("normalization", "Batch normalization", "", NORMALIZATION, (index,)))
    decay = getattr(experiment.training.optimizer, "weight_decay", None)
    if isinstance(decay, float) and decay > 0:
        words = f"by {type(experiment.training.optimizer).title()}, on every weight"
        found.append(Share("decay", f"Weight decay {decay:g}", words, _log(decay, WEAKEST_DECAY)))
    smoothing = getattr(experiment.training.loss, "label_smoothing", 0.0)
    if smoothing > 0:
        level = min(1.0, smoothing / MOST_SMOOTHING)
        found.append(Share("smoothing", f"Label smoothing {smoothing:g}", "in the loss", level))
    active = [op for op in experiment.augmentation.operations if op.enabled and not op.idle]
    if active:
        level = 1.0 - prod(1.0 - operation_level(op) for op in active)
        names = ", ".join(op.title().lower() for op in active)
        found.append(Share("augmentation", "Augmentation", names, level))
    return _joined(found)


def total(found: tuple[Share, ...]) -> float:
    """Sum of the levels."""
    return sum(share.level for share in found)


def verdict(found: tuple[Share, ...]) -> tuple[str, str]:
    """One sentence about the sum, and its tone (`neutral`, `good`, `warn`)."""
    if not found:
        return "None: nothing keeps the network from memorizing the training images.", "neutral"
    most = max(found, key=lambda share: share.level)
    title = most.title if most.title[:2] in ("L1", "L2") else most.title.lower()
    does = f"mostly by {title}" if len(found) > 1 else f"only by {title}"
    level = total(found)
    if level < LIGHT:
        return f"Light, {does}.", "neutral"
    if level < MODERATE:
        return f"Moderate, {does}.", "good"
    if level < STRONG:
        return f"Strong, {does}. If training accuracy stays low, look here first.", "warn"
    return f"Very strong, {does}. The network may hardly learn at all.", "warn"


def penalty_level(regularizer: Regularizer) -> float:
    """Level of a penalty on weights or activities."""
    levels = [
        _log(value, WEAKEST[name])
        for name, value in regularizer
        if name in WEAKEST and isinstance(value, float) and value > 0
    ]
    return max(levels, default=0.0)


def operation_level(operation: Operation) -> float:
    """Level of one augmentation operation, from how much of its range is used."""
    used = [
        sqrt(getattr(operation, card.name) / card.maximum)
        for card in cards(type(operation))
        if card.shape == "number" and card.name != "probability" and card.maximum
    ]
    reach = OPERATION_AT_FULL_RANGE * max(used) if used else PLAIN_OPERATION
    return reach * operation.probability


def _log(value: float, weakest: float) -> float:
    return min(MOST_PENALTY, max(0.02, (log10(value) - weakest) / DECADES))


def _joined(found: list[Share]) -> tuple[Share, ...]:
    """Equal contributions of several layers as one that names all of them."""
    joined: dict[tuple[str, str, str], Share] = {}
    for share in found:
        key = (share.group, share.title, share.words)
        before = joined.get(key)
        joined[key] = (
            replace(before, layers=before.layers + share.layers) if before is not None else share
        )
    return tuple(sorted(joined.values(), key=lambda share: -share.level))
