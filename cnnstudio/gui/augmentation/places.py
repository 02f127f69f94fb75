"""Where a value stands on a slider: fine near zero, in steps that a person would write."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from cnnstudio.gui.forms.ranges import longest_reach, signed
from cnnstudio.spec.cards import Card

PLACES = 400


@dataclass(frozen=True, slots=True)
class Places:
    """Values from `low` to `high` at the places 0 to `PLACES`.

    The way from zero grows with the square, because a turn of 5° or 10° is another thing and a
    turn of 155° or 160° is not. An axis without a zero is even.
    """

    low: float
    high: float
    grain: float
    finer: bool = False
    least: float = 0.0

    @property
    def zero(self) -> float:
        """The share of the way at which zero stands; below 0 where there is none."""
        if self.low > 0:
            return -1.0
        left, right = sqrt(-self.low), sqrt(self.high)
        return left / (left + right)

    def value(self, place: int) -> float:
        """The value at a place."""
        share, zero = place / PLACES, self.zero
        if zero < 0:
            value = self.low + (self.high - self.low) * share
        elif share >= zero:
            value = self.high * ((share - zero) / (1.0 - zero)) ** 2
        else:
            value = self.low * ((zero - share) / zero) ** 2
        grain = self.grain / 2 if self.finer and abs(value) < 10 * self.grain else self.grain
        value = min(self.high, max(self.low, self.least, round(value / grain) * grain))
        return float(f"{value:.6g}") + 0.0

    def place(self, value: float) -> int:
        """The place nearest to a value."""
        value, zero = min(self.high, max(self.low, value)), self.zero
        if zero < 0:
            share = (value - self.low) / (self.high - self.low)
        elif value >= 0:
            share = zero + (1.0 - zero) * sqrt(value / self.high)
        else:
            share = zero - zero * sqrt(value / self.low)
        return round(PLACES * share)

    def stepped(self, place: int, steps: int) -> int:
        """The next place with another value, up for steps above zero and down below."""
        here, step = self.value(place), 1 if steps > 0 else -1
        while 0 <= place + step <= PLACES:
            place += step
            if self.value(place) != here:
                return place
        return place


def places_of(card: Card) -> Places:
    """The whole axis of a card with both bounds."""
    low, high = card.minimum or 0.0, 1.0 if card.maximum is None else card.maximum
    grain = _grain(card, low, high)
    return Places(low, high, grain, _finer(card), grain if card.exclusive_minimum else low)


def places_of_reach(card: Card) -> Places:
    """The axis of the one number that stands for both ends of a range."""
    low = 0.0 if signed(card) else card.minimum or 0.0
    high = longest_reach(card)
    return Places(low, high, _grain(card, low, high), _finer(card), low)


def _grain(card: Card, low: float, high: float) -> float:
    if card.shape == "integer":
        return 1.0
    span = high - low
    if card.percent or span <= 1:
        return 0.005 if span <= 0.25 else 0.01
    return 0.1 if span <= 25 else 1.0


def _finer(card: Card) -> bool:
    return card.shape != "integer" and not card.percent
