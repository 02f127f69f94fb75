"""The strip that always says in one sentence how things stand, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cnnstudio.gui.forms.editor import tint
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import LIGHT, Theme

ICONS = {
    "neutral": "info",
    "good": "circle-check",
    "warn": "triangle-alert",
    "error": "circle-x",
}


class VerdictStrip(QWidget):
    """One sentence with a tone (neutral, good, warn, error) and at most two buttons."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "verdict")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(36)
        self._theme = LIGHT
        self._tone = "neutral"
        self._action = ""
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self._sentence = _Elided()
        self._button = QPushButton()
        self._button.setProperty("role", "chip")
        self._button.clicked.connect(lambda: self.requested.emit(self._action))
        self._button.hide()
        self._other_action = ""
        self._other = QPushButton()
        self._other.setProperty("role", "link")
        self._other.clicked.connect(lambda: self.requested.emit(self._other_action))
        self._other.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._button)
        row.addWidget(self._other)

    @property
    def sentence(self) -> str:
        """What it says now."""
        return self._sentence.whole

    def say(
        self,
        sentence: str,
        tone: str = "neutral",
        action: str = "",
        words: str = "",
        other: tuple[str, str] = ("", ""),
    ) -> None:
        """Say something else; `action` is the id behind the button, `words` what stands on it.

        `other` is the id and the words of a second, quiet button.
        """
        self._sentence.show_text(sentence)
        self.setAccessibleDescription(sentence)
        self._action = action
        self._button.setText(words)
        self._button.setVisible(bool(action))
        self._other_action, text = other
        self._other.setText(text)
        self._other.setVisible(bool(self._other_action))
        if tone != self._tone:
            self._tone = tone
            tint(self, tone)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        name = ICONS.get(self._tone, "info")
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(name, self._theme.tone(self._tone), 16, ratio))


class _Elided(QLabel):
    """A label that shortens what does not fit; the tooltip has it whole."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        self.whole = text
        self._fit()

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        short = self.fontMetrics().elidedText(
            self.whole, Qt.TextElideMode.ElideRight, max(40, self.width())
        )
        self.setText(short)
        self.setToolTip(self.whole if short != self.whole else "")
