"""Which columns of a table hold path, label and split, with its first lines read that way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.forms.editor import WheelGuard, narrow
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import cards
from cnnstudio.spec.sources import Table

if TYPE_CHECKING:
    from cnnstudio.data.tables import Head, Row

COLUMNS = ("path_column", "label_column", "split_column")
CELL = 22
"""Characters of a cell that are shown."""


class TableForm(QWidget):
    """A list of the table's own columns for each part; `edited` carries a field and its value.

    `complete_changed` tells whether path and label are known.
    """

    edited = Signal(str, object)
    complete_changed = Signal(bool)

    def __init__(self, label_width: int) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._source: Table | None = None
        self._head: Head | None = None
        self._threads = NewestFirst(self, threads=1)
        guard = WheelGuard(self)
        titles = {card.name: (card.title, card.help) for card in cards(Table)}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, label_width)
        grid.setColumnStretch(1, 1)
        self._lists: dict[str, QComboBox] = {}
        for row, name in enumerate(COLUMNS):
            choices = QComboBox()
            choices.setAccessibleName(titles[name][0])
            choices.setToolTip(titles[name][1])
            narrow(choices)
            guard.watch(choices)
            choices.activated.connect(partial(self._chosen, name))
            self._lists[name] = choices
            grid.addWidget(_title(titles[name][0].removesuffix(" column")), row, 0)
            grid.addWidget(choices, row, 1)
        self._ending = QLineEdit()
        self._ending.setAccessibleName(titles["ending"][0])
        self._ending.setToolTip(titles["ending"][1])
        self._ending.editingFinished.connect(self._ended)
        grid.addWidget(_title(titles["ending"][0]), len(COLUMNS), 0)
        grid.addWidget(self._ending, len(COLUMNS), 1)
        self._rows = QLabel()
        self._rows.setProperty("role", "caption")
        self._rows.setTextFormat(Qt.TextFormat.RichText)
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        self._note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(6)
        column.addLayout(grid)
        column.addWidget(self._rows)
        column.addWidget(self._note)

    @property
    def head(self) -> Head | None:
        """What is shown of the table."""
        return self._head

    def show_source(self, source: Table) -> None:
        """Show this table. Never emits `edited`."""
        if source == self._source:
            return
        self._source = source
        if self._ending.text() != source.ending:
            self._ending.setText(source.ending)
        self._threads.request("head", partial(_read, source), partial(self._show, source))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of the lines."""
        self._theme = theme
        self._tell()

    def _show(self, source: Table, outcome: Outcome[Head]) -> None:
        if source != self._source:
            return
        self._head = outcome.value
        self._tell(getattr(outcome.error, "sentence", ""))
        head = self._head
        self.complete_changed.emit(bool(head and head.path and head.label))

    def _tell(self, error: str = "") -> None:
        head, source = self._head, self._source
        self._rows.setVisible(head is not None)
        self._note.setText(error)
        self._note.setProperty("tone", "error" if error else "")
        if head is None or source is None:
            return
        found = {"path_column": head.path, "label_column": head.label, "split_column": head.split}
        for name, choices in self._lists.items():
            chosen = str(getattr(source, name))
            by_name = found[name] if not chosen else ""
            nothing = "none" if name == "split_column" else "choose a column"
            choices.clear()
            choices.addItem(f"{by_name} (by its name)" if by_name else nothing)
            choices.addItems(list(head.columns))
            choices.setCurrentIndex(head.columns.index(chosen) + 1 if found[name] and chosen else 0)
        self._rows.setText(self._table(head))
        self._rows.setVisible(bool(head.path or head.label))
        gone = sum(not row.there for row in head.rows)
        words, tone = "", ""
        if not head.path or not head.label:
            missing = [word for word in ("path", "label") if not getattr(head, word)]
            words, tone = f"Choose the column of the {' and of the '.join(missing)}.", "warn"
        elif gone:
            which = "None" if gone == len(head.rows) else f"{len(head.rows) - gone}"
            words = f"{which} of the first {len(head.rows)} files is there: check path and ending."
            tone = "warn"
        elif head.rows:
            words = "The first lines of the table, as they are read."
        self._note.setText(words)
        self._note.setProperty("tone", tone)
        self._note.style().unpolish(self._note)
        self._note.style().polish(self._note)

    def _table(self, head: Head) -> str:
        parts = ("path", "label", "split") if head.split else ("path", "label")
        names = "".join(f"<td><b>{part.capitalize()}</b>&nbsp;&nbsp;</td>" for part in parts)
        lines = [f"<tr>{names}</tr>"]
        for row in head.rows:
            cells = "".join(f"<td>{self._cell(row, part)}&nbsp;&nbsp;</td>" for part in parts)
            lines.append(f"<tr>{cells}</tr>")
        return f'<table cellspacing="0" cellpadding="1">{"".join(lines)}</table>'

    def _cell(self, row: Row, part: str) -> str:
        from html import escape

        text = str(getattr(row, part)) or "–"
        if len(text) > CELL:
            text = f"…{text[-CELL + 1 :]}" if part == "path" else f"{text[: CELL - 1]}…"
        gone = part == "path" and not row.there
        color = self._theme.warn if gone else self._theme.text
        return f'<span style="color:{color}">{escape(text)}</span>'

    def _chosen(self, name: str, index: int) -> None:
        head, source = self._head, self._source
        if head is None or source is None:
            return
        value = head.columns[index - 1] if index else ""
        if value != getattr(source, name):
            self.edited.emit(name, value)

    def _ended(self) -> None:
        source, text = self._source, self._ending.text().strip()[:12]
        if source is not None and text != source.ending:
            self.edited.emit("ending", text)


def _read(source: Table) -> Head:
    from cnnstudio.data.tables import head

    return head(source)


def _title(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "muted")
    label.setMinimumHeight(28)
    return label
