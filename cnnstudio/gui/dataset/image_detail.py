"""One image at a large size, what is known of it, and how the network will see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.pictures import as_image, fitted, paint_rounded, paint_skeleton
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample
    from cnnstudio.spec.experiment import Dataset, Experiment

LONGEST = 1200
"""Pixels of the longer side that are kept of a large photo."""


class Picture(QWidget):
    """One picture, as large as the room allows, with rounded corners."""

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

    def sizeHint(self) -> QSize:
        """A square that gives way."""
        return QSize(220, 220)


@dataclass(frozen=True, slots=True)
class _Looked:
    height: int
    width: int
    file_bytes: int
    whole: QImage
    seen: QImage


class ImageDetail(Panel):
    """The chosen image of the collection: picture, facts, and the network's view of it."""

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._dataset: Dataset | None = None
        self._threads = NewestFirst(self, threads=1)
        self._picture = Picture("Chosen image", 72)
        self._seen = Picture("As the network sees it", 72)
        self._picture_words, self._seen_words = _caption(), _caption()
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
        collection.chosen_changed.connect(self._look)
        collection.index_changed.connect(self._look)
        self._look()

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the image in the size, colour and shape of this experiment."""
        if experiment.dataset != self._dataset:
            self._dataset = experiment.dataset
            self._look()

    def set_theme(self, theme: Theme) -> None:
        """Colour the grounds."""
        self._picture.set_theme(theme)
        self._seen.set_theme(theme)

    @property
    def seen(self) -> QImage | None:
        """The picture that the network gets."""
        return self._seen.image

    def _look(self) -> None:
        sample = self._collection.chosen
        if sample is None or self._dataset is None:
            self._picture.show_image(None, "" if sample else "Choose an image in the grid.")
            self._seen.show_image(None)
            for label in (self._name, self._facts, self._picture_words, self._seen_words):
                label.clear()
            return
        self._name.setText(Path(sample.key).name)
        self._name.setToolTip(str(sample.path))
        work = partial(_look_at, sample.path, self._dataset)
        self._threads.request("look", work, partial(self._show, sample))

    def _show(self, sample: Sample, outcome: Outcome[_Looked]) -> None:
        index, dataset = self._collection.index, self._dataset
        if sample != self._collection.chosen or index is None or dataset is None:
            return
        part = f"{index.class_names[sample.label]} · {SPLIT_NAMES[sample.split]}"
        found = outcome.value
        if found is None:
            sentence = getattr(outcome.error, "sentence", "The image cannot be shown.")
            self._picture.show_image(None, sentence)
            self._seen.show_image(None)
            self._facts.setText(part)
            self._picture_words.clear()
            self._seen_words.clear()
            return
        self._picture.show_image(found.whole)
        self._seen.show_image(found.seen)
        self._facts.setText(f"{part} · {_size_words(found.file_bytes)}")
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


_HOW = {"stretch": "stretched", "pad": "padded", "crop": "cropped"}


def _look_at(path: Path, dataset: Dataset) -> _Looked:
    from cnnstudio.data.decode import decode
    from cnnstudio.data.load import load

    whole = decode(path)
    height, width, _ = whole.shape
    image = as_image(whole)
    if max(height, width) > LONGEST:
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        image = image.scaled(LONGEST, LONGEST, keep, smooth)
    seen = as_image(load(path, dataset))
    return _Looked(height, width, path.stat().st_size, image, seen)


def _size_words(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} KB" if count < 2**20 else f"{count / 2**20:.1f} MB"
