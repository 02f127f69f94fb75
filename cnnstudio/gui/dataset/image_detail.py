"""One image at a large size, what is known of it, and how the network will see it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.histogram import Histogram
from cnnstudio.gui.dataset.look import Looked, look_at, size_words
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.pictures import fitted, paint_rounded, paint_skeleton
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.edits import NO_EDITS, Edits

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.spec.experiment import Dataset, Experiment


class Picture(QWidget):
    """One picture, as large as the room allows, with rounded corners; a click asks for more."""

    pressed = Signal()

    def __init__(self, name: str, least: int) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        self._theme: Theme = LIGHT
        self.setAccessibleName(name)
        self.setMinimumSize(least, least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage | None, words: str = "") -> None:
        """Show a picture, or a plain ground with words (a reason) on it."""
        self._image, self._words = image, words
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        room = QRectF(self.rect())
        if self._image is not None:
            place = fitted(QSizeF(self._image.size()), room)
            place.moveTopLeft(room.topLeft())
            paint_rounded(painter, self._image, place, 6)
        else:
            paint_skeleton(painter, room, QColor(self._theme.mixed("surface", "text", 0.07)), 6)
            painter.setPen(self._theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room.adjusted(12, 12, -12, -12), flags, self._words)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the picture at full size."""
        if self._image is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def sizeHint(self) -> QSize:
        """A square that gives way."""
        return QSize(220, 220)


class ImageDetail(Panel):
    """The chosen image of the collection: picture, facts, and the network's view of it.

    `looked_at` carries the Sample that a person wants to see at full size.
    """

    looked_at = Signal(object)

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._dataset: Dataset | None = None
        self._edits: Edits = NO_EDITS
        self._bytes = 0
        self._threads = NewestFirst(self, threads=1)
        self._picture = Picture("Chosen image", 72)
        self._seen = Picture("As the network sees it", 72)
        self._picture_words, self._seen_words = _caption(), _caption()
        self._histogram = Histogram()
        self._notes = QLabel()
        self._notes.setProperty("role", "caption")
        self._notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._picture.setCursor(Qt.CursorShape.PointingHandCursor)
        self._picture.setToolTip("Click to see every pixel")
        self._picture.pressed.connect(lambda: self.looked_at.emit(self._collection.chosen))
        self._name = QLabel()
        self._name.setProperty("role", "strong")
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._facts = QLabel()
        self._facts.setProperty("role", "muted")
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        pair = QGridLayout()
        pair.setHorizontalSpacing(8)
        pair.setVerticalSpacing(4)
        pair.addWidget(self._picture, 0, 0)
        pair.addWidget(self._seen, 0, 1)
        pair.addWidget(self._picture_words, 1, 0)
        pair.addWidget(self._seen_words, 1, 1)
        pair.setRowStretch(0, 1)
        pair.setColumnStretch(0, 1)
        pair.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._name)
        layout.addWidget(self._facts)
        layout.addSpacing(6)
        layout.addLayout(pair, 1)
        layout.addSpacing(4)
        layout.addWidget(self._histogram)
        layout.addWidget(self._notes)
        collection.chosen_changed.connect(self._look)
        collection.index_changed.connect(self._look)
        self._look()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the image in the size, colour and shape of this experiment."""
        dataset = experiment.dataset.model_copy(update={"edits": NO_EDITS})
        other, edited = dataset != self._dataset, experiment.dataset.edits is not self._edits
        self._dataset, self._edits = dataset, experiment.dataset.edits
        if other:
            self._look()
        elif edited:
            self._tell()

    def set_theme(self, theme: Theme) -> None:
        """Colour the grounds."""
        self._picture.set_theme(theme)
        self._seen.set_theme(theme)
        self._histogram.set_theme(theme)

    @property
    def seen(self) -> QImage | None:
        """The picture that the network gets."""
        return self._seen.image

    def _look(self) -> None:
        sample = self._collection.chosen
        if sample is None or self._dataset is None:
            self._empty("" if sample else "Choose an image in the grid.")
            self._name.clear()
            self._facts.clear()
            return
        self._name.setText(Path(sample.key).name)
        self._name.setToolTip(str(sample.path))
        self._tell()
        work = partial(look_at, sample, self._dataset)
        self._threads.request("look", work, partial(self._show, sample))

    def _tell(self, file_bytes: int = 0) -> None:
        """Class, part and what a person said about the image."""
        sample, index = self._collection.chosen, self._collection.index
        if sample is None or index is None:
            return
        edit = self._edits.get(sample.key)
        name = edit.label or index.class_of(sample)
        words = [name, "excluded" if edit.excluded else SPLIT_NAMES[edit.split or sample.split]]
        words += [f"#{tag}" for tag in edit.tags]
        self._bytes = file_bytes or self._bytes
        self._facts.setText(" · ".join([*words, size_words(self._bytes)]))
        self._facts.setToolTip(self._facts.text())

    def _empty(self, words: str) -> None:
        self._picture.show_image(None, words)
        self._seen.show_image(None)
        self._histogram.set_counts(None)
        for label in (self._picture_words, self._seen_words, self._notes):
            label.clear()

    def _show(self, sample: Sample, outcome: Outcome[Looked]) -> None:
        dataset = self._dataset
        if sample != self._collection.chosen or dataset is None:
            return
        found = outcome.value
        if found is None:
            self._empty(getattr(outcome.error, "sentence", "The image cannot be shown."))
            return
        self._picture.show_image(found.whole)
        self._seen.show_image(found.seen)
        self._histogram.set_counts(found.histogram)
        self._notes.setText(" · ".join(found.notes))
        self._notes.setToolTip(self._notes.text())
        self._tell(found.file_bytes)
        self._picture_words.setText(f"Original\n{found.width} × {found.height} px")
        height, width = dataset.image_size
        color = "" if dataset.color == "rgb" else ", gray"
        how = "" if (height, width) == (found.height, found.width) else f", {_HOW[dataset.resize]}"
        self._seen_words.setText(f"The network's view\n{width} × {height} px{how}{color}")


def _caption() -> QLabel:
    label = QLabel()
    label.setProperty("role", "caption")
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setMinimumHeight(32)
    label.setWordWrap(True)
    return label


_HOW = {"stretch": "stretched", "pad": "padded", "crop": "cropped", "fixed_scale": "to scale"}
