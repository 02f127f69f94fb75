"""The orders in which images can stand in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.measures import Measure

Order = Literal["class", "name", "largest", "smallest", "newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)
TITLES: dict[Order, str] = {
    "class": "By class",
    "name": "By file name",
    "largest": "Largest first",
    "smallest": "Smallest first",
    "newest": "Newest first",
    "oldest": "Oldest first",
}


def needs_measures(order: Order) -> bool:
    """Whether files have to be looked at for this order."""
    return order not in ("class", "name")


def ordered(
    samples: Iterable[Sample], order: Order, measures: Mapping[str, Measure]
) -> tuple[Sample, ...]:
    """The images in that order; equals keep the one they came in, by class and name.

    Largest means most pixels; files that were not looked at yet come last.
    """
    from cnnstudio.data.names import natural_key

    if order == "class":
        return tuple(samples)
    if order == "name":
        return tuple(sorted(samples, key=lambda s: natural_key(s.key.rpartition("/")[2])))
    first = order in ("largest", "newest")

    def rank(sample: Sample) -> tuple[bool, float]:
        measure = measures.get(sample.key)
        if measure is None:
            return True, 0.0
        pixels = order in ("largest", "smallest")
        value = measure.height * measure.width if pixels else measure.changed
        return value == 0, -value if first else value

    return tuple(sorted(samples, key=rank))
