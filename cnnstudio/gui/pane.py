"""The surface every tool of the window sits on: a title row with a small toolbar, and a content."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme

SHORTEST_TITLE = 72
"""Pixels of a title that stay in sight however narrow its pane is."""
FEWEST_LETTERS = 36
"""Pixels below which a piece of a title says nothing."""


class ToolButton(QToolButton):
    """A small flat button with an icon (and a tooltip that says what it does), for title rows."""

    def __init__(self, icon_name: str, tooltip: str, text: str = "") -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setProperty("role", "tool")
        self.setToolTip(tooltip)
        self.setAccessibleName(text or tooltip)
        if text:
            self.setText(text)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self.setIcon(icon(self._icon_name, theme))


class PaneTitle(QLabel):
    """A title that ends in an ellipsis where the pane is narrow, instead of widening it."""

    def __init__(self, title: str, shortest: int = SHORTEST_TITLE) -> None:
        super().__init__(title)
        self._shortest = shortest

    def minimumSizeHint(self) -> QSize:
        """Room for the first word or so."""
        return super().minimumSizeHint().boundedTo(QSize(self._shortest, 1000))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The whole title, or as much of it as there is room for; nothing below half a word."""
        if self.width() < FEWEST_LETTERS:
            return
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        if words == self.text():
            super().paintEvent(event)
        else:
            flat = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            QPainter(self).drawText(self.rect(), flat, words)


class Pane(QWidget):
    """Title row (15 px), a muted note at its right end, small tools, and one content widget.

    `shortest_title` is how much of the title stays in sight, in pixels.
    """

    def __init__(
        self,
        title: str,
        content: QWidget | None = None,
        note: str = "",
        shortest_title: int = SHORTEST_TITLE,
    ) -> None:
        super().__init__()
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = PaneTitle(title, shortest_title)
        self._title.setProperty("role", "section")
        self._note = QLabel(note)
        self._note.setProperty("role", "muted")
        self._note.setMinimumWidth(0)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(4)
        self._tool_buttons: list[ToolButton] = []
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._note)
        row.addLayout(self._tools)
        self._head = QWidget()
        self._head.setFixedHeight(28)
        self._head.setLayout(row)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._head)
        layout.addLayout(self._body, 1)
        if content is not None:
            self.set_content(content)

    def set_content(self, content: QWidget) -> None:
        """Put the one content widget (any former one is removed)."""
        while (item := self._body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._body.addWidget(content)

    @property
    def title(self) -> str:
        """What stands at its head."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Rename the pane."""
        self._title.setText(title)

    def set_note(self, note: str) -> None:
        """The muted words at the right end of the title row: counts, states."""
        self._note.setText(note)

    def add_tool(self, tool: QWidget) -> None:
        """Add a small tool (a `ToolButton`, a combo box) at the right end of the title row."""
        if isinstance(tool, ToolButton):
            self._tool_buttons.append(tool)
        self._tools.addWidget(tool)

    def set_theme(self, theme: Theme) -> None:
        """Colour the tools of the title row; the content's owner colours the content."""
        for tool in self._tool_buttons:
            tool.set_theme(theme)


def scrolled(inside: QWidget) -> QScrollArea:
    """A frameless area as wide as its pane, in which `inside` scrolls up and down only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area
