"""Number fields: the unit stands inside, steps follow the scale, and ranges get a slider."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider

from cnnstudio.gui.forms.editor import Editor, WheelGuard, tint
from cnnstudio.spec.cards import Card

NOTHING = -1e15
"""The spin box's stand-in for None: below every real minimum."""

SLIDER_SPAN = 400.0
"""A bounded linear range up to this width gets a slider."""

LARGEST_ON_SLIDER = 1.0
"""Logarithmic sliders end here; larger strengths and rates can be typed."""

FIELD_WIDTH = 104
SLIDER_FIELD_WIDTH = 84


class NumberField(QDoubleSpinBox):
    """A spin box for one card: percent and units inside, 1-2-5 steps on a logarithmic scale.

    An optional number may be empty; then the card's word for it is shown (`the whole run`).
    """

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card
        self._factor = 100.0 if card.percent else 1.0
        self._unit = "%" if card.percent else card.unit
        self._whole = card.shape in ("integer", "integers", "pair")
        self.setDecimals(0 if self._whole else 18)
        low = -1e12 if card.minimum is None else card.minimum
        high = 1e12 if card.maximum is None else card.maximum
        self.setRange(NOTHING if card.optional else low * self._factor, high * self._factor)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.setFixedWidth(FIELD_WIDTH + (32 if len(card.empty) > 8 and card.optional else 0))

    def textFromValue(self, value: float) -> str:
        """The number as people write it, with its unit; the card's word for None."""
        if self._card.optional and value <= NOTHING:
            return self._card.empty
        return with_unit(plain_number(value), self._unit)

    def valueFromText(self, text: str) -> float:
        """The number of a text with or without unit; nothing at all is None."""
        read = self._read(text)
        if read is None:
            return NOTHING if self._card.optional else self.value()
        return read

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand while typing; what is no number is put back on leaving the field."""
        read = self._read(text)
        state = QValidator.State.Acceptable
        if read is None:
            empty = text.strip() in ("", self._card.empty)
            ok = self._card.optional and empty
            state = QValidator.State.Acceptable if ok else QValidator.State.Intermediate
        elif not self.minimum() <= read <= self.maximum() or self._below_minimum(read):
            state = QValidator.State.Intermediate
        return state, text, position

    def stepBy(self, steps: int) -> None:
        """Go to the next number of the card's scale."""
        self.setValue(self._stepped(self.value(), steps))
        self.selectAll()

    def optional_value(self) -> int | float | None:
        """The field's value in the experiment's terms: a fraction where percent are shown."""
        shown = self.value()
        if self._card.optional and shown <= NOTHING:
            return None
        value = shown / self._factor
        return round(value) if self._whole else float(f"{value:.12g}")

    def show_optional(self, value: object) -> None:
        """Show a value of the experiment."""
        if isinstance(value, int | float):
            self.setValue(float(f"{value * self._factor:.12g}"))
        else:
            self.setValue(NOTHING)

    def _read(self, text: str) -> float | None:
        bare = text.strip().removesuffix(self._unit).strip().replace(",", ".").replace("−", "-")
        try:
            number = float(bare)
        except ValueError:
            return None
        return number if abs(number) < 1e15 else None

    def _below_minimum(self, shown: float) -> bool:
        low = self._card.minimum
        if low is None:
            return False
        value = shown / self._factor
        return value < low or (self._card.exclusive_minimum and value <= low)

    def _stepped(self, shown: float, steps: int) -> float:
        card = self._card
        low = NOTHING if card.minimum is None else card.minimum * self._factor
        high = self.maximum()
        if card.optional and shown <= NOTHING:
            return self._first() if steps > 0 else NOTHING
        if card.logarithmic:
            smallest = (card.smallest or 1e-6) * self._factor
            stepped = log_step(shown, steps, smallest)
            if stepped < smallest:
                stepped = smallest if card.exclusive_minimum or low == NOTHING else low
            return min(high, stepped)
        stepped = round(shown + steps * self._linear_step(), 12)
        if card.optional and stepped < low:
            return NOTHING
        floor_value = low + self._linear_step() if card.exclusive_minimum else low
        return min(high, max(floor_value, stepped))

    def _first(self) -> float:
        for candidate in (self._card.suggestion, self._card.default, self._card.smallest):
            if isinstance(candidate, int | float):
                return candidate * self._factor
        return max(1.0, self._card.minimum or 0.0) * self._factor

    def _linear_step(self) -> float:
        if self._whole or self._card.percent:
            return 1.0
        span = (self._card.maximum or 100.0) - (self._card.minimum or 0.0)
        return 0.01 if span <= 1 else 0.1 if span <= 10 else 1.0


