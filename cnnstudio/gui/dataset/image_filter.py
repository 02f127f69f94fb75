"""Which images the browser shows: by words, classes, parts, tags, state, size and problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.spec.edits import NO_EDITS, Edits

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.measures import Measure

EXCLUDED, RELABELLED = "excluded", "relabelled"


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Short sides from `least` to below `limit`, in pixels; a limit of 0 is none."""

    title: str
    least: int = 0
    limit: int = 0

    def holds(self, measure: Measure | None) -> bool:
        """Whether a file is that large; one whose size is not known is not."""
        if measure is None or not measure.short_side:
            return False
        return self.least <= measure.short_side and (
            not self.limit or measure.short_side < self.limit
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """The images of one finding: its title, for people, and their keys."""

    title: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Conditions that all hold; an empty one holds for every image.

    Of several classes, parts, tags or states any one is enough.
    """

    words: str = ""
    classes: frozenset[str] = frozenset()
    splits: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    size: SizeRange | None = None
    listed: Listed | None = None

    @property
    def is_open(self) -> bool:
        """Whether every image passes."""
        return not (
            self.words.split()
            or self.classes
            or self.splits
            or self.tags
            or self.states
            or self.size
            or self.listed
        )

    def passing(
        self,
        samples: Sequence[Sample],
        class_names: Sequence[str],
        edits: Edits = NO_EDITS,
        measures: Mapping[str, Measure] | None = None,
    ) -> Iterator[Sample]:
        """The images that pass, in their order. Every word must occur in path, class or part."""
        tests = list(self._tests(class_names, edits, measures or {}))
        if not tests:
            return iter(samples)
        if len(tests) == 1:
            return filter(tests[0], samples)
        return (sample for sample in samples if all(test(sample) for test in tests))

    def _tests(
        self, class_names: Sequence[str], edits: Edits, measures: Mapping[str, Measure]
    ) -> Iterator[Callable[[Sample], bool]]:
        """One test for each condition that is set, the quickest first."""
        if self.listed is not None:
            keys = self.listed.keys
            yield lambda sample: sample.key in keys
        if self.classes:
            labels = {at for at, name in enumerate(class_names) if name in self.classes}
            yield lambda sample: sample.label in labels
        if self.splits:
            # An excluded image is in no part.
            yield lambda s: s.split in self.splits and not edits.get(s.key).excluded
        if self.tags:
            yield lambda sample: not self.tags.isdisjoint(edits.get(sample.key).tags)
        if self.states:
            yield lambda sample: self._in_state(edits, sample.key)
        if (size := self.size) is not None:
            yield lambda sample: size.holds(measures.get(sample.key))
        if words := self.words.lower().split():
            names = [name.lower() for name in class_names]
            yield lambda sample: _has(words, sample, names)

    def _in_state(self, edits: Edits, key: str) -> bool:
        edit = edits.get(key)
        return (EXCLUDED in self.states and edit.excluded) or (
            RELABELLED in self.states and edit.label is not None
        )

    def toggled_class(self, name: str) -> ImageFilter:
        """With this class added to the wanted ones, or taken away."""
        return replace(self, classes=self.classes ^ {name})

    def toggled_split(self, name: str) -> ImageFilter:
        """With this part added to the wanted ones, or taken away."""
        return replace(self, splits=self.splits ^ {name})


def _has(words: Sequence[str], sample: Sample, names: Sequence[str]) -> bool:
    text = f"{sample.key} {SPLIT_NAMES[sample.split]}".lower()
    name = names[sample.label]
    return all(word in text or word in name for word in words)
