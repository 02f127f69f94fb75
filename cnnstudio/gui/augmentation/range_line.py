"""One range of an operation: a slider that is fine near zero, and the value beside it."""

from __future__ import annotations

from math import sqrt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.numbers import NumberField
from cnnstudio.spec.cards import Card

PLACES = 400
FIELD = 60


class RangeLine(QWidget):
    """A slider and a field for a number with both bounds. `edited` carries the value.

    The slider's places grow with the square, because a turn of 5° or 10° is another thing and a
    turn of 155° or 160° is not.
    """

    edited = Signal(object)

    def __init__(self, card: Card, guard: WheelGuard, label_width: int) -> None:
        super().__init__()
        self._card = card
        self._low, self._high = card.minimum or 0.0, card.maximum or 1.0
        self._showing = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, PLACES)
        self.slider.setPageStep(PLACES // 20)
        self.slider.setAccessibleName(card.title)
        self.slider.setToolTip(card.help or card.title)
        self.field = NumberField(card)
        self.field.setProperty("role", "inline")
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.field.setFixedWidth(FIELD)
        self.field.setAccessibleName(card.title)
        self.field.setToolTip("Type a value, or use the arrow keys")
        guard.watch(self.slider)
        guard.watch(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if label_width:
            label = QLabel(card.title)
            label.setProperty("role", "muted")
            label.setFixedWidth(label_width)
            label.setToolTip(card.help)
            row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.setFixedHeight(26)
        self.slider.valueChanged.connect(self._slid)
        self.field.valueChanged.connect(self._typed)

    def show_value(self, value: float) -> None:
        """Show a value of the experiment. Never emits."""
        self._showing = True
        self.field.show_optional(value)
        if self.value_at(self.slider.value()) != value:
            share = (value - self._low) / (self._high - self._low)
            self.slider.setValue(round(PLACES * sqrt(min(1.0, max(0.0, share)))))
        self._showing = False

    def value_at(self, place: int) -> float:
        """The value at a place of the slider, in steps that a person would write."""
        span = self._high - self._low
        value = self._low + span * (place / PLACES) ** 2
        grain = 0.01 if span <= 1 else 0.5 if value < 10 else 1.0
        return float(f"{min(self._high, round(value / grain) * grain):.6g}")

    def _slid(self, place: int) -> None:
        if self._showing:
            return
        value = self.value_at(place)
        self._showing = True
        self.field.show_optional(value)
        self._showing = False
        self.edited.emit(value)

    def _typed(self) -> None:
        if not self._showing:
            self.edited.emit(self.field.optional_value())
