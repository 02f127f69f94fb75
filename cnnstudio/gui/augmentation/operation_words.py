"""What an operation does in a few words, and the groups that operations act in."""

from __future__ import annotations

from dataclasses import dataclass

from cnnstudio.gui.forms.editors import spoken
from cnnstudio.gui.forms.field_row import in_words
from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.operations.operation import Operation, Stage

PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class Group:
    """Operations of one stage: what they do together, and when."""

    stage: Stage
    title: str
    icon: str
    help: str


GROUPS = (
    Group(
        "geometry",
        "Move pixels",
        "move",
        "These act first, from the top down, and together in one single warp.",
    ),
    Group(
        "color",
        "Change colour",
        "palette",
        "These act on the moved image, from the top down.",
    ),
    Group(
        "noise",
        "Disturb",
        "sparkles",
        "These act after all changes of colour, from the top down.",
    ),
    Group(
        "batch",
        "Mix images",
        "combine",
        "These mix finished images of a batch, and their labels with them. "
        "The first that is drawn for an image acts on it.",
    ),
)


def in_order(operation: Operation) -> list[Card]:
    """The settings as they stand below the title: what is drawn first, how often it is last."""
    shown = [card for card in cards(type(operation)) if not card.hidden]
    return sorted(shown, key=lambda card: (card.name == PROBABILITY, card.advanced))


def summary(operation: Operation) -> str:
    """The settings of an operation in a line, such as `±10 % · in 50 %`.

    Ranges that are alike are said once, others by their names: `width ±5 % · height ±20 %`.
    """
    known = [card for card in in_order(operation) if not card.advanced or card.name == PROBABILITY]
    ranges = [_setting(card, operation) for card in known if card.shape == "range"]
    words: list[str] = []
    for card in known:
        said = _setting(card, operation)
        if card.shape == "range" and len(ranges) > 1:
            said = said if len(set(ranges)) == 1 else f"{card.title.lower()} {said}"
        if said and said not in words:
            words.append(said)
    return " · ".join(words)


def _setting(card: Card, operation: Operation) -> str:
    value = getattr(operation, card.name)
    if card.name == PROBABILITY:
        return f"in {in_words(card, value)}" if value < 1 else ""
    if card.shape == "switch":
        return card.title.lower() if value else ""
    if card.shape == "choice":
        return spoken(str(value))
    if card.shape == "integer":
        return f"{value} {card.title.lower()}"
    if card.shape == "number":
        return f"{card.title.lower()} {in_words(card, value)}"
    return in_words(card, value)
