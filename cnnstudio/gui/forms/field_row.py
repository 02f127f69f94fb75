"""One row of a form: label, editor, the way back to the default, and the reason of a refusal."""

from __future__ import annotations

from pydantic import BaseModel
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from cnnstudio.gui.forms.editor import Editor
from cnnstudio.gui.forms.editors import spoken
from cnnstudio.gui.forms.numbers import plain_number, with_unit
from cnnstudio.gui.forms.ranges import range_in_words
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.cards import Card


class FieldRow(QObject):
    """Places the widgets of one field in the form's grid and keeps them in step."""

    edited = Signal(str, object)
    typed = Signal(str, str)

    def __init__(self, card: Card, editor: Editor, label_width: int) -> None:
        super().__init__(editor)
        self.card = card
        self.editor = editor
        self._value: object = None
        self._label = QLabel(card.title)
        self._label.setFixedWidth(label_width)
        self._label.setMinimumHeight(32)
        self._label.setWordWrap(True)
        self._label.setProperty("role", "muted")
        self._label.setToolTip(self._tooltip())
        editor.setToolTip(self._tooltip())
        self._reset = QToolButton()
        self._reset.setProperty("role", "reset")
        self._reset.setFixedSize(20, 20)
        self._reset.setToolTip(f"Back to the default: {in_words(card, card.default)}")
        self._reset.setAccessibleName(f"Back to the default of {card.title}")
        self._reset.clicked.connect(lambda: self.edited.emit(card.name, card.default))
        # A fixed place, so that nothing jumps when the button comes and goes.
        self._reset_place = QWidget()
        self._reset_place.setFixedSize(20, 32)
        inside = QHBoxLayout(self._reset_place)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._reset)
        self._reset.hide()
        self._error = QLabel()
        self._error.setProperty("role", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        # 28 high controls in rows of 32, also where an editor has several lines.
        editor.setContentsMargins(0, 2, 0, 2)
        editor.edited.connect(lambda value: self.edited.emit(card.name, value))
        editor.typed.connect(lambda text: self.typed.emit(card.name, text))
        editor.refused.connect(self.set_error)

    def place(self, grid: QGridLayout) -> None:
        """Put the widgets below what the grid already holds."""
        row = grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._label, row, 0, top)
        grid.addWidget(self.editor, row, 1)
        grid.addWidget(self._reset_place, row, 2, top)
        if (below := self.editor.below()) is not None:
            grid.addWidget(below, row + 1, 0, 1, 3)
        grid.addWidget(self._error, grid.rowCount(), 1, 1, 2)

    def show_value(self, value: object, path: str) -> None:
        """Show the value; `path` is the field's dotted path in the experiment."""
        self._value = value
        self.editor.set_path(path)
        self.editor.show_value(value)
        self._reset.setVisible(self._can_reset() and value != self.card.default)

    def set_error(self, sentence: str) -> None:
        """The reason of a refusal below the field, or nothing."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence) and not self.editor.isHidden())
        self.editor.set_tone("error" if sentence else "")

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        for widget in (self._label, self.editor, self._reset_place):
            widget.setVisible(visible)
        if (below := self.editor.below()) is not None:
            below.setVisible(visible)
        self._error.setVisible(visible and bool(self._error.text()))

    def set_theme(self, theme: Theme) -> None:
        """Colour the reset arrow and what the editor draws."""
        self._reset.setIcon(icon("rotate-ccw", theme.muted))
        self.editor.set_theme(theme)

    def _can_reset(self) -> bool:
        return self.card.default is not None or self.card.optional

    def _tooltip(self) -> str:
        parts = [self.card.help, limits_in_words(self.card)]
        if self._can_reset():
            parts.append(f"Default: {in_words(self.card, self.card.default)}")
        return "\n".join(part for part in parts if part)


def in_words(card: Card, value: object) -> str:
    """A value as the form would show it: `20 %`, `none`, `L2`."""
    if value is None:
        return card.empty
    if isinstance(value, bool):
        return "on" if value else "off"
    if card.shape == "range":
        return range_in_words(card, value)
    if isinstance(value, int | float):
        unit = "%" if card.percent else card.unit
        return with_unit(plain_number(value * (100 if card.percent else 1)), unit)
    if isinstance(value, tuple | list):
        return (" × " if card.shape == "pair" else ", ").join(str(item) for item in value) or "none"
    if isinstance(value, BaseModel):
        title = getattr(type(value), "title", None)
        return str(title()) if callable(title) else "as proposed"
    return spoken(str(value))


def limits_in_words(card: Card) -> str:
    """`From 1 to 4096`, as far as there are limits."""
    if card.shape not in ("integer", "number") or card.minimum is None or card.maximum is None:
        return ""
    word = "Above" if card.exclusive_minimum else "From"
    return f"{word} {in_words(card, card.minimum)} to {in_words(card, card.maximum)}"
