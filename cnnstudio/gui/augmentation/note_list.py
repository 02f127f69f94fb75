"""Sentences below each other, each with a small icon that says how it is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence under a heading. `tone` is empty, `warn` or `error`."""

    text: str
    icon: str
    tone: str = ""


class NoteList(QWidget):
    """Scrolls where the sentences take more room than there is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._groups: tuple[tuple[str, tuple[Note, ...]], ...] = ()
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 6, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(self._inside))

    def show_notes(self, *groups: tuple[str, Sequence[Note]]) -> None:
        """Show these notes under their headings; a group without notes has no heading."""
        shown = tuple((heading, tuple(notes)) for heading, notes in groups if notes)
        if shown == self._groups:
            return
        self._groups = shown
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        row = 0
        for heading, notes in shown:
            if heading:
                title = QLabel(heading)
                title.setProperty("role", "strong")
                title.setContentsMargins(0, 6 if row else 0, 0, 0)
                self._grid.addWidget(title, row, 0, 1, 2)
                row += 1
            for note in notes:
                self._add(row, note)
                row += 1
        for at in range(self._grid.rowCount()):
            self._grid.setRowStretch(at, 0)
        self._grid.setRowStretch(row, 1)

    def texts(self) -> tuple[str, ...]:
        """Every sentence that is shown."""
        return tuple(note.text for _, notes in self._groups for note in notes)

    def _add(self, row: int, note: Note) -> None:
        picture = QLabel()
        color = self._theme.tone(note.tone)
        picture.setPixmap(pixmap(note.icon, color, 16, self.devicePixelRatioF()))
        words = QLabel(note.text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if note.tone == "error":
            words.setProperty("role", "error")
        self._grid.addWidget(picture, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(words, row, 1)
