"""What a person did to single images, in the words of the Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.spec.edits import NO_EDIT, Edit

if TYPE_CHECKING:
    from cnnstudio.spec.edits import Edits

LISTED = 3
"""Tags and classes that are named; more are counted."""


def spoken(before: Edits, after: Edits) -> str:
    """`Exclude 12 images`, `Tag 3 images “blurry”`: the step from one to the other."""
    old, new = before.mapping(), after.mapping()
    pairs = [
        (old.get(key, NO_EDIT), new.get(key, NO_EDIT))
        for key in {*old, *new}
        if old.get(key, NO_EDIT) != new.get(key, NO_EDIT)
    ]
    count = "an image" if len(pairs) == 1 else f"{len(pairs):,} images"
    if not pairs:
        return "Change images"
    if _all(pairs, lambda a, b: a != b and b == NO_EDIT and not _one_thing(a)):
        return f"Take back the edits of {count}"
    if _all(pairs, lambda a, b: a.excluded != b.excluded):
        return f"{'Exclude' if pairs[0][1].excluded else 'Include'} {count}"
    if _all(pairs, lambda a, b: a.label != b.label):
        names = {b.label for _, b in pairs}
        name = names.pop() if len(names) == 1 else None
        return f"Relabel {count} “{name}”" if name else f"Give {count} other classes"
    if _all(pairs, lambda a, b: a.split != b.split):
        splits = {b.split for _, b in pairs}
        split = splits.pop() if len(splits) == 1 else None
        return f"Move {count} to {SPLIT_NAMES[split]}" if split else f"Deal out {count} anew"
    if _all(pairs, lambda a, b: a.tags != b.tags):
        added = {tag for a, b in pairs for tag in set(b.tags) - set(a.tags)}
        gone = {tag for a, b in pairs for tag in set(a.tags) - set(b.tags)}
        named = ", ".join(f"“{tag}”" for tag in sorted(added or gone)[:LISTED])
        return f"{'Tag' if added else 'Untag'} {count} {named}"
    if _all(pairs, lambda a, b: a.group != b.group):
        return f"Keep {count} together" if pairs[0][1].group else f"Let {count} go apart"
    return f"Change {count}"


def _all(pairs: list[tuple[Edit, Edit]], test: Callable[[Edit, Edit], bool]) -> bool:
    return all(test(before, after) for before, after in pairs)


def _one_thing(edit: Edit) -> bool:
    """Whether only one thing is said about an image."""
    said = (edit.excluded, edit.label, edit.split, edit.tags, edit.group)
    return sum(map(bool, said)) == 1
