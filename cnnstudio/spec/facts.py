"""What is known of a dataset, as a value that every room may read."""

from typing import Literal

from cnnstudio.spec.member import Value

SplitName = Literal["train", "validation", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "validation", "test")


class Unreadable(Value):
    """A file that cannot be used, by its path below the source folder, and why in plain words."""

    key: str
    reason: str


class GroupFacts(Value):
    """Images that stay in one part of the split: groups of at least two, and their images.

    `largest` is the number of images in the largest one, `names` are the first ones in order.
    """

    groups: int = 0
    images: int = 0
    largest: int = 0
    names: tuple[str, ...] = ()


class DatasetFacts(Value):
    """Counts and sizes of a dataset.

    `counts[split][class]` are images; `median_short_side` is in pixels; aspects are width divided
    by height at the 10th and 90th percentile; `gray` says that no sampled image has colour;
    `own_split` that the folders bring their own split. `excluded` are the images that a person
    took out, which are not counted elsewhere.
    """

    class_names: tuple[str, ...]
    counts: dict[SplitName, dict[str, int]]
    median_short_side: int
    aspect_p10: float
    aspect_p90: float
    gray: bool
    own_split: bool
    unreadable: tuple[Unreadable, ...] = ()
    excluded: int = 0
    grouped: GroupFacts = GroupFacts()

    def images(self, split: SplitName | None = None) -> int:
        """Images in one split, or in all of them."""
        splits = SPLITS if split is None else (split,)
        return sum(sum(self.counts.get(name, {}).values()) for name in splits)

    def class_count(self, name: str) -> int:
        """Images of one class in all splits."""
        return sum(self.counts.get(split, {}).get(name, 0) for split in SPLITS)

    @property
    def chance(self) -> float:
        """Accuracy of blind guessing."""
        return 1.0 / max(1, len(self.class_names))

    def majority(self, split: SplitName) -> float:
        """Accuracy in a split of always naming its most frequent class."""
        counts = self.counts.get(split, {}).values()
        return max(counts, default=0) / max(1, sum(counts))

    @property
    def imbalance(self) -> float:
        """Largest class divided by smallest, over the training images."""
        counts = [self.counts.get("train", {}).get(name, 0) for name in self.class_names]
        return max(counts, default=0) / max(1, min(counts, default=0))
