"""The start page: drop or open images, try a sample, or go on with a recent project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnstudio import resources
from cnnstudio.gui.dialogs import label
from cnnstudio.gui.forms.editor import tint
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import LIGHT, Theme

WIDTH = 880

RECENT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample project of the program: its file in resources, and what it is good for."""

    file: str
    title: str
    sentence: str


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "samples/shapes/experiment.yaml",
        "Shapes",
        "Drawn shapes in four classes. Trains to over 95 % in about two minutes.",
    ),
    Sample(
        "samples/shapes/stuck.yaml",
        "Shapes, stuck at chance",
        "The same images, but training accuracy will not rise. Find out why.",
    ),
)


class Card(QAbstractButton):
    """A clickable card that holds widgets; drawn by the style sheet as a raised surface."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """As large as what it holds."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def paintEvent(self, event: object) -> None:
        """The style sheet paints the ground; the content paints itself."""


class WelcomePage(QScrollArea):
    """Drop area, samples and recent projects.

    `action_requested` carries an action id, `sample_chosen` and `recent_chosen` a file's path.
    """

    action_requested = Signal(str)
    sample_chosen = Signal(object)
    recent_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self.setWidgetResizable(True)
        self._drop_icon = QLabel()
        self._drop = self._drop_area()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(8)
        self._recent_icons: list[QLabel] = []
        column = QWidget()
        column.setMaximumWidth(WIDTH)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inside = QVBoxLayout(column)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(label("Start with your images", "page"))
        head.addWidget(
            label("From a folder of images to a trained, understood and exported model.", "muted")
        )
        inside.addLayout(head)
        inside.addWidget(self._drop)
        lower = QHBoxLayout()
        lower.setSpacing(24)
        lower.addLayout(self._samples(), 1)
        lower.addLayout(self._recent_column(), 1)
        inside.addLayout(lower)
        body = QWidget()
        around = QVBoxLayout(body)
        around.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column, 100)
        row.addStretch(1)
        around.addLayout(row)
        around.addStretch(3)
        self.setWidget(body)
        self.set_recent(())

    def set_recent(self, files: Sequence[str]) -> None:
        """Show these experiment files, the last one first; those that are gone are left out."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._recent_icons = []
        for name in files[:RECENT_SHOWN]:
            self._recent.addWidget(self._recent_card(Path(name)))
        if not files:
            self._recent.addWidget(label("Projects you save appear here.", "muted"))
        self._recent.addStretch(1)
        self.set_theme(self._theme)

    def set_over(self, over: bool) -> None:
        """Light the drop area up while something hovers over the window."""
        tint(self._drop, "over" if over else "")

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        self._theme = theme
        ratio = self.devicePixelRatioF()
        self._drop_icon.setPixmap(pixmap("images", theme.muted, 32, ratio))
        for place in self._recent_icons:
            place.setPixmap(pixmap("file-text", theme.muted, 16, ratio))

    def _drop_area(self) -> QWidget:
        area = QWidget()
        area.setProperty("role", "drop")
        area.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        area.setMinimumHeight(228)
        inside = QVBoxLayout(area)
        inside.setSpacing(4)
        center = Qt.AlignmentFlag.AlignHCenter
        inside.addStretch(1)
        inside.addWidget(self._drop_icon, 0, center)
        inside.addSpacing(8)
        inside.addWidget(label("Drop a folder of images here", "section"), 0, center)
        inside.addWidget(
            label("with one folder per class inside, or a table (CSV, TSV) or arrays", "muted"),
            0,
            center,
        )
        inside.addSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for id, words in (
            ("images.open", "Open images…"),
            ("experiment.open", "Open experiment…"),
            ("sets.open", "A set of Keras…"),
        ):
            button = QPushButton(words)
            button.clicked.connect(lambda _on=False, id=id: self.action_requested.emit(id))
            row.addWidget(button)
        row.addStretch(1)
        inside.addLayout(row)
        inside.addStretch(1)
        return area

    def _samples(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label("Try a sample", "section"))
        for sample in SAMPLES:
            column.addWidget(self._sample_card(sample))
        column.addStretch(1)
        return column

    def _sample_card(self, sample: Sample) -> Card:
        file = resources.path(sample.file)
        card = Card(sample.title)
        card.clicked.connect(lambda _on=False: self.sample_chosen.emit(file))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(sample.title, "strong"))
        words.addWidget(label(sample.sentence, "muted", wrap=True))
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 10, 12, 10)
        row.setSpacing(12)
        pictures = QWidget()
        grid = QHBoxLayout(pictures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for path in _sample_images(file.parent / "images")[:2]:
            picture = QLabel()
            picture.setPixmap(
                QPixmap(str(path)).scaled(
                    40,
                    40,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            grid.addWidget(picture)
        row.addWidget(pictures, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        _let_clicks_through(card)
        return card

    def _recent_card(self, path: Path) -> Card:
        name = path.parent.name if path.stem == "experiment" else path.stem
        card = Card(name)
        card.setToolTip(str(path))
        card.clicked.connect(lambda _on=False: self.recent_chosen.emit(path))
        place = QLabel()
        place.setFixedSize(16, 16)
        self._recent_icons.append(place)
        where = label(_where(path), "muted")
        where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        row.addWidget(place)
        row.addWidget(label(name, "strong"))
        row.addWidget(where, 1)
        _let_clicks_through(card)
        return card

    def _recent_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label("Recent", "section"))
        column.addLayout(self._recent)
        column.addStretch(1)
        return column


def _sample_images(folder: Path) -> list[Path]:
    """The first image of each class."""
    return [
        next(iter(sorted(path for path in inner.iterdir() if path.is_file())))
        for inner in sorted(folder.iterdir())
        if inner.is_dir()
    ]


def _where(path: Path) -> str:
    """The folder of a file, from the home folder if it lies there: `~/Documents/pets`."""
    folder, home = path.parent, Path.home()
    if folder.is_relative_to(home):
        return f"~/{folder.relative_to(home).as_posix()}"
    return str(folder)


def _let_clicks_through(card: Card) -> None:
    """What a card holds shows, and does not take its clicks."""
    for child in card.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
