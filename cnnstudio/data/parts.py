"""The part of every image: what the source says, what is dealt, and what an edit moves."""

from collections.abc import Mapping, Sequence

from cnnstudio.data.found import Columns
from cnnstudio.data.groups import Group
from cnnstudio.data.split import Item, split_class, split_items
from cnnstudio.spec.edits import Edits
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.facts import SplitName

# Where several parts claim a group: what was seen in training may never judge.
_STRONGEST: tuple[SplitName, ...] = ("test", "validation", "train")


def parts_of(
    dataset: Dataset,
    found: Columns,
    by_class: Mapping[str, Sequence[str]],
    groups: Sequence[Group],
) -> dict[str, SplitName]:
    """The part of every key, no group in two of them; `by_class` are the keys as labelled now.

    Images that their source puts into validation or test stay there and draw their group along.
    The others are dealt by class and group. Then edits move single images, and their group too.
    """
    parts: dict[str, SplitName] = dict(
        zip(found.keys, (part or "train" for part in found.parts), strict=True)
    )
    _draw_along(parts, groups)
    open_by_class = {
        name: [key for key in keys if parts[key] == "train"] for name, keys in by_class.items()
    }
    validation, test = _shares(dataset.split, found)
    if groups:
        parts.update(_dealt(open_by_class, groups, validation, test, dataset.split.seed))
    else:
        for keys in open_by_class.values():
            parts.update(split_class(keys, validation, test, dataset.split.seed))
    if dataset.edits:
        _move(parts, groups, dataset.edits)
    return parts


def _dealt(
    by_class: Mapping[str, Sequence[str]],
    groups: Sequence[Group],
    validation: float,
    test: float,
    seed: int,
) -> dict[str, SplitName]:
    class_of = {key: name for name, keys in by_class.items() for key in keys}
    members: list[Sequence[str]] = []
    items: list[Item] = []
    grouped: set[str] = set()
    for group in groups:
        keys = [key for key in group.keys if key in class_of]
        if keys:
            grouped.update(keys)
            counted: dict[str, int] = {}
            for key in keys:
                counted[class_of[key]] = counted.get(class_of[key], 0) + 1
            items.append(Item(group.marks, tuple(counted.items())))
            members.append(keys)
    for key, name in class_of.items():
        if key not in grouped:
            items.append(Item((key,), ((name, 1),)))
            members.append((key,))
    dealt = split_items(items, validation, test, seed)
    return {key: part for keys, part in zip(members, dealt, strict=True) for key in keys}


def _draw_along(parts: dict[str, SplitName], groups: Sequence[Group]) -> None:
    for group in groups:
        claims = {parts[key] for key in group.keys}
        if len(claims) > 1:
            parts.update(dict.fromkeys(group.keys, _strongest(claims)))


def _move(parts: dict[str, SplitName], groups: Sequence[Group], edits: Edits) -> None:
    for key, edit in edits.items():
        if edit.split is not None and key in parts:
            parts[key] = edit.split
    for group in groups:
        claims = {split for key in group.keys if (split := edits.get(key).split) is not None}
        if claims:
            parts.update(dict.fromkeys(group.keys, _strongest(claims)))


def _strongest(claims: set[SplitName]) -> SplitName:
    return next(part for part in _STRONGEST if part in claims)


def _shares(split: Split, found: Columns) -> tuple[float, float]:
    """Shares of validation and test images that still have to be taken from training images."""
    parts = set(found.parts)
    if parts == {None}:
        return split.validation, split.test
    # Folders that bring a split of their own keep it; only a missing validation part is made.
    return (0.0 if "validation" in parts else split.validation), 0.0
