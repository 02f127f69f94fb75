"""The images that every stage looks at: their list, their thumbnails and the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio.gui.dataset.thumbnails import Thumbnails

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex, Sample

SPLIT_NAMES = {"train": "training", "validation": "validation", "test": "test"}
"""The parts of a dataset as people read them."""


class Collection(QObject):
    """One list of images for the whole window, so that a choice made in one stage holds in all."""

    index_changed = Signal(object)
    """Carries an ImageIndex, or None while the folder is being read."""
    chosen_changed = Signal(object)
    """Carries a Sample, or None."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.index: ImageIndex | None = None
        self.chosen: Sample | None = None
        self.thumbnails = Thumbnails(self)

    def set_index(self, index: ImageIndex | None) -> None:
        """Show these images. The choice stays where the image is still there."""
        if index is self.index:
            return
        before = self.index
        self.index = index
        if index is None or before is None or not _same_files(before, index):
            self.thumbnails.clear()
        self.index_changed.emit(index)
        if index is None:
            self.choose(None)
            return
        key = self.chosen.key if self.chosen is not None else None
        again = next((sample for sample in index.samples if sample.key == key), None)
        first = next((s for s in index.samples if s.split == "train"), None)
        self.choose(again or first)

    def choose(self, sample: Sample | None) -> None:
        """Make one image the chosen one."""
        if sample != self.chosen:
            self.chosen = sample
            self.chosen_changed.emit(sample)


def _same_files(before: ImageIndex, after: ImageIndex) -> bool:
    return len(before.samples) == len(after.samples) and all(
        a.file == b.file for a, b in zip(before.samples, after.samples, strict=True)
    )