class NumberEditor(Editor):
    """A number field, and a slider beside it where the range is short enough to feel."""

    def __init__(self, card: Card, guard: WheelGuard) -> None:
        super().__init__(card)
        self._field = NumberField(card)
        guard.watch(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._slider: QSlider | None = None
        if has_slider(card):
            self._slider = QSlider(Qt.Orientation.Horizontal)
            self._slider.setRange(0, slider_steps(card))
            self._slider.setMinimumWidth(32)
            self._field.setFixedWidth(SLIDER_FIELD_WIDTH)
            self._slider.setAccessibleName(card.title)
            guard.watch(self._slider)
            row.addWidget(self._slider, 1)
            self._slider.valueChanged.connect(self._slid)
        row.addWidget(self._field)
        if self._slider is None:
            row.addStretch(1)
        self._field.setAccessibleName(card.title)
        self._field.valueChanged.connect(self._typed)
        self._showing = False

    def show_value(self, value: object) -> None:
        """Show the value in the field and on the slider."""
        self._showing = True
        self._field.show_optional(value)
        self._place(value)
        self._showing = False

    def set_tone(self, tone: str) -> None:
        """Colour the field's border."""
        tint(self._field, tone)

    def _typed(self) -> None:
        if self._showing:
            return
        value = self._field.optional_value()
        self._showing = True
        self._place(value)
        self._showing = False
        self.edited.emit(value)

    def _slid(self, position: int) -> None:
        if self._showing:
            return
        value = slider_value(self.card, position)
        self._showing = True
        self._field.show_optional(value)
        self._showing = False
        self.edited.emit(value)

    def _place(self, value: object) -> None:
        if self._slider is not None and isinstance(value, int | float):
            self._slider.setValue(slider_position(self.card, float(value)))


class TwoNumbersEditor(Editor):
    """Two number fields in a row, with a word between them; what they mean is up to each kind."""

    def __init__(self, card: Card, guard: WheelGuard, between: str) -> None:
        super().__init__(card)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._fields = (NumberField(card), NumberField(card))
        for index, field in enumerate(self._fields):
            guard.watch(field)
            field.setFixedWidth(80)
            field.valueChanged.connect(self._typed)
            if index:
                row.addWidget(QLabel(between))
            row.addWidget(field)
        row.addStretch(1)
        self._showing = False

    def show_value(self, value: object) -> None:
        """Show both numbers."""
        self._showing = True
        for field, number in zip(self._fields, self._shown(value), strict=False):
            field.show_optional(number)
        self._showing = False

    def set_tone(self, tone: str) -> None:
        """Colour both borders."""
        for field in self._fields:
            tint(field, tone)

    def _shown(self, value: object) -> tuple[object, ...]:
        """The two numbers of a value; none of them where the fields stay as they are."""
        raise NotImplementedError

    def _entered(self) -> object:
        """The value that the fields say."""
        raise NotImplementedError

    def _typed(self) -> None:
        if not self._showing:
            self.edited.emit(self._entered())


class PairEditor(TwoNumbersEditor):
    """Two numbers with a × between, such as height and width."""

    def __init__(self, card: Card, guard: WheelGuard) -> None:
        super().__init__(card, guard, "×")
        for field in self._fields:
            field.setMinimum(1)

    def _shown(self, value: object) -> tuple[object, ...]:
        return tuple(value) if isinstance(value, tuple | list) else ()

    def _entered(self) -> object:
        return tuple(field.optional_value() for field in self._fields)


def plain_number(value: float) -> str:
    """`0.001`, `1e-06`, `32`, `2.5`: no trailing zeros and never a thousands separator."""
    if value == int(value) and abs(value) < 1e9:
        return str(int(value))
    return f"{value:.6g}".replace("e-0", "e-")


def with_unit(number: str, unit: str) -> str:
    """`20 %`, `4 px`, but `10°`: what stands behind a number as it is printed in books."""
    return f"{number}{unit}" if unit == "°" else f"{number} {unit}".rstrip()


def log_step(value: float, steps: int, smallest: float) -> float:
    """The number `steps` places further in the series 1, 2, 5, 10, 20, 50, …

    Values between two places go to the next one in the direction of the step.
    """
    if value <= 0:
        return smallest if steps > 0 else 0.0
    for _ in range(abs(steps)):
        decade = floor(log10(value) + 1e-9)
        places = sorted(m * 10.0**d for d in (decade - 1, decade, decade + 1) for m in (1, 2, 5))
        if steps > 0:
            value = next(p for p in places if p > value * 1.000001)
        else:
            value = next(p for p in reversed(places) if p < value * 0.999999)
    return float(f"{value:.6g}")


def has_slider(card: Card) -> bool:
    """Whether the card's range is one that a hand can feel."""
    if card.optional or card.shape not in ("integer", "number"):
        return False
    if card.logarithmic:
        return card.smallest is not None and not card.advanced
    if card.minimum is None or card.maximum is None or card.advanced:
        return False
    return card.maximum - card.minimum <= SLIDER_SPAN


def slider_steps(card: Card) -> int:
    """Number of places on the card's slider."""
    low, high = _slider_ends(card)
    if card.logarithmic:
        return round(20 * (log10(high) - log10(low))) + 1
    return round((high - low) / _slider_grain(card))


def slider_value(card: Card, position: int) -> int | float:
    """The value at a place of the card's slider."""
    low, high = _slider_ends(card)
    if card.logarithmic:
        if position == 0 and not card.exclusive_minimum and card.minimum == 0:
            return 0.0
        share = max(0, position - 1) / (slider_steps(card) - 1)
        return min(high, float(f"{10 ** (log10(low) + share * log10(high / low)):.2g}"))
    value = low + position * _slider_grain(card)
    if card.shape == "integer":
        return round(value)
    return float(f"{min(value, high):.6g}")


def slider_position(card: Card, value: float) -> int:
    """The place on the card's slider nearest to a value."""
    low, high = _slider_ends(card)
    if card.logarithmic:
        if value < low:
            return 0
        share = log10(min(value, high) / low) / log10(high / low)
        return 1 + round(share * (slider_steps(card) - 1))
    return round((min(max(value, low), high) - low) / _slider_grain(card))


def _slider_ends(card: Card) -> tuple[float, float]:
    if card.logarithmic:
        return card.smallest or 1e-6, min(LARGEST_ON_SLIDER, card.maximum or LARGEST_ON_SLIDER)
    low, high = card.minimum or 0.0, card.maximum or 1.0
    return low, high


def _slider_grain(card: Card) -> float:
    low, high = _slider_ends(card)
    if card.shape == "integer":
        return 1.0
    return 0.01 if high - low <= 2 else 0.1 if high - low <= 20 else 1.0
