"""What changed between two experiments, in the words of their forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pydantic import BaseModel

from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.edits import Edits
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.member import Member


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed field: where (`Training › Epochs`), what it was and what it is now."""

    place: str
    old: str
    new: str


def differences(old: Experiment, new: Experiment) -> tuple[Difference, ...]:
    """Every changed field, in the order of the experiment; names are left out."""
    found: list[Difference] = []
    for part in ("dataset", "augmentation", "model", "training"):
        found += _models(part.capitalize(), getattr(old, part), getattr(new, part))
        before, after = old.dataset.edits, new.dataset.edits
        if part == "dataset" and before != after:
            found.append(Difference("Dataset › Edits", _edited(before), _edited(after)))
    return tuple(found)


def _models(place: str, old: BaseModel, new: BaseModel) -> Iterator[Difference]:
    if old == new:
        return
    if type(old) is not type(new):
        yield Difference(place, _words(old), _words(new))
        return
    for card in cards(type(new)):
        before, after = getattr(old, card.name), getattr(new, card.name)
        if before == after:
            continue
        inside = f"{place} › {card.title}"
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from _models(inside, before, after)
        elif card.shape == "members":
            yield from _members(place, before, after)
        else:
            yield Difference(inside, _words(before, card), _words(after, card))


def _members(place: str, old: Sequence[Member], new: Sequence[Member]) -> Iterator[Difference]:
    """Members matched by their kind, so that one added layer does not change all below it."""
    matcher = SequenceMatcher(
        None, [member.kind for member in old], [member.kind for member in new], autojunk=False
    )
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            for before, after, index in zip(
                old[first:last], new[begin:end], range(begin, end), strict=True
            ):
                yield from _models(f"{place} › {index + 1} {after.title()}", before, after)
            continue
        for index in range(first, last):
            yield Difference(f"{place} › {index + 1} {old[index].title()}", "there", "removed")
        for index in range(begin, end):
            yield Difference(f"{place} › {index + 1} {new[index].title()}", "–", "added")


def _edited(edits: Edits) -> str:
    number = len(edits)
    return f"{number:,} image{'s' * (number != 1)}" if number else "none"


def _words(value: object, card: Card | None = None) -> str:
    if value is None:
        return card.empty if card is not None else "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        percent = card is not None and card.percent
        unit = " %" if percent else f" {card.unit}" if card is not None and card.unit else ""
        return f"{value * 100 if percent else value:.6g}{unit}"
    if isinstance(value, Member):
        return value.title()
    if isinstance(value, tuple | list):
        return ", ".join(_words(item) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(item)}" for name, item in value.items())
    return str(value)
