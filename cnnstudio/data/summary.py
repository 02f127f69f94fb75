"""What edits and groups make of a dataset, counted: the same numbers for window and terminal."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cnnstudio.data.groups import Group
from cnnstudio.data.index import ImageIndex
from cnnstudio.spec.edits import Edits
from cnnstudio.spec.facts import SPLITS, SplitName


@dataclass(frozen=True, slots=True)
class Relabel:
    """An image with another class than the one it has on disk."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """Groups of at least two images: how many, their images, the largest, groups by part."""

    groups: int
    images: int
    largest: Group | None
    by_part: Mapping[SplitName, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """The edits that take effect, counted.

    `excluded` counts images by class; `moved` are images that an edit puts into a part; `tags`
    counts images by tag, excluded ones too; `lost` are edited keys without an image.
    """

    excluded: Mapping[str, int]
    relabelled: tuple[Relabel, ...]
    moved: int
    tags: Mapping[str, int]
    groups: GroupSummary
    lost: tuple[str, ...]


def summary(index: ImageIndex, edits: Edits) -> Summary:
    """Count what `edits`, and the groups of the split, do to the images of `index`."""
    every = (*index.samples, *index.excluded)
    return Summary(
        excluded=Counter(index.class_of(sample) for sample in index.excluded),
        relabelled=tuple(
            Relabel(sample.key, sample.origin, index.class_of(sample))
            for sample in index.samples
            if sample.origin is not None
        ),
        moved=sum(edits.get(sample.key).split is not None for sample in index.samples)
        if edits
        else 0,
        tags=Counter(tag for sample in every for tag in sample.tags),
        groups=_groups(index),
        lost=index.lost,
    )


def _groups(index: ImageIndex) -> GroupSummary:
    part = {sample.key: sample.split for sample in index.samples}
    several = [group for group in index.groups if len(group.keys) > 1]
    counted: Counter[SplitName] = Counter()
    for group in several:
        counted.update({part[key] for key in group.keys if key in part})
    return GroupSummary(
        len(several),
        sum(len(group.keys) for group in several),
        max(several, key=lambda group: len(group.keys), default=None),
        {split: counted[split] for split in SPLITS},
    )
