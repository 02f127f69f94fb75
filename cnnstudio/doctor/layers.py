"""What is odd in how the layers of a run fare, in one sentence; quiet where they are healthy.

The limits lie well outside of what healthy runs show, early and late ones too: they are for
telling, not for proving. A proof takes a fork.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnstudio.runs.layer_columns import LayerColumns, LayerTable, Quantity
from cnnstudio.runs.verdict import Verdict

Floats = NDArray[np.float64]

RECENT = 5
"""Samples whose median counts: one batch is chance."""
HIGH_UPDATE = 0.1
"""A step that changes weights by this share of their size: a hundred times what is usual.

About a thousandth is healthy (CS231n, https://cs231n.github.io/neural-networks-3/, "Ratio of
weights:updates"); Adam begins at a hundredth.
"""
LEAST_UPDATE = 1e-7
"""Below this float32 weights stay what they are."""
UNEVEN = 1000.0
"""Between the gradients of the first and the last layer: a healthy network stays below 100."""
DEAD_CHANNELS, DEAD_UNITS = 0.3, 0.75
"""Small dense layers learn well with half of their units dead for a few dozen images."""
SATURATED = 0.5
NORMALIZING = ("BatchNormalization", "LayerNormalization", "GroupNormalization")

NOTHING = Verdict("Nothing odd in the layers.", "good")


def about_layers(layers: LayerColumns) -> Verdict | None:
    """The worst of what is odd now, in one sentence; None before the first sample."""
    if not len(layers):
        return None
    return next((found for look in _LOOKS if (found := look(layers)) is not None), NOTHING)


def _broken(layers: LayerColumns) -> Verdict | None:
    """Weights or gradients that are no finite numbers in the last sample."""
    weights = layers.table("weight")
    if len(weights) and np.isinf(weights.values[:, -1]).any():
        at = np.isinf(weights.values)
        sound = np.flatnonzero(~np.asarray(at.any(axis=0)))
        step = int(weights.steps[int(sound[-1]) + 1 if len(sound) else 0])
        named = _named(weights.names, at[:, -1])
        return Verdict(f"The weights of {named} are no numbers since step {step}.", "error")
    gradients, updates = layers.table("gradient"), layers.table("update_ratio")
    if not len(gradients):
        return None
    lost = np.isinf(gradients.values[:, -1])
    # Half precision leaves such a step out and goes on with a smaller scale.
    left_out = (
        len(updates) and updates.steps[-1] == gradients.steps[-1] and updates.values[0, -1] == 0
    )
    if not lost.any() or left_out:
        return None
    named, step = _named(gradients.names, lost), int(gradients.steps[-1])
    return Verdict(f"The gradients of {named} are no numbers in step {step}.", "error")


def _unreached(layers: LayerColumns) -> Verdict | None:
    """Layers to which nothing comes back from the loss."""
    table = layers.table("gradient")
    if len(table.steps) < 2:
        return None
    zero = (table.values[:, -3:] == 0).all(axis=1)
    if not zero.any():
        return None
    return Verdict(
        f"No gradient reaches {_named(table.names, zero)}: nothing is learned there.", "error"
    )


def _all_dead(layers: LayerColumns) -> Verdict | None:
    table, shares = _recent(layers, "dead", np.min, 2)
    gone = shares >= 0.99
    if not gone.any():
        return None
    index = int(gone.argmax())
    words = _units(layers, table.names[index])
    return Verdict(f"{table.names[index]}: all of its {words} are dead.", "error")


def _uneven(layers: LayerColumns) -> Verdict | None:
    """Gradients that shrink or grow from layer to layer on their way to the input."""
    table, norms = _recent(layers, "gradient", np.median, RECENT)
    learned = [i for i, kind in enumerate(table.kinds) if kind not in NORMALIZING]
    if len(learned) < 2 or len(table.steps) < 3:
        return None
    first, last = float(norms[learned[0]]), float(norms[learned[-1]])
    if not (0 < first < np.inf and 0 < last < np.inf):
        return None
    if last / first >= UNEVEN:
        factor = _round_factor(last / first)
        return Verdict(f"Gradients shrink {factor} × from the last to the first layer.", "warn")
    if first / last >= UNEVEN:
        factor = _round_factor(first / last)
        return Verdict(f"Gradients grow {factor} × from the last to the first layer.", "warn")
    return None


def _thrown(layers: LayerColumns) -> Verdict | None:
    table, ratios = _recent(layers, "update_ratio", np.median, RECENT)
    high = (ratios >= HIGH_UPDATE) & np.isfinite(ratios)
    if not high.any() or len(table.steps) < 3:
        return None
    worst = int(np.where(high, ratios, 0).argmax())
    name, more = table.names[worst], _more(high)
    share = f"{100 * float(ratios[worst]):.0f} %"
    return Verdict(f"{name}{more}: each step changes the weights by {share} of their size.", "warn")


def _dying(layers: LayerColumns) -> Verdict | None:
    table, shares = _recent(layers, "dead", np.min, 2)
    words = [_units(layers, name) for name in table.names]
    limits = np.array([DEAD_UNITS if word == "units" else DEAD_CHANNELS for word in words])
    odd = shares >= limits
    if not odd.any():
        return None
    worst = int(np.where(odd, shares, 0).argmax())
    share = f"{100 * float(shares[worst]):.0f} %"
    more = _more(odd)
    return Verdict(f"{table.names[worst]}{more}: {share} of its {words[worst]} are dead.", "warn")


def _saturated(layers: LayerColumns) -> Verdict | None:
    table, shares = _recent(layers, "saturated", np.min, 2)
    # The output layer is meant to be sure.
    inner = np.array([name != layers.names[-1] for name in table.names], dtype=np.bool_)
    odd = (shares >= SATURATED) & inner
    if not odd.any():
        return None
    worst = int(np.where(odd, shares, 0).argmax())
    share = f"{100 * float(shares[worst]):.0f} %"
    more = _more(odd)
    return Verdict(f"{table.names[worst]}{more}: {share} of its values are saturated.", "warn")


def _resting(layers: LayerColumns) -> Verdict | None:
    table, ratios = _recent(layers, "update_ratio", np.median, RECENT)
    known = np.isfinite(ratios)
    if len(table.steps) < 3 or not known.any():
        return None
    still = known & (ratios < LEAST_UPDATE)
    if not still.any():
        return None
    if still.sum() == known.sum():
        return Verdict("No layer moves any more: the steps are too small for the weights.", "warn")
    return Verdict(f"{_named(table.names, still)}: hardly moves, while others do.", "warn")


_LOOKS: tuple[Callable[[LayerColumns], Verdict | None], ...] = (
    _broken,
    _all_dead,
    _unreached,
    _uneven,
    _thrown,
    _dying,
    _saturated,
    _resting,
)


def _recent(
    layers: LayerColumns, quantity: Quantity, join: Callable[..., Floats], samples: int
) -> tuple[LayerTable, Floats]:
    """A quantity with one number for each layer from its last few samples, float64[layers].

    What was not measured in a sample counts as 0, so that it never looks odd by itself.
    """
    table = layers.table(quantity)
    if not len(table):
        return table, np.empty(0)
    values = np.nan_to_num(table.values[:, -samples:], nan=0.0, posinf=np.inf)
    return table, np.asarray(join(values, axis=1), dtype=np.float64)


def _units(layers: LayerColumns, name: str) -> str:
    """What the outputs of a layer are called: an activation's are those of the layer before it."""
    kinds = layers.kinds[: layers.names.index(name) + 1]
    shaping = [kind for kind in kinds if kind == "Dense" or "Conv" in kind]
    return "units" if shaping and shaping[-1] == "Dense" else "channels"


def _named(names: tuple[str, ...], chosen: NDArray[np.bool_]) -> str:
    """`conv2d`, `conv2d and 2 more layers` or `all layers`."""
    if chosen.all() and len(names) > 1:
        return "all layers"
    return f"{names[int(chosen.argmax())]}{_more(chosen)}"


def _more(chosen: NDArray[np.bool_]) -> str:
    others = int(chosen.sum()) - 1
    return f" and {others} more layer{'s' * (others != 1)}" if others > 0 else ""


def _round_factor(factor: float) -> str:
    """One figure: `3,000`, and words beyond a million."""
    if factor >= 1e6:
        return "more than a million"
    size = 10 ** int(np.log10(factor))
    return f"{round(factor / size) * size:,}"
