"""Images that belong together: by the split's rule, by hand, or by both, joined where they meet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cnnstudio.data.found import Found
from cnnstudio.spec.edits import Edits
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.groupings import Grouping
from cnnstudio.spec.sources import ClassFolders, Source, SplitFolders


@dataclass(frozen=True, slots=True)
class Group:
    """Images that stay in one part of the split.

    `name` is what people read; `marks` are all names that were joined, each with its origin, which
    give the group its place in the order of the split whatever images come and go.
    """

    name: str
    marks: tuple[str, ...]
    keys: tuple[str, ...]


def groups(dataset: Dataset, images: Iterable[Found]) -> tuple[Group, ...]:
    """The groups of `images`; one that belongs to none is in none.

    An image may have a group by the rule of the split and another by hand: then both are one.
    """
    marks = _marks(dataset.source, dataset.split.group, dataset.edits)
    if marks is None:
        return ()
    joined: dict[str, str] = {}
    of_image: dict[str, str] = {}
    for image in images:
        found = marks(image)
        if not found:
            continue
        of_image[image.key] = found[0]
        for mark in found:
            first, other = _root(joined, found[0]), _root(joined, mark)
            # The smaller name leads, so that the order of the images does not matter.
            low, high = min(first, other), max(first, other)
            joined[low], joined[high] = low, low
    members: dict[str, list[str]] = {}
    for key, mark in of_image.items():
        members.setdefault(_root(joined, mark), []).append(key)
    names: dict[str, list[str]] = {}
    for mark in joined:
        names.setdefault(_root(joined, mark), []).append(mark)
    return tuple(
        Group(_spoken(names[root]), tuple(sorted(names[root])), tuple(keys))
        for root, keys in sorted(members.items())
    )


def _marks(
    source: Source, rule: Grouping | None, edits: Edits
) -> Callable[[Found], list[str]] | None:
    """What tells the group names of an image, None where nothing is grouped."""
    by_hand: Mapping[str, str] = {key: edit.group for key, edit in edits.items() if edit.group}
    if rule is None and not by_hand:
        return None
    depth = _depth(source)

    def marks(image: Found) -> list[str]:
        found: list[str] = []
        if rule is not None:
            name = rule.group_of(image.key.split("/", depth)[-1], image.row)
            if name:
                found.append(f"rule\0{name}")
        if image.key in by_hand:
            found.append(f"hand\0{by_hand[image.key]}")
        return found

    return marks


def _depth(source: Source) -> int:
    """How many folders of a key stand for the part of the split and the class."""
    if isinstance(source, SplitFolders):
        return 2
    return 1 if isinstance(source, ClassFolders) else 0


def _root(joined: dict[str, str], mark: str) -> str:
    """The mark that leads the group of `mark`."""
    joined.setdefault(mark, mark)
    while joined[mark] != mark:
        joined[mark] = joined[joined[mark]]
        mark = joined[mark]
    return mark


def _spoken(marks: Iterable[str]) -> str:
    return min(mark.partition("\0")[2] for mark in marks)
