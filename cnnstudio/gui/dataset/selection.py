"""Which images of a grid are chosen, and how clicks and keys change that."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample


@dataclass(frozen=True, slots=True)
class Selection:
    """Chosen images by key, so that they stay chosen through sorting and filtering.

    `anchor` is the key from which Shift extends. The current image is kept by the grid itself.
    """

    keys: frozenset[str] = frozenset()
    anchor: str | None = None

    def only(self, key: str) -> Selection:
        """This one and no other."""
        return Selection(frozenset({key}), key)

    def toggled(self, key: str) -> Selection:
        """With this one added, or taken away; it becomes the anchor."""
        return Selection(self.keys ^ {key}, key)

    def extended(
        self, samples: Sequence[Sample], start: int, end: int, *, keep: bool = False
    ) -> Selection:
        """Everything between two places of `samples`; `keep` leaves the others chosen too."""
        low, high = min(start, end), max(start, end)
        between = frozenset(sample.key for sample in samples[low : high + 1])
        return replace(self, keys=self.keys | between if keep else between)

    def everything(self, samples: Sequence[Sample]) -> Selection:
        """All of these."""
        return replace(self, keys=frozenset(sample.key for sample in samples))

    def within(self, present: Container[str]) -> Selection:
        """Without the images that are no longer shown; `present` is a container of keys."""
        kept = frozenset(key for key in self.keys if key in present)
        return self if len(kept) == len(self.keys) else replace(self, keys=kept)
