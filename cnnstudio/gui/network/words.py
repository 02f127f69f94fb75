"""Shapes, counts and sizes as they stand in rows: short, and the same everywhere."""

from __future__ import annotations

from cnnstudio.spec.layers.layer import Layer, Shape
from cnnstudio.spec.regularizers import Regularizer


def shape_words(shape: Shape | None) -> str:
    """`64 × 64 × 32`, `128`, or a dash where the shape is unknown."""
    return "–" if shape is None else " × ".join(str(side) for side in shape)


def count_words(count: int) -> str:
    """`9,248`, `1.24 million`, `3.1 billion`; a dash for nothing."""
    if count == 0:
        return "–"
    if count >= 1_000_000_000:
        return f"{count / 1e9:.3g} billion"
    if count >= 1_000_000:
        return f"{count / 1e6:.3g} million"
    return f"{count:,}"


def bytes_words(count: int) -> str:
    """`340 KB`, `2.1 MB`."""
    return f"{count / 1024:.0f} KB" if count < 2**20 else f"{count / 2**20:.1f} MB"


def strength_words(regularizer: Regularizer) -> str:
    """`L2 0.001`, `L1 + L2 1e-5, 0.001`."""
    numbers = [
        f"{value:g}".replace("e-0", "e-")
        for name, value in regularizer
        if name != "kind" and isinstance(value, float)
    ]
    return f"{type(regularizer).title()} {', '.join(numbers)}"


def penalties(layer: Layer) -> tuple[tuple[str, Regularizer], ...]:
    """(field, regularizer) of every penalty that the layer has, in the order of its fields."""
    return tuple((name, value) for name, value in layer if isinstance(value, Regularizer))
