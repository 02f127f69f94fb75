"""The images of the shown run, by key: found among the project's where it trains on the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.spec.experiment import Experiment


class RunImages(QObject):
    """Finds samples of the collection by the keys that a run tells.

    Keys are paths below the folder of images, so they mean the same images only where the run and
    the project have that folder in common. `changed`: other images may be found than before.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.collection: Collection | None = None
        self._project = ""
        self._run = ""
        self._found: dict[str, Sample | None] = {}

    def set_collection(self, collection: Collection) -> None:
        """Look for images here."""
        self.collection = collection
        collection.index_changed.connect(lambda _index: self._forget())
        self._forget()

    def set_project(self, experiment: Experiment) -> None:
        """The collection holds the images of this experiment."""
        if experiment.dataset.source.path != self._project:
            self._project = experiment.dataset.source.path
            self._forget()

    def set_run(self, experiment: Experiment | None) -> None:
        """The run trains this experiment; None: it is not known."""
        folder = experiment.dataset.source.path if experiment is not None else ""
        if folder != self._run:
            self._run = folder
            self._forget()

    def find(self, keys: Iterable[str]) -> dict[str, Sample | None]:
        """Each key's image, those that are excluded among them; None where there is none."""
        keys = list(keys)
        if self.collection is None or not self._run or self._run != self._project:
            return dict.fromkeys(keys)
        unknown = {key for key in keys if key not in self._found}
        if unknown:
            # One pass over the list for all of them; the list of every key costs more to make.
            self._found.update(dict.fromkeys(unknown))
            for sample in self.collection.everything:
                if sample.key in unknown:
                    self._found[sample.key] = sample
        return {key: self._found[key] for key in keys}

    def _forget(self) -> None:
        self._found.clear()
        self.changed.emit()
