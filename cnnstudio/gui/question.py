"""The one question after opening a folder: is there a right way up? Shown with one's own image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dialogs import label
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.welcome import Card
from cnnstudio.spec.defaults import Orientation

SIDE = 132


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: which variants of the image stay in its class, and the words."""

    orientation: Orientation
    title: str
    sentence: str
    same: bool
    turns: tuple[str, ...]


ANSWERS: tuple[Answer, ...] = (
    Answer(
        "photos",
        "Yes, but left and right may be swapped",
        "Photos of animals, things, people",
        True,
        ("mirror",),
    ),
    Answer(
        "text",
        "Yes, and left and right matter",
        "Text, digits, maps, signs",
        False,
        ("mirror",),
    ),
    Answer(
        "any",
        "No, any way up is right",
        "Under a microscope, from above",
        True,
        ("quarter",),
    ),
)


class QuestionPage(QWidget):
    """Three cards with the person's own image; `answered` carries the orientation."""

    answered = Signal(str)
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._picture: QImage | None = None
        self._about = label("", "muted")
        self._plan = label("", "", wrap=True)
        self._plan.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._pictures: list[tuple[QLabel, str]] = []
        self._marks: list[tuple[QLabel, bool]] = []
        center = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(4)
        layout.addStretch(2)
        layout.addWidget(label("Is there a right way up?", "page"), 0, center)
        layout.addWidget(self._about, 0, center)
        layout.addSpacing(20)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for answer in ANSWERS:
            row.addWidget(self._card(answer))
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(20)
        layout.addWidget(self._plan)
        layout.addWidget(label("Everything can be changed afterwards.", "muted"), 0, center)
        layout.addSpacing(12)
        back = QPushButton("Back")
        back.setObjectName("question.back")
        back.clicked.connect(self.dismissed)
        layout.addWidget(back, 0, center)
        layout.addStretch(3)

    def ask(self, about: str, plan: str, picture: Any) -> None:
        """Show the question for a folder; `picture` is uint8[height, width, 3] or None."""
        self._about.setText(about)
        self._plan.setText(plan)
        self._picture = as_image(picture)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Colour the marks."""
        self._theme = theme
        self._draw()

    def _card(self, answer: Answer) -> Card:
        card = Card(answer.title)
        card.setObjectName(f"answer.{answer.orientation}")
        card.setFixedWidth(2 * SIDE + 64)
        card.clicked.connect(lambda _on=False: self.answered.emit(answer.orientation))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        mark = QLabel()
        mark.setFixedSize(16, SIDE)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._marks.append((mark, answer.same))
        for index, turn in enumerate(("", *answer.turns)):
            if index:
                row.addWidget(mark)
            picture = QLabel()
            picture.setFixedSize(SIDE, SIDE)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row.addWidget(picture)
            self._pictures.append((picture, turn))
        row.addStretch(1)
        inside.addLayout(row)
        inside.addSpacing(8)
        inside.addWidget(label(answer.title, "strong", wrap=True))
        inside.addWidget(label(answer.sentence, "muted", wrap=True))
        for child in card.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return card

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        for mark, same in self._marks:
            name, color = ("equal", self._theme.ok) if same else ("equal-not", self._theme.error)
            mark.setPixmap(pixmap(name, color, 16, ratio))
        for place, turn in self._pictures:
            if self._picture is None:
                place.setPixmap(pixmap("image", self._theme.muted, 32, ratio))
            else:
                place.setPixmap(_turned(self._picture, turn, ratio))


def as_image(picture: Any) -> QImage | None:
    """uint8[height, width, 3] as an image that owns its pixels."""
    if picture is None:
        return None
    height, width, _ = picture.shape
    data = picture.tobytes()
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _turned(picture: QImage, turn: str, ratio: float) -> QPixmap:
    """A square cut from the middle, turned, with the corners of a card."""
    side = min(picture.width(), picture.height())
    cut = picture.copy((picture.width() - side) // 2, (picture.height() - side) // 2, side, side)
    if turn == "mirror":
        cut = cut.transformed(QTransform().scale(-1, 1))
    elif turn == "quarter":
        cut = cut.transformed(QTransform().rotate(90))
    pixels = round(SIDE * ratio)
    scaled = cut.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    drawn = QPixmap(pixels, pixels)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(scaled)
    painter.drawRoundedRect(0, 0, pixels, pixels, 4 * ratio, 4 * ratio)
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
