"""What the layers and their shapes reveal: collapse, missing non-linearity, bottlenecks, giants."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.network import Placed
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.doctor.rules.words import listed, number, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Activation, Dense, Flatten
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout
from cnnstudio.spec.patch import Change

LONG_ROW = 32_768
"""Values behind Flatten above which a network has hardly been made smaller on the way."""

GIANT = 5_000_000
MOST_UNITS = 65_536
DEEP = 10


@static_rule("A2")
def wrong_map_size(case: Case) -> Iterator[Finding]:
    """Windows that slide over a single pixel, or maps that were never made smaller."""
    for placed in case.reading.weighted:
        shape = placed.input_shape
        if (
            isinstance(placed.layer, Conv2D)
            and placed.layer.kernel_size > 1
            and shape is not None
            and min(shape[:2]) == 1
        ):
            pools = _last_pool_before(case, placed.index)
            size = placed.layer.kernel_size
            yield finding(
                "A2",
                f"Only {shape[0]}×{shape[1]} pixels reach {placed.words}: its {size}×{size} "
                "window sees mostly padding.",
                severity="warning",
                confidence=0.75,
                evidence=(
                    f"The map shrinks from {case.experiment.input_shape[0]}×"
                    f"{case.experiment.input_shape[1]} to {shape[0]}×{shape[1]} before it.",
                ),
                remedy=_without(case, pools),
                label="Remove the pooling before it",
            )
            return
    row = _long_row(case)
    if row is not None and row.output_shape is not None and row.input_shape is not None:
        height, width, channels = row.input_shape
        yield finding(
            "A2",
            f"A map of {height}×{width} is laid out as {row.output_shape[0]:,} values: it is "
            "hardly made smaller on the way.",
            severity="warning",
            confidence=0.6,
            evidence=(
                f"{row.heading} gets {height}×{width}×{channels} values from images of "
                f"{case.experiment.input_shape[0]}×{case.experiment.input_shape[1]}.",
            ),
            remedy=(Change(path=row.path, value={"kind": "GlobalAveragePooling2D"}),),
            label="Use global average pooling",
        )


@static_rule("A3")
def linear_chain(case: Case) -> Iterator[Finding]:
    """Layers with weights that follow each other with nothing non-linear between."""
    chain = case.reading.linear_chains()
    if not chain:
        return
    yield finding(
        "A3",
        f"Nothing non-linear follows {listed([p.words for p in chain])} before the next layer "
        "with weights.",
        severity="warning",
        confidence=0.8 if len(chain) > 1 else 0.6,
        evidence=(
            f"{len(chain)} of {len(case.reading.weighted) - 1} steps from one layer with weights "
            "to the next are linear.",
        ),
        remedy=tuple(Change(path=f"{p.path}.activation", value="relu") for p in chain),
        label="Use ReLU",
    )


@static_rule("A4")
def saturating(case: Case) -> Iterator[Finding]:
    """Sigmoid, softmax, or many tanh without normalization, in hidden layers."""
    hidden = case.reading.hidden_activations()
    flat = [(p, a) for p, a in hidden if a in ("sigmoid", "softmax")]
    curved = [(p, a) for p, a in hidden if a == "tanh"]
    if not flat and (len(curved) < 4 or case.reading.normalizations):
        return
    found = flat or curved
    yield finding(
        "A4",
        f"{listed([f'{a} in {p.words}' for p, a in found])[:1].upper()}"
        f"{listed([f'{a} in {p.words}' for p, a in found])[1:]} lets little gradient through.",
        severity="warning" if flat else "information",
        confidence=0.85 if any(a == "softmax" for _, a in flat) else 0.7 if flat else 0.3,
        evidence=(
            "Softmax in a hidden layer makes all its values compete and sum to 1."
            if any(a == "softmax" for _, a in flat)
            else "The steepest slope of a sigmoid is 0.25: "
            f"{number(0.25 ** len(flat))} of a gradient is left after {len(flat)}."
            if flat
            else f"{len(curved)} tanh layers and no batch normalization.",
        ),
        remedy=tuple(Change(path=f"{p.path}.activation", value="relu") for p, _ in found),
        label="Use ReLU",
    )


@static_rule("A6")
def deep_and_plain(case: Case) -> Iterator[Finding]:
    """More than ten layers with weights and no normalization."""
    depth = len(case.reading.weighted)
    if depth <= DEEP or case.reading.normalizations:
        return
    convolutions = {p.index for p in case.reading.weighted if isinstance(p.layer, Conv2D)}
    layers: list[Layer] = []
    for placed in case.reading.layers:
        layers.append(placed.layer)
        if placed.index in convolutions:
            layers.append(BatchNormalization(momentum=0.9))
    yield finding(
        "A6",
        f"{depth} layers with weights follow each other without normalization.",
        severity="warning",
        confidence=0.6,
        evidence=(f"Beyond about {DEEP} layers, signals fade or grow without it.",),
        remedy=(_layers(layers),) if convolutions else (),
        label="Add batch normalization",
    )


@static_rule("A7")
def bottleneck(case: Case) -> Iterator[Finding]:
    """A hidden dense layer with fewer units than there are classes."""
    narrow = [
        p
        for p in case.reading.weighted[:-1]
        if isinstance(p.layer, Dense) and p.layer.units < case.classes
    ]
    wide = min(MOST_UNITS, max(64, 4 * case.classes))
    if narrow:
        units = [p.layer.units for p in narrow if isinstance(p.layer, Dense)]
        yield finding(
            "A7",
            f"{narrow[0].heading} has {units[0]} units for {case.classes} classes.",
            severity="warning",
            confidence=0.75,
            evidence=(
                f"Everything that tells {case.classes} classes apart goes through "
                f"{min(units)} {'value' if min(units) == 1 else 'values'}.",
            ),
            remedy=tuple(Change(path=f"{p.path}.units", value=wide) for p in narrow),
            label=f"Use {wide} units",
        )


@static_rule("A8")
def oversized(case: Case) -> Iterator[Finding]:
    """Kernels wider than any pattern, or one layer that holds nearly all weights."""
    wide = [p for p in case.reading.weighted if _is_wide(p)]
    if wide:
        kernels = [p.layer.kernel_size for p in wide if isinstance(p.layer, Conv2D)]
        maps = [p.input_shape for p in wide if p.input_shape is not None]
        yield finding(
            "A8",
            f"The window of {wide[0].words} is {kernels[0]}×{kernels[0]} on a map of "
            f"{maps[0][0]}×{maps[0][1]}.",
            severity="warning",
            confidence=0.6,
            evidence=(
                f"Its kernel has {wide[0].trainable:,} weights; 3×3 would have about "
                f"{wide[0].trainable * 9 // kernels[0] ** 2:,}.",
            ),
            remedy=tuple(Change(path=f"{p.path}.kernel_size", value=3) for p in wide),
            label="Use 3×3",
        )
        return
    total = case.reading.network.parameters.trainable
    largest = max(case.reading.weighted, key=lambda p: p.trainable, default=None)
    if largest is None or largest.trainable < max(GIANT, 0.9 * total) or _long_row(case):
        return
    flatten = _flatten_before(case, largest.index)
    remedy = (
        (Change(path=flatten.path, value={"kind": "GlobalAveragePooling2D"}),) if flatten else ()
    )
    yield finding(
        "A8",
        f"{largest.heading} holds {percent(largest.trainable / total)} of all weights.",
        severity="warning",
        confidence=0.5,
        evidence=(f"{largest.trainable:,} of {total:,} weights are in it.",),
        remedy=remedy,
        label="Use global average pooling",
    )


@static_rule("A10")
def dropout_before_normalization(case: Case) -> Iterator[Finding]:
    """Dropout directly before batch normalization or maximum pooling."""
    layers = case.reading.layers
    for before, after in pairwise(layers):
        if not (isinstance(before.layer, Dropout) and before.layer.rate > 0):
            continue
        if isinstance(after.layer, BatchNormalization | MaxPooling2D):
            normalization = isinstance(after.layer, BatchNormalization)
            harm = "the spread it has learned is wrong" if normalization else "maxima shrink"
            yield finding(
                "A10",
                f"{before.heading} stands directly before "
                f"{'normalization' if normalization else 'pooling'}.",
                severity="warning" if normalization else "information",
                confidence=0.5 if normalization else 0.3,
                evidence=(
                    f"With {percent(before.layer.rate)} dropped, the kept values are multiplied "
                    f"by {1 / (1 - before.layer.rate):.2f} in training; with nothing dropped, "
                    f"{harm}.",
                ),
                remedy=(
                    Change(path=before.path, value=after.layer.model_dump(mode="json")),
                    Change(path=after.path, value=before.layer.model_dump(mode="json")),
                ),
                label="Swap the two layers",
            )
            return


def _is_wide(placed: Placed) -> bool:
    if not isinstance(placed.layer, Conv2D) or placed.input_shape is None:
        return False
    size = placed.layer.kernel_size
    return size > 11 or (size >= 5 and size > min(placed.input_shape[:2]))


def _long_row(case: Case) -> Placed | None:
    """Flatten over a map that still has a quarter of the image's side, and is very long."""
    side = min(case.experiment.input_shape[:2])
    for placed in case.reading.layers:
        if (
            isinstance(placed.layer, Flatten)
            and placed.input_shape is not None
            and len(placed.input_shape) == 3
            and placed.output_shape is not None
            and placed.output_shape[0] > LONG_ROW
            and min(placed.input_shape[:2]) * 4 > side
        ):
            return placed
    return None


def _flatten_before(case: Case, index: int) -> Placed | None:
    for placed in reversed(case.reading.layers[:index]):
        if isinstance(placed.layer, Flatten):
            shape = placed.input_shape
            return placed if shape is not None and len(shape) == 3 else None
        if not isinstance(placed.layer, Dropout | BatchNormalization | Activation):
            return None
    return None


def _last_pool_before(case: Case, index: int) -> tuple[int, ...]:
    pools = [
        p.index
        for p in case.reading.layers[:index]
        if isinstance(p.layer, MaxPooling2D | AveragePooling2D | GlobalAveragePooling2D)
    ]
    return tuple(pools[-1:])


def _without(case: Case, indices: Sequence[int]) -> tuple[Change, ...]:
    if not indices:
        return ()
    return (_layers([p.layer for p in case.reading.layers if p.index not in indices]),)


def _layers(layers: Sequence[Layer]) -> Change:
    plain: list[dict[str, Any]] = [layer.model_dump(mode="json") for layer in layers]
    return Change(path="model.layers", value=plain)
