"""Which images are shown in which order: at once for few, beside the window for very many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.dataset.image_filter import ImageFilter
from cnnstudio.gui.dataset.image_order import Order, ordered
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.spec.edits import NO_EDITS, Edits

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.measures import Measure

AT_ONCE = 10_000
"""Up to so many images are arranged while the person waits: a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is wanted: the images, what is known of them, the filter and the order."""

    samples: tuple[Sample, ...]
    class_names: tuple[str, ...]
    wanted: ImageFilter
    order: Order = "class"
    edits: Edits = NO_EDITS
    left_out: frozenset[str] = frozenset()
    with_excluded: bool = True
    measures: Mapping[str, Measure] = field(default_factory=dict)

    def shown(self) -> tuple[Sample, ...]:
        """The images that pass, in order."""
        passing = self.wanted.passing(self.samples, self.class_names, self.edits, self.measures)
        if self.left_out:
            passing = (sample for sample in passing if sample.key not in self.left_out)
        if not self.with_excluded and self.edits:
            passing = (s for s in passing if not self.edits.get(s.key).excluded)
        return ordered(passing, self.order, self.measures)


class Arranger(QObject):
    """Emits `arranged` with the `Arrangement` and its tuple of samples; the latest wish counts."""

    arranged = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._threads = NewestFirst(self, threads=1)
        self._latest: Arrangement | None = None

    def arrange(self, wish: Arrangement) -> None:
        """Find out what is shown."""
        self._latest = wish
        plain = wish.wanted.is_open and wish.order == "class"
        if plain or len(wish.samples) <= AT_ONCE:
            self.arranged.emit(wish, wish.shown())
        else:
            self._threads.request("arrange", wish.shown, partial(self._take, wish))

    def _take(self, wish: Arrangement, outcome: Outcome[tuple[Sample, ...]]) -> None:
        if wish is self._latest:
            self.arranged.emit(wish, outcome.value or ())
