"""Editors of plain fields: switches, choices, texts, lists of numbers and class weights."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.forms.editor import Editor, WheelGuard, narrow, tint
from cnnstudio.gui.forms.numbers import NumberField, plain_number
from cnnstudio.spec.cards import Card

SEGMENTS = 3
"""Up to this many short choices stand side by side; more go into a list."""


class Switch(QAbstractButton):
    """An on-off switch, painted from the palette: no two-tone tick box."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setCheckable(True)
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """28 high, as every control."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(34 + (8 + words if words else 0) + 2, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, knob, text and focus ring."""
        role = QPalette.ColorRole
        colors = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - 18) / 2
        track = QRectF(1, top, 32, 18)
        on, ready = self.isChecked(), self.isEnabled()
        edge = colors.color(role.Accent if on else role.Dark)
        ground = QColor(edge) if on else colors.color(role.Base)
        if not ready:
            edge.setAlphaF(0.4)
            ground.setAlphaF(0.4)
        painter.setPen(edge)
        painter.setBrush(ground)
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 8.5, 8.5)
        knob = colors.color(role.Base) if on else colors.color(role.Dark)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(knob)
        painter.drawEllipse(QRectF(track.x() + (17 if on else 3), top + 3, 12, 12))
        if self.hasFocus():
            painter.setPen(colors.color(role.Text))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-0.5, -0.5, 0.5, 0.5), 9.5, 9.5)
        if self.text():
            state = QPalette.ColorGroup.Active if ready else QPalette.ColorGroup.Disabled
            painter.setPen(colors.color(state, role.WindowText))
            place = QRectF(42, 0, self.width() - 42, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class Segments(QWidget):
    """A few choices side by side, one of them chosen."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for index, word in enumerate(words):
            button = QPushButton(word)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            self.group.addButton(button, index)
            row.addWidget(button)
        row.addStretch(1)

    def choose(self, index: int) -> None:
        """Check one choice; no signal of the group's `idClicked` follows."""
        button = self.group.button(index)
        if button is not None:
            button.setChecked(True)


class SwitchEditor(Editor):
    """True or false."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self._switch = Switch()
        self._switch.setAccessibleName(card.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._switch)
        row.addStretch(1)
        self._switch.clicked.connect(lambda on: self.edited.emit(bool(on)))

    def show_value(self, value: object) -> None:
        """Show the switch on or off."""
        self._switch.setChecked(bool(value))


class ChoiceEditor(Editor):
    """One of a few words: side by side when they are few and short, otherwise a list."""

    def __init__(self, card: Card, guard: WheelGuard) -> None:
        super().__init__(card)
        self._words = tuple(spoken(choice) for choice in card.choices)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._segments: Segments | None = None
        self._list: QComboBox | None = None
        if len(self._words) <= SEGMENTS and sum(map(len, self._words)) <= 22:
            self._segments = Segments(self._words)
            self._segments.group.idClicked.connect(self._chosen)
            row.addWidget(self._segments)
        else:
            self._list = QComboBox()
            self._list.addItems(list(self._words))
            self._list.setAccessibleName(card.title)
            narrow(self._list)
            guard.watch(self._list)
            self._list.activated.connect(self._chosen)
            row.addWidget(self._list, 1)

    def show_value(self, value: object) -> None:
        """Show the chosen word."""
        index = self.card.choices.index(str(value)) if str(value) in self.card.choices else -1
        if self._list is not None:
            self._list.setCurrentIndex(index)
        elif self._segments is not None:
            self._segments.choose(index)

    def set_tone(self, tone: str) -> None:
        """Colour the list's border."""
        if self._list is not None:
            tint(self._list, tone)

    def _chosen(self, index: int) -> None:
        self.edited.emit(self.card.choices[index])


class TextEditor(Editor):
    """One line of text."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self._line = QLineEdit()
        self._line.setAccessibleName(card.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        self._line.textEdited.connect(self.typed)
        self._line.editingFinished.connect(self._finished)

    def show_value(self, value: object) -> None:
        """Show the text."""
        if self._line.text() != str(value or ""):
            self._line.setText(str(value or ""))
        self._line.setModified(False)

    def set_tone(self, tone: str) -> None:
        """Colour the border."""
        tint(self._line, tone)

    def _finished(self) -> None:
        if self._line.isModified():
            self._line.setModified(False)
            self.edited.emit(self._line.text())


class ListEditor(Editor):
    """Several numbers in one line, separated by commas or spaces."""

    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self._line = QLineEdit()
        self._line.setAccessibleName(card.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._line)
        self._line.editingFinished.connect(self._finished)

    def show_value(self, value: object) -> None:
        """Show the numbers."""
        numbers = value if isinstance(value, tuple | list) else ()
        self._line.setText(", ".join(plain_number(number) for number in numbers))
        self._line.setModified(False)

    def set_tone(self, tone: str) -> None:
        """Colour the border."""
        tint(self._line, tone)

    def _finished(self) -> None:
        if not self._line.isModified():
            return
        self._line.setModified(False)
        words = self._line.text().replace(",", " ").replace(";", " ").split()
        whole = self.card.shape == "integers"
        try:
            numbers = tuple(int(word) if whole else float(word) for word in words)
        except ValueError:
            kind = "whole numbers" if whole else "numbers"
            self.refused.emit(f"Write {kind} separated by commas, such as 100, 200.")
            return
        self.edited.emit(numbers)


class WeightsEditor(Editor):
    """Class weights: a word (none, balanced), or one number for each class."""

    def __init__(self, card: Card, guard: WheelGuard) -> None:
        super().__init__(card)
        self._guard = guard
        self._class_names: tuple[str, ...] = ()
        self._fields: dict[str, NumberField] = {}
        self._value: object = card.default
        self._segments = Segments((*(spoken(choice) for choice in card.choices), "by class"))
        self._segments.group.idClicked.connect(self._chosen)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._segments)
        column.addLayout(self._rows)

    def set_class_names(self, names: tuple[str, ...]) -> None:
        """The classes of the images, which `by class` offers."""
        self._class_names = names
        button = self._segments.group.button(len(self.card.choices))
        ready = bool(names) or isinstance(self._value, dict)
        button.setEnabled(ready)
        button.setToolTip("" if ready else "The classes are known once the images are read.")

    def show_value(self, value: object) -> None:
        """Show the word, or a field for each class."""
        self._value = value
        self.set_class_names(self._class_names)
        if isinstance(value, dict):
            self._segments.choose(len(self.card.choices))
            if list(self._fields) != list(value):
                self._build(tuple(value))
            for name, field in self._fields.items():
                field.blockSignals(True)
                field.show_optional(value[name])
                field.blockSignals(False)
            return
        self._segments.choose(self.card.choices.index(str(value)))
        self._build(())

    def _build(self, names: tuple[str, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._fields = {}
        for name in names:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            label = QLabel(name)
            label.setProperty("role", "muted")
            field = NumberField(
                Card(name, name, "", "number", False, 1.0, minimum=0.01, maximum=100.0)
            )
            field.setAccessibleName(f"{self.card.title}: {name}")
            self._guard.watch(field)
            field.valueChanged.connect(self._typed)
            row.addWidget(label, 1)
            row.addWidget(field)
            self._rows.addWidget(line)
            self._fields[name] = field

    def _chosen(self, index: int) -> None:
        if index < len(self.card.choices):
            self.edited.emit(self.card.choices[index])
        else:
            self.edited.emit(dict.fromkeys(self._class_names, 1.0))

    def _typed(self) -> None:
        self.edited.emit({name: field.optional_value() for name, field in self._fields.items()})


def spoken(choice: str) -> str:
    """A choice as people read it: `validation_loss` becomes `validation loss`, `rgb` `RGB`."""
    return {"rgb": "RGB"}.get(choice, choice.replace("_", " "))
