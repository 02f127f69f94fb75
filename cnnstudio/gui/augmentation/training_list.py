"""The training images as a run counts them, for the preview of images that are mixed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstudio.augment.mixture import Lineup
    from cnnstudio.data.index import ImageIndex, Sample
    from cnnstudio.spec.experiment import Dataset

LOOK_AGAIN = 5.0
"""Seconds until the cache is looked for again: a run that has begun meanwhile has made it."""


class TrainingList:
    """Keeps the list of the last index. Called from one thread at a time.

    Which files are damaged is known once a run has cached the images; until then all are taken to
    be sound but those that the preview itself came upon.
    """

    def __init__(self) -> None:
        self._asked: tuple[object, ...] = ()
        self._index: ImageIndex | None = None
        self._looked = 0.0
        self._certain = False
        self._samples: dict[str, Sample] = {}
        self._lineup: Lineup | None = None

    def lineup(self, dataset: Dataset, index: ImageIndex, seed: int) -> Lineup:
        """The readable training images in the trainer's order."""
        from cnnstudio.augment.mixture import Lineup

        asked = (dataset.source, dataset.image_size, dataset.resize, dataset.color)
        same = asked == self._asked and index is self._index
        if not same or (not self._certain and time.monotonic() - self._looked > LOOK_AGAIN):
            self._read(dataset, index)
            self._asked, self._index = asked, index
        known = self._lineup
        if known is None or (known.batch_size, known.seed) != (dataset.batch_size, seed):
            samples = self._samples.values()
            keys, labels = tuple(self._samples), tuple(sample.label for sample in samples)
            known = self._lineup = Lineup(keys, labels, dataset.batch_size, seed)
        return known

    def sample(self, key: str) -> Sample:
        """The training image of a key of the line-up."""
        return self._samples[key]

    def leave_out(self, damaged: Sample) -> None:
        """Take out an image that turned out to be unreadable."""
        self._take([sample for sample in self._samples.values() if sample != damaged])

    def _read(self, dataset: Dataset, index: ImageIndex) -> None:
        from cnnstudio.data.cache import left_out

        damaged = left_out(dataset, index)
        known = damaged or frozenset()
        self._take([sample for sample in index.part("train") if sample.key not in known])
        self._looked, self._certain = time.monotonic(), damaged is not None

    def _take(self, train: Sequence[Sample]) -> None:
        self._samples = {sample.key: sample for sample in train}
        self._lineup = None
