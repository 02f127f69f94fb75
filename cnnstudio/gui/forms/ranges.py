"""Ranges as people set them: a lower and an upper end, which one number may stand for."""

from __future__ import annotations

from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.numbers import TwoNumbersEditor, plain_number, with_unit
from cnnstudio.spec.cards import Card


class RangeEditor(TwoNumbersEditor):
    """Two fields from an end to the other; equal reaches either way are kept as one number."""

    def __init__(self, card: Card, guard: WheelGuard) -> None:
        super().__init__(card, guard, "to")
        for field, end in zip(self._fields, ("lower", "upper"), strict=True):
            field.setAccessibleName(f"{card.title}: {end} end")

    def _shown(self, value: object) -> tuple[object, ...]:
        return ends(self.card, value)

    def _entered(self) -> object:
        lower, upper = (float(field.optional_value() or 0.0) for field in self._fields)
        return shortest(self.card, min(lower, upper), max(lower, upper))


def signed(card: Card) -> bool:
    """Whether the range lies about zero, so that one number `v` means from -v to v."""
    return (card.minimum or 0.0) < 0


def longest_reach(card: Card) -> float:
    """The largest single number that may stand for both ends."""
    most = 1.0 if card.maximum is None else card.maximum
    return min(most, -(card.minimum or 0.0)) if signed(card) else most


def ends(card: Card, value: object) -> tuple[float, float]:
    """The lower and the upper end of a range, given as one number or as two."""
    if isinstance(value, tuple | list):
        lower, upper = value
        return float(lower), float(upper)
    reach = float(value) if isinstance(value, int | float) else 0.0
    return max(card.minimum or 0.0, -reach), reach


def shortest(card: Card, lower: float, upper: float) -> float | tuple[float, float]:
    """One number where it says the same as the two ends."""
    alike = 0 <= upper <= longest_reach(card) and ends(card, upper) == (lower, upper)
    return upper if alike else (lower, upper)


def range_in_words(card: Card, value: object) -> str:
    """`±10 %`, `±10°`, `≤ 5 px`, `−10 to 20 %`."""
    factor, unit = (100.0, "%") if card.percent else (1.0, card.unit)
    if isinstance(value, tuple | list):
        lower, upper = (plain_number(float(f"{end * factor:.6g}")) for end in value)
        return with_unit(f"{lower} to {upper}", unit).replace("-", "−")
    reach = float(value) if isinstance(value, int | float) else 0.0
    sign = "±" if signed(card) else "≤ "
    return sign + with_unit(plain_number(float(f"{reach * factor:.6g}")), unit)
