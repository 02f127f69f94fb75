"""One setting of an operation as a slider: a number, or the two ends of a range."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from cnnstudio.gui.augmentation.ends_slider import EndsSlider, Handle
from cnnstudio.gui.augmentation.places import places_of, places_of_reach
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.field_row import in_words
from cnnstudio.gui.forms.numbers import NumberField
from cnnstudio.gui.forms.ranges import ends, longest_reach, shortest, signed
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.cards import Card

FIELD = 66
BUTTON = 22


class EndField(NumberField):
    """A number field that can say how its number is meant: `±10 %`, `≤ 5 px`."""

    def __init__(self, card: Card, sign: str = "") -> None:
        self._sign = sign
        super().__init__(card)
        self.setProperty("role", "inline")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedWidth(FIELD)
        self.setToolTip("Type a value, or use the arrow keys")

    def textFromValue(self, value: float) -> str:
        """The number with its unit, after the sign."""
        return f"{self._sign}{super().textFromValue(value)}"

    def _read(self, text: str) -> float | None:
        return super()._read(text.strip().removeprefix(self._sign.strip()))


class RangeLine(QWidget):
    """A slider and a field for a setting with both bounds. `edited` carries the value.

    A range begins as one handle for `up to ±v`; a button sets its two ends apart. Its value is one
    number wherever that says the same as two ends. `of` is what the setting belongs to, for those
    who hear the window.
    """

    edited = Signal(object)

    def __init__(self, card: Card, guard: WheelGuard, of: str = "") -> None:
        super().__init__()
        self._card = card
        self._guard = guard
        self._name = f"{of}: {card.title}" if of else card.title
        self._ranged = card.shape == "range"
        self._ends = (0.0, 0.0)
        self._showing = False
        self._axis = places_of_reach(card) if self._ranged else places_of(card)
        self.slider = EndsSlider(guard)
        self.slider.set_places(self._axis, apart=False)
        default = f"Default: {in_words(card, card.default)}"
        self.slider.setToolTip("\n".join(part for part in (card.help, default) if part))
        self.slider.high.setAccessibleName(self._name)
        self.slider.moved.connect(self._slid)
        sign = ("±" if signed(card) else "≤ ") if self._ranged else ""
        self.field = self._field(EndField(card, sign), self._name)
        if self._ranged:
            factor = 100.0 if card.percent else 1.0
            least = 0.0 if signed(card) else card.minimum or 0.0
            self.field.setRange(least * factor, longest_reach(card) * factor)
        self.field.valueChanged.connect(self._typed_reach)
        self.end_fields: tuple[EndField, ...] = ()
        self.toggle = QToolButton()
        self.toggle.setProperty("role", "reset")
        self.toggle.setFixedSize(BUTTON, BUTTON)
        self.toggle.setCheckable(True)
        self.toggle.clicked.connect(self._set_apart)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        self._label = QLabel(card.title)
        self._label.setProperty("role", "muted")
        self._label.setToolTip(card.help)
        self._label.hide()
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self.field, 0, 2)
        grid.addWidget(self.toggle, 0, 3)
        keep = self.toggle.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.toggle.setSizePolicy(keep)
        self.toggle.setVisible(self._ranged)
        self.toggle.setEnabled(self._ranged)
        grid.setRowMinimumHeight(0, 26)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._explain()

    def show_value(self, value: object) -> None:
        """Show a value of the experiment: one number, or two ends. Never emits."""
        self._ends = ends(self._card, value) if self._ranged else (self._axis.low, _number(value))
        if isinstance(value, tuple | list) and isinstance(shortest(self._card, *self._ends), tuple):
            self._part()
        self._show()

    def set_label_width(self, width: int) -> None:
        """Show the setting's name in a column of this width in pixels, or not at all."""
        self._label.setVisible(width > 0)
        self._label.setFixedWidth(width)

    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key visits, in order."""
        slider = self.slider
        return (slider.low, slider.high, self.field, self.toggle, *self.end_fields)

    def set_theme(self, theme: Theme) -> None:
        """Colour the button."""
        self.toggle.setIcon(icon("move-horizontal", theme.muted, 14))

    # ---- showing ----

    def _show(self) -> None:
        self._showing = True
        lower, upper = self._ends
        slider = self.slider
        slider.show_places(self._place(slider.low, lower), self._place(slider.high, upper))
        self.field.show_optional(upper)
        for field, value in zip(self.end_fields, (lower, upper), strict=False):
            field.show_optional(value)
        # A screen reader says the value that a handle stands for, not its place.
        handles = (slider.low, slider.high) if slider.apart else (slider.high,)
        fields = self.end_fields if slider.apart else (self.field,)
        for handle, field in zip(handles, fields, strict=True):
            handle.setAccessibleDescription(field.text())
        self._showing = False

    def _place(self, handle: Handle, value: float) -> int:
        """Where a handle shows a value: where it is, if that is as good, so that nothing jumps."""
        here = handle.value()
        return here if self._axis.value(here) == value else self._axis.place(value)

    def _part(self) -> None:
        """Show two handles and two fields."""
        if self.slider.apart:
            return
        if not self.end_fields:
            self.end_fields = tuple(
                self._field(EndField(self._card), f"{self._name}, {end} end")
                for end in ("lower", "upper")
            )
            left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
            for field, side in zip(self.end_fields, (left, right), strict=True):
                field.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self._grid.addWidget(field, 1, 1, 1, 2, side)
            in_tab_order((self.toggle, *self.end_fields))
            lower, upper = self.end_fields
            lower.valueChanged.connect(lambda: self._typed_end(0))
            upper.valueChanged.connect(lambda: self._typed_end(1))
        self._axis = places_of(self._card)
        self._arrange(apart=True)

    def _unite(self) -> None:
        """Show one handle for both ends."""
        self._axis = places_of_reach(self._card)
        self._arrange(apart=False)

    def _arrange(self, apart: bool) -> None:
        self.slider.set_places(self._axis, apart)
        self.slider.low.setAccessibleName(f"{self._name}, lower end")
        self.slider.high.setAccessibleName(f"{self._name}, upper end" if apart else self._name)
        self.field.setVisible(not apart)
        self._grid.removeWidget(self.slider)
        self._grid.addWidget(self.slider, 0, 1, 1, 2 if apart else 1)
        for field in self.end_fields:
            field.setVisible(apart)
        self.toggle.setChecked(apart)
        self._explain()

    def _explain(self) -> None:
        words = "Set one number for both ends" if self.slider.apart else "Set both ends apart"
        self.toggle.setToolTip(words)
        self.toggle.setAccessibleName(f"{self._name}: both ends apart")

    def _field(self, field: EndField, name: str) -> EndField:
        field.setAccessibleName(name)
        self._guard.watch(field)
        return field

    # ---- gestures ----

    def _set_apart(self, apart: bool) -> None:
        if apart:
            self._part()
            self._show()
            return
        self._unite()
        lower, upper = self._ends
        if isinstance(shortest(self._card, lower, upper), tuple):
            reach = min(longest_reach(self._card), max(abs(lower), abs(upper)))
            self._ends = ends(self._card, reach)
            self._show()
            self.edited.emit(reach)
        else:
            self._show()

    def _slid(self, end: int, place: int) -> None:
        value = self._axis.value(place)
        lower, upper = self._ends
        if not self.slider.apart:
            lower, upper = self._of_reach(value)
        elif end == 0:
            lower = min(value, upper)
        else:
            upper = max(value, lower)
        self._take(lower, upper)

    def _typed_reach(self) -> None:
        if self._showing:
            return
        value = float(self.field.optional_value() or 0.0)
        if self._card.exclusive_minimum and value <= self._axis.low:
            self._show()
        else:
            self._take(*self._of_reach(value))

    def _typed_end(self, end: int) -> None:
        """An end typed beyond the other one takes it along."""
        if self._showing:
            return
        value = float(self.end_fields[end].optional_value() or 0.0)
        lower, upper = self._ends
        self._take(*((value, max(value, upper)) if end == 0 else (min(value, lower), value)))

    def _of_reach(self, value: float) -> tuple[float, float]:
        return ends(self._card, value) if self._ranged else (self._axis.low, value)

    def _take(self, lower: float, upper: float) -> None:
        if (lower, upper) == self._ends:
            return
        self._ends = (lower, upper)
        self._show()
        if self._ranged:
            self.edited.emit(shortest(self._card, lower, upper))
        else:
            self.edited.emit(round(upper) if self._card.shape == "integer" else upper)


def in_tab_order(widgets: Sequence[QWidget]) -> None:
    """Let the Tab key visit these one after the other, whenever each was made."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
