"""What every editor of one field is, and the wheel rule that all of them follow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from cnnstudio.gui.theme import Theme
from cnnstudio.spec.cards import Card


class Editor(QWidget):
    """Edits the value of one card.

    `edited` carries the new value and is emitted on a person's gesture only; `show_value` never
    emits. A value that cannot be read (a half-typed list) is announced by `refused` with one
    sentence, and nothing is edited.
    """

    edited = Signal(object)
    refused = Signal(str)
    typed = Signal(str)
    """What stands in a text field after each key, before it is done."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card

    def show_value(self, value: object) -> None:
        """Show this value without emitting."""
        raise NotImplementedError

    def set_path(self, path: str) -> None:
        """The dotted path of the field, for editors with nested fields."""

    def below(self) -> QWidget | None:
        """What stands under the first line over the whole width, if anything."""
        return None

    def set_tone(self, tone: str) -> None:
        """Colour the field's border: `error` or nothing."""

    def set_theme(self, theme: Theme) -> None:
        """Colour what the style sheet does not reach."""


class WheelGuard(QObject):
    """Keeps the mouse wheel for scrolling: a field turns only while it has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow wheel events of fields without the focus; the scroll area gets them."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def watch(self, field: QWidget) -> None:
        """Guard this field, and let the wheel never give it the focus."""
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)


def tint(field: QWidget, tone: str) -> None:
    """Set the style sheet's `tone` of a field and have it drawn anew."""
    if field.property("tone") != tone:
        field.setProperty("tone", tone)
        field.style().unpolish(field)
        field.style().polish(field)


def narrow(choices: QComboBox) -> None:
    """Let the pane decide a list's width: its longest word must not push the form out of sight."""
    choices.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choices.setMinimumContentsLength(6)
