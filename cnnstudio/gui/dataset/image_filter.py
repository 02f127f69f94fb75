"""Which images the browser shows: by words, classes and parts of the dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstudio.gui.dataset.collection import SPLIT_NAMES

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex, Sample


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Conditions that all hold; an empty one holds for every image."""

    words: str = ""
    classes: frozenset[str] = frozenset()
    splits: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether every image passes."""
        return not (self.words.split() or self.classes or self.splits)

    def passing(self, index: ImageIndex) -> Iterator[Sample]:
        """The images that pass, in their order. Every word must occur in path, class or part."""
        words = self.words.lower().split()
        labels = {i for i, name in enumerate(index.class_names) if name in self.classes}
        for sample in index.samples:
            if labels and sample.label not in labels:
                continue
            if self.splits and sample.split not in self.splits:
                continue
            if words:
                name = index.class_names[sample.label]
                text = f"{sample.key} {name} {SPLIT_NAMES[sample.split]}".lower()
                if not all(word in text for word in words):
                    continue
            yield sample

    def toggled_class(self, name: str) -> ImageFilter:
        """With this class added to the wanted ones, or taken away."""
        return ImageFilter(self.words, self.classes ^ {name}, self.splits)

    def toggled_split(self, name: str) -> ImageFilter:
        """With this part added to the wanted ones, or taken away."""
        return ImageFilter(self.words, self.classes, self.splits ^ {name})
