"""The images that every stage looks at: their list, their thumbnails and the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.dataset.measures import Measures
from cnnstudio.gui.dataset.thumbnails import Thumbnails

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex, Sample
    from cnnstudio.data.picture import Reading

SPLIT_NAMES = {"train": "training", "validation": "validation", "test": "test"}
"""The parts of a dataset as people read them."""


class Collection(QObject):
    """One list of images for the whole window, so that a choice made in one stage holds in all."""

    index_changed = Signal(object)
    """Carries an ImageIndex, or None while the folder is being read."""
    chosen_changed = Signal(object)
    """Carries a Sample, or None."""
    sought = Signal(object)
    """Carries the Sample that a person wants to look at under Data, from another stage."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.index: ImageIndex | None = None
        self.chosen: Sample | None = None
        self.everything: tuple[Sample, ...] = ()
        """Every image in its order, those that are excluded among the others."""
        self._shown: tuple[frozenset[Reading], frozenset[str]] = (frozenset(), frozenset())
        self.thumbnails = Thumbnails(self)
        self.measures = Measures(self)

    def set_index(self, index: ImageIndex | None) -> None:
        """Show these images. The choice stays where the image is still there."""
        if index is self.index:
            return
        self.index = index
        self._list(index)
        # Other pages, channels or intensities of the same files are other pictures.
        readings = frozenset(sample.reading for sample in self.everything[:1])
        before, self._shown = self._shown, (readings, frozenset(s.file for s in self.everything))
        if before != self._shown:
            self.thumbnails.clear()
            self.measures.set_samples(self.everything)
        key = self.chosen.key if self.chosen is not None else None
        again = next((sample for sample in self.everything if sample.key == key), None)
        first = next((s for s in self.everything if s.split == "train"), None)
        before_it, self.chosen = self.chosen, again or first
        # Nobody may see a choice from the list before: its label counts into other classes.
        self.index_changed.emit(index)
        if self.chosen != before_it:
            self.chosen_changed.emit(self.chosen)

    def choose(self, sample: Sample | None) -> None:
        """Make one image the chosen one."""
        if sample != self.chosen:
            self.chosen = sample
            self.chosen_changed.emit(sample)

    def seek(self, sample: Sample) -> None:
        """Make this image the chosen one, and bring it into sight under Data."""
        self.choose(sample)
        self.sought.emit(sample)

    def _list(self, index: ImageIndex | None) -> None:
        """All images; one keeps its place when it is excluded or gets another class."""
        if index is None:
            self.everything = ()
            return
        before = self.everything
        self.everything = index.samples + index.excluded
        if not index.excluded and [s.key for s in before] == [s.key for s in index.samples]:
            return
        # Sorting names costs a second for 100,000; the order that was there costs nothing.
        places = {sample.key: place for place, sample in enumerate(before)}
        if all(sample.key in places for sample in self.everything):
            self.everything = tuple(sorted(self.everything, key=lambda s: places[s.key]))
        elif index.excluded:
            from cnnstudio.data.names import natural_key

            self.everything = tuple(sorted(self.everything, key=lambda s: natural_key(s.key)))
