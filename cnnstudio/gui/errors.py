"""How the window tells what went wrong: one plain sentence, the place, and details to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.errors import UserError


class ErrorDialog(QDialog):
    """A `UserError` in words; what an expert may want is behind `Details` and can be copied."""

    def __init__(self, error: UserError, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = error
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("CNN Studio")
        self.setMinimumWidth(460)
        picture = QLabel()
        picture.setPixmap(pixmap("circle-x", theme.error, 24, self.devicePixelRatioF()))
        sentence = QLabel(error.sentence)
        sentence.setProperty("role", "strong")
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(sentence)
        if error.place:
            place = QLabel(error.place)
            place.setProperty("role", "muted")
            place.setTextFormat(Qt.TextFormat.PlainText)
            place.setWordWrap(True)
            place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(place)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        words.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(head)
        buttons = QHBoxLayout()
        if error.details:
            self._details = QPlainTextEdit(error.details)
            self._details.setReadOnly(True)
            self._details.setMinimumHeight(140)
            self._details.hide()
            layout.addWidget(self._details)
            self._more = QPushButton("Details ▸")
            self._more.setProperty("role", "link")
            self._more.clicked.connect(self._toggle)
            buttons.addWidget(self._more)
        buttons.addStretch(1)
        copy = QPushButton("Copy details")
        copy.clicked.connect(self.copy)
        close = QPushButton("Close")
        close.setProperty("role", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        close.setFocus()

    def copy(self) -> None:
        """Put everything about the error on the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._error))

    def _toggle(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._more.setText("Details ▾" if shown else "Details ▸")
        if not shown:
            self.adjustSize()


def as_text(error: UserError) -> str:
    """Sentence, place, details and the version, for a message to somebody who can help."""
    from cnnstudio import __version__

    parts = [error.sentence, error.place, error.details, f"CNN Studio {__version__}"]
    return "\n\n".join(part for part in parts if part)
