"""How large the images of an experiment are once they are decoded, in one line of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts


class CacheNote(QLabel):
    """The size on disk of all images as training reads them, excluded ones too."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "caption")
        self.setWordWrap(True)
        self.setToolTip(
            "The first run decodes the images and keeps them; later epochs and runs decode none. "
            "“Caches…” in the menu File shows and clears what is kept."
        )
        self._image = 0
        self._images = 0
        self._tell()

    def set_experiment(self, experiment: Experiment) -> None:
        """Count one image in the size and colour of this experiment."""
        height, width, channels = experiment.input_shape
        self._image = height * width * channels
        self._tell()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Count the images."""
        self._images = facts.images() + facts.excluded if facts is not None else 0
        self._tell()

    def _tell(self) -> None:
        from cnnstudio.data.caches import in_words

        size = self._image * self._images
        self.setText(f"Decoded images take {in_words(size)} on disk." if size else "")
        self.setVisible(bool(size))
