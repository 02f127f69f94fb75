"""Small dialogs in the program's own look: a question with words on its buttons, about, keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio import __version__, resources
from cnnstudio.gui.actions import ActionSpec


class AskDialog(QDialog):
    """A question; `answer` is the id of the chosen button, or of the last one when closed.

    `choices` are (id, words); the first is the primary one, the last means no change.
    """

    def __init__(
        self,
        question: str,
        text: str,
        choices: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("CNN Studio")
        self.setMinimumWidth(420)
        self.answer = choices[-1][0]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(4)
        layout.addWidget(label(question, "section", wrap=True))
        layout.addWidget(label(text, "muted", wrap=True))
        layout.addSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for id, words in reversed(choices):
            button = QPushButton(words)
            button.setObjectName(f"answer.{id}")
            button.clicked.connect(lambda _on=False, id=id: self._choose(id))
            if id == choices[0][0]:
                button.setProperty("role", "primary")
                button.setDefault(True)
            row.addWidget(button)
        layout.addLayout(row)

    def _choose(self, id: str) -> None:
        self.answer = id
        self.accept()


IMAGE_KEYS = (
    ("Choose more images", "Shift or Ctrl with arrows or clicks"),
    ("Choose all images", "Ctrl+A"),
    ("Full size", "Return"),
    ("Exclude or include", "Del"),
    ("Change the class", "C"),
    ("Move to a part", "P"),
    ("Tag", "T"),
    ("Show all images again", "Esc"),
)
"""What the grid of images listens to itself, so that letters stay free elsewhere."""


class ShortcutsDialog(QDialog):
    """Every action that has keys, and the keys of the grid of images."""

    def __init__(self, specs: Sequence[ActionSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(label("Keyboard shortcuts", "page"))
        columns = QHBoxLayout()
        columns.setSpacing(40)
        withkeys = [spec for spec in specs if spec.keys]
        half = (len(withkeys) + 1) // 2
        for part in (withkeys[:half], withkeys[half:]):
            grid = QGridLayout()
            grid.setHorizontalSpacing(24)
            grid.setVerticalSpacing(6)
            for row, spec in enumerate(part):
                keys = ", ".join(
                    QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText)
                    for k in spec.keys
                )
                grid.addWidget(label(_in_full(spec)), row, 0)
                grid.addWidget(label(keys, "muted"), row, 1)
            grid.setRowStretch(len(part), 1)
            columns.addLayout(grid)
        layout.addLayout(columns)
        layout.addWidget(label("In the grid of images", "strong"))
        layout.addLayout(_image_keys())
        layout.addLayout(_close_row(self))


def _image_keys() -> QHBoxLayout:
    columns = QHBoxLayout()
    columns.setSpacing(40)
    half = len(IMAGE_KEYS) // 2
    for part in (IMAGE_KEYS[:half], IMAGE_KEYS[half:]):
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for row, (words, keys) in enumerate(part):
            grid.addWidget(label(words), row, 0)
            grid.addWidget(label(keys, "muted"), row, 1)
        columns.addLayout(grid)
    return columns


class AboutDialog(QDialog):
    """Name, version and licences."""

    def __init__(self, versions: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About CNN Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        drawn = QPixmap(str(resources.path("icons/cnnstudio.png")))
        picture.setPixmap(
            drawn.scaled(
                64,
                64,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("CNN Studio", "page"))
        words.addWidget(label(f"Version {__version__}", "muted"))
        words.addSpacing(8)
        words.addWidget(
            label(
                "Build, train and understand a convolutional image classifier. "
                "Your images never leave this computer.",
                wrap=True,
            )
        )
        words.addSpacing(8)
        for name, version in versions:
            words.addWidget(label(f"{name} {version}", "caption"))
        words.addSpacing(8)
        words.addWidget(
            label(
                "Apache License 2.0. Typeface Inter: SIL Open Font License. Icons Lucide: ISC. "
                "Qt for Python: LGPL.",
                "caption",
                wrap=True,
            )
        )
        head = QHBoxLayout()
        head.setSpacing(20)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addLayout(_close_row(self))
        self.setFixedWidth(460)


def label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """A plain-text label with a role of the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def line() -> QFrame:
    """A hairline across the layout."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


def _in_full(spec: ActionSpec) -> str:
    text = spec.text.rstrip("…")
    return f"Go to {text}" if spec.id.startswith("stage.") else text


def _close_row(dialog: QDialog) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStretch(1)
    close = QPushButton("Close")
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    row.addWidget(close)
    return row
