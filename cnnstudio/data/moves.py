"""What became of each image between two lists of a dataset: a new seed, new edits, new files."""

from collections.abc import Iterable
from dataclasses import dataclass

from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.spec.facts import SplitName

PART_WORDS: dict[SplitName, str] = {
    "train": "training",
    "validation": "validation",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One image that went from one part to another."""

    key: str
    before: SplitName
    after: SplitName


@dataclass(frozen=True, slots=True)
class Moves:
    """The images that moved, came, went, were excluded or included, or changed their class.

    Every tuple is in the order of the list after, of the list before for what went.
    """

    moved: tuple[Move, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.moved
            or self.came
            or self.went
            or self.excluded
            or self.included
            or self.relabelled
        )

    @property
    def seen(self) -> tuple[Move, ...]:
        """Images that came to the test part from the others, which a trained network may know."""
        return tuple(move for move in self.moved if move.after == "test")

    @property
    def brief(self) -> str:
        """What happened in a few words; empty when nothing did."""
        new = len(self.came) + len(self.went)
        parts = [
            _some(len(self.excluded), "excluded", "excluded"),
            _some(len(self.included), "included again", "included again"),
            _some(len(self.relabelled), "of another class", "of another class"),
            _some(len(self.moved), "moved to another part", "moved to another part"),
            _some(new, "new or gone", "new or gone"),
        ]
        return f"Images: {', '.join(part for part in parts if part)}." if self else ""

    @property
    def sentence(self) -> str:
        """What happened in one plain sentence; empty when nothing did."""
        if not self:
            return ""
        parts = [
            _some(len(self.came), "is new", "are new"),
            _some(len(self.went), "is gone", "are gone"),
            _some(len(self.excluded), "is excluded", "are excluded"),
            _some(len(self.included), "is included again", "are included again"),
            _some(len(self.relabelled), "has another class", "have another class"),
            *self._ways(),
        ]
        words = [part for part in parts if part]
        first = words[0].replace(" ", f" {'image' if words[0].startswith('1 ') else 'images'} ", 1)
        told = ", ".join([first, *words[1:]])
        stay = f"; {self.kept:,} stay where they were" if self.kept else ""
        return f"{told}{stay}."

    def _ways(self) -> Iterable[str]:
        ways: dict[tuple[SplitName, SplitName], int] = {}
        for move in self.moved:
            way = (move.before, move.after)
            ways[way] = ways.get(way, 0) + 1
        for (before, after), number in ways.items():
            there = f"from {PART_WORDS[before]} to {PART_WORDS[after]}"
            yield _some(number, f"moved {there}", f"moved {there}")


def moves(before: ImageIndex, after: ImageIndex) -> Moves:
    """What became of the images of `before` in `after`, by key."""
    old, old_out = _by_key(before.samples), _by_key(before.excluded)
    new, new_out = _by_key(after.samples), _by_key(after.excluded)
    name_before = (*before.class_names, *before.absent)
    name_after = (*after.class_names, *after.absent)
    moved: list[Move] = []
    relabelled: list[str] = []
    kept = 0
    for key, sample in new.items():
        was = old.get(key)
        if was is None:
            continue
        if was.split != sample.split:
            moved.append(Move(key, was.split, sample.split))
        else:
            kept += 1
        if name_before[was.label] != name_after[sample.label]:
            relabelled.append(key)
    return Moves(
        tuple(moved),
        came=tuple(key for key in (*new, *new_out) if key not in old and key not in old_out),
        went=tuple(key for key in (*old, *old_out) if key not in new and key not in new_out),
        excluded=tuple(key for key in new_out if key in old),
        included=tuple(key for key in new if key in old_out),
        relabelled=tuple(relabelled),
        kept=kept,
    )


def _by_key(samples: Iterable[Sample]) -> dict[str, Sample]:
    return {sample.key: sample for sample in samples}


def _some(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""
