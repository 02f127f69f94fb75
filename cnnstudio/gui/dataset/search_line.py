"""A line to filter by, with a magnifying glass and a way to empty it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from cnnstudio.gui.icons import icon, pixmap
from cnnstudio.gui.theme import LIGHT, Theme


class SearchLine(QLineEdit):
    """A `QLineEdit` with a magnifying glass at its left, and an × at its right once it has text."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self.setPlaceholderText(words)
        self.setTextMargins(20, 0, 20, 0)
        self._empty = QToolButton(self)
        self._empty.setProperty("role", "reset")
        self._empty.setCursor(Qt.CursorShape.PointingHandCursor)
        self._empty.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._empty.setToolTip("Empty the filter")
        self._empty.hide()
        self._empty.clicked.connect(self.clear)
        self.textChanged.connect(lambda text: self._empty.setVisible(bool(text)))

    def set_theme(self, theme: Theme) -> None:
        """Colour the drawings."""
        self._theme = theme
        self._empty.setIcon(icon("x", theme.muted))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field and the glass."""
        super().paintEvent(event)
        painter = QPainter(self)
        glass = pixmap("search", self._theme.muted, 16, self.devicePixelRatioF())
        painter.drawPixmap(8, (self.height() - 16) // 2, glass)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the × at the right end."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.width() - 26, (self.height() - 20) // 2, 20, 20)
