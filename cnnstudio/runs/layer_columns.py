"""How the layers of a run fared, as arrays of layers × samples."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from cnnstudio.runs.columns import Columns, Floats, Integers
from cnnstudio.runs.events import LayerStatistics, LayerValues

Quantity = Literal["gradient", "weight", "update_ratio", "dead", "saturated"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)


@dataclass(frozen=True, slots=True)
class LayerTable:
    """One quantity of a run: the layers it was measured for, when, and what it was.

    `names` and `kinds` (Keras's classes) are of the rows, from the input to the output; `steps`
    int64[n] ascend, and `values` are float64[layers, n]. NaN: not measured there; infinity: what
    was measured is no finite number.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    steps: Integers
    values: Floats

    def __len__(self) -> int:
        return len(self.names)


class LayerColumns:
    """Folds the `LayerStatistics` of one run, in order."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        """The sampled layers, from the input to the output; empty before the first sample."""
        self.kinds: tuple[str, ...] = ()
        self._columns: dict[Quantity, Columns] = {}
        self._count = 0

    def __len__(self) -> int:
        """Samples taken in so far, repeated ones too."""
        return self._count

    def add(self, event: LayerStatistics) -> None:
        """Takes in the next sample; one of an earlier step cuts off what a resumed run repeats."""
        names = tuple(layer.name for layer in event.layers)
        if names != self.names:
            self.names, self.kinds = names, tuple(layer.kind for layer in event.layers)
            self._columns = {quantity: Columns(names) for quantity in QUANTITIES}
        for quantity, columns in self._columns.items():
            columns.append(event.step, [_plain(layer, quantity) for layer in event.layers])
        self._count += 1

    def table(self, quantity: Quantity) -> LayerTable:
        """The layers and the samples that have anything to say of a quantity."""
        if not self.names:
            return LayerTable((), (), np.empty(0, np.int64), np.empty((0, 0)))
        columns = self._columns[quantity]
        values = np.stack([columns.column(name) for name in self.names])
        known = ~np.isnan(values)
        rows, samples = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
        return LayerTable(
            tuple(self.names[row] for row in rows),
            tuple(self.kinds[row] for row in rows),
            columns.positions()[samples],
            values[rows][:, samples],
        )


def _plain(layer: LayerValues, quantity: Quantity) -> float:
    value: float | None = getattr(layer, quantity)
    if value is None:
        return math.nan
    return value if math.isfinite(value) else math.inf
