"""The seeded split into training, validation and test images, the same shares in every class."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from cnnstudio.data.names import key_hashes
from cnnstudio.spec.facts import SplitName


@dataclass(frozen=True, slots=True)
class Item:
    """What is dealt as one: an image, or a group of them with `images` by class.

    `marks` are the names that give it its place in the seeded order.
    """

    marks: tuple[str, ...]
    images: tuple[tuple[str, int], ...]


def split_class(
    keys: Sequence[str], validation: float, test: float, seed: int
) -> Mapping[str, SplitName]:
    """The part of each image of one class.

    Every key has its fixed place in a seeded order: the first ones are tested, the last ones
    validate. So new images move few old ones, and none between test and validation. Counts are
    the shares, rounded; each class that has enough images keeps one in training, then one in each
    part that is asked for.
    """
    plain = sorted(keys)
    # Stable: keys with the same number keep their plain order.
    places = np.argsort(key_hashes(plain, seed), kind="stable")
    order = [plain[at] for at in places.tolist()]
    tested, validated = counts(len(order), validation, test)
    parts: dict[str, SplitName] = dict.fromkeys(order, "train")
    parts.update(dict.fromkeys(order[:tested], "test"))
    parts.update(dict.fromkeys(order[len(order) - validated :], "validation"))
    return parts


def counts(images: int, validation: float, test: float) -> tuple[int, int]:
    """How many of a class's `images` are tested and how many validate."""
    validated = max(math.floor(images * validation + 0.5), 1 if validation else 0)
    tested = max(math.floor(images * test + 0.5), 1 if test else 0)
    # Training comes first, then validation, which every run needs to be judged by.
    validated = max(0, min(validated, images - 1))
    tested = max(0, min(tested, images - 1 - validated))
    return tested, validated


def split_items(
    items: Sequence[Item], validation: float, test: float, seed: int
) -> tuple[SplitName, ...]:
    """The part of each item, so that every class comes as near to its shares as groups allow.

    Items have the same seeded order as the images of `split_class`, and items of one image each
    are dealt as it does. First every item goes where it fits whole, then where it brings the
    counts nearer to the shares; at last a class without any image in a part that is asked for
    gives the group that strays least. No class loses its last training image to a group that does
    not fit.
    """
    table = _Table.of(items, validation, test)
    order = _seeded_order(items, seed)
    back = order[::-1]
    table.take(order, "test", whole=True)
    table.take(back, "validation", whole=True)
    if any(table.wanted["validation"].values()) or any(table.wanted["test"].values()):
        table.take(back, "validation", whole=False)
        table.take(order, "test", whole=False)
        table.give_each(back, "validation")
        table.give_each(order, "test")
    return tuple(table.parts)


def _seeded_order(items: Sequence[Item], seed: int) -> list[int]:
    """The places of `items`, each by the first of its marks in the seeded order."""
    hashes = iter(key_hashes((mark for item in items for mark in item.marks), seed).tolist())
    first = [min(islice(hashes, len(item.marks))) for item in items]
    return sorted(range(len(items)), key=lambda at: (first[at], items[at].marks))


@dataclass(slots=True)
class _Table:
    """Where the items lie, and how many images each part still wants of each class."""

    items: Sequence[Item]
    parts: list[SplitName]
    wanted: dict[SplitName, dict[str, int]]
    held: dict[SplitName, Counter[str]]
    asked: dict[SplitName, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Sequence[Item], validation: float, test: float) -> "_Table":
        images: Counter[str] = Counter()
        for item in items:
            images.update(dict(item.images))
        tested: dict[str, int] = {}
        validated: dict[str, int] = {}
        for name, number in images.items():
            tested[name], validated[name] = counts(number, validation, test)
        wanted: dict[SplitName, dict[str, int]] = {"test": tested, "validation": validated}
        held: dict[SplitName, Counter[str]] = {
            "train": images,
            "test": Counter(),
            "validation": Counter(),
        }
        asked = {
            part: frozenset(n for n, more in of.items() if more) for part, of in wanted.items()
        }
        return cls(items, ["train"] * len(items), wanted, held, asked)

    def take(self, order: Iterable[int], part: SplitName, whole: bool) -> None:
        """Move training items to `part`, those that fit whole or those that bring it nearer."""
        wanted = self.wanted[part]
        for at in order:
            if self.parts[at] != "train":
                continue
            images = self.items[at].images
            if whole:
                fits = all(number <= wanted[name] for name, number in images)
            else:
                fits = self._strays(images, part) < 0 and self._leaves_some(images)
            if fits:
                self._move(at, part)

    def give_each(self, order: Sequence[int], part: SplitName) -> None:
        """Give each class that has no image in `part`, and asks for some, the best group for it."""
        for name in sorted(self.asked[part]):
            if self.held[part][name]:
                continue
            able = [
                at
                for at in order
                if self.parts[at] == "train"
                and any(owner == name for owner, _ in self.items[at].images)
                and self._leaves_some(self.items[at].images)
            ]
            if able:
                self._move(
                    min(able, key=lambda at: self._strays(self.items[at].images, part)), part
                )

    def _strays(self, images: Iterable[tuple[str, int]], part: SplitName) -> int:
        """How much farther from the shares `images` would bring a part; below zero is nearer."""
        wanted = self.wanted[part]
        return sum(abs(wanted[name] - number) - abs(wanted[name]) for name, number in images)

    def _leaves_some(self, images: Iterable[tuple[str, int]]) -> bool:
        return all(self.held["train"][name] > number for name, number in images)

    def _move(self, at: int, part: SplitName) -> None:
        self.parts[at] = part
        for name, number in self.items[at].images:
            self.wanted[part][name] -= number
            self.held[part][name] += number
            self.held["train"][name] -= number
