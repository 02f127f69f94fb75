"""Single arguments of an ImageDataGenerator, checked: numbers, pairs, words and shifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from cnnstudio.augment.generator_text import Given, Plain, Unread
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.operations.pixel_shift import MOST_PIXELS

LONG = 80


class Reading:
    """Arguments by name, asked one by one, and the notes that this leads to.

    Whatever asks for a value raises `UserError`, with the line and the argument, where the value
    is not written out or is of another kind than asked for.
    """

    def __init__(self, given: Mapping[str, Given]) -> None:
        self._given = given
        self.notes: list[str] = []

    def note(self, sentence: str) -> None:
        """Add a sentence for the person, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def error(self, name: str, needs: str) -> UserError:
        """The error that an argument has a value it cannot have."""
        given = self._given[name]
        return UserError(
            f"{name} {needs}; here it is “{shortened(given.source)}”.",
            f"line {given.line}, {name}",
        )

    def source(self, name: str) -> str:
        """An argument as it is written, empty where it is not given."""
        return self._given[name].source if name in self._given else ""

    def value(self, name: str) -> Plain:
        """The value of an argument, None where it is not given."""
        given = self._given.get(name)
        if given is None:
            return None
        if isinstance(given.value, Unread):
            raise self.error(name, "must be written out as a number, a pair or a word")
        return given.value

    def number(self, name: str, default: float = 0.0) -> float:
        """An argument that is one number."""
        value = self.value(name)
        if value is None:
            return default
        if not _is_number(value):
            raise self.error(name, "must be one number")
        return float(value)

    def pair(self, name: str) -> tuple[float, float] | None:
        """An argument that is two numbers, None where it is not given."""
        value = self.value(name)
        if value is None:
            return None
        numbers = [float(item) for item in value if _is_number(item)] if _is_list(value) else []
        if not _is_list(value) or len(value) != 2 or len(numbers) != 2:
            raise self.error(name, "must be two numbers, such as (0.8, 1.2)")
        return numbers[0], numbers[1]

    def number_or_pair(self, name: str) -> float | tuple[float, float]:
        """An argument that is one number or two, 0 where it is not given."""
        if _is_list(self.value(name)):
            return self.pair(name) or 0.0
        return self.number(name)

    def switch(self, name: str) -> bool:
        """An argument that is on or off."""
        value = self.value(name)
        if _is_list(value) or isinstance(value, str):
            raise self.error(name, "must be True or False")
        return bool(value)

    def word(self, name: str, default: str) -> str:
        """An argument that is a word."""
        value = self.value(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.error(name, "must be a word in quotation marks")
        return value


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one of the shifts goes: a share of the side, or pixels; false where it is nothing."""

    reach: float = 0.0
    pixels: bool = False
    whole: bool = False

    def __bool__(self) -> bool:
        return self.reach > 0


def shift(reading: Reading, name: str) -> Shift:
    """What a shift argument means, by its value and by whether it is a whole number.

    Raises `UserError` where it is neither a number nor a list of numbers.
    """
    value = reading.value(name)
    if value is None:
        return Shift()
    if _is_list(value):
        return _listed(reading, name, value)
    if not _is_number(value):
        raise reading.error(name, "must be a number or a list of numbers")
    if isinstance(value, int) and value >= 1:
        return _whole(reading, name, value)
    if value >= 1:
        reading.note(
            f"{name}={float(value)} is a shift of up to {value:g} "
            f"pixel{'s' * (value != 1)}: numbers from 1.0 on are pixels, below they are shares."
        )
        return _pixels(reading, name, float(value), whole=False)
    return _share(reading, name, abs(float(value)))


def _whole(reading: Reading, name: str, count: int) -> Shift:
    if count == 1:
        reading.note(
            f"{name}=1 shifts nothing: a whole number n draws from the pixels 0 to n − 1. 1.0 "
            "would be up to one pixel, 0.1 a tenth of the side."
        )
        return Shift()
    reading.note(f"{name}={count} is a whole number: shifts of 0 to {count - 1} whole pixels.")
    return _pixels(reading, name, count - 1.0, whole=True)


def _listed(reading: Reading, name: str, values: list[Plain]) -> Shift:
    numbers = [item for item in values if _is_number(item)]
    if not numbers or len(numbers) != len(values):
        raise reading.error(name, "must be a number or a list of numbers")
    far = float(max(abs(number) for number in numbers))
    if max(numbers) < 1:
        made = _share(reading, name, far)
    else:
        whole = all(float(number).is_integer() for number in numbers)
        made = _pixels(reading, name, far, whole)
        if whole and sorted(numbers) == list(range(len(numbers))):
            return made  # which is what a whole number means
    if far:
        reach = f"{made.reach:g} pixels" if made.pixels else f"{100 * made.reach:g} %"
        reading.note(
            f"{name}={shortened(reading.source(name))} picks one of these numbers and a side, "
            f"nothing between. Here it is any {'whole ' * made.whole}shift up to {reach}."
        )
    return made


def _share(reading: Reading, name: str, far: float) -> Shift:
    if far > 1:
        reading.note(f"{name} moves the image by more than its side: set to 100 %.")
    return Shift(min(1.0, far))


def _pixels(reading: Reading, name: str, far: float, whole: bool) -> Shift:
    if far > MOST_PIXELS:
        reading.note(f"{name} is set to {MOST_PIXELS:g} pixels.")
    return Shift(min(MOST_PIXELS, far), pixels=True, whole=whole)


def shortened(source: str) -> str:
    """An argument as it is written, as much of it as a sentence bears."""
    return source if len(source) <= LONG else f"{source[: LONG - 1]}…"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: Plain) -> TypeGuard[list[Plain]]:
    return isinstance(value, list)
