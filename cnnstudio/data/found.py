"""Images as a source lists them, before any split."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnstudio.spec.facts import SplitName, Unreadable

# Names of the parts of a split that people use, whatever the case.
PARTS: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One image as it lies on disk: `part` is None where the source does not tell.

    `item` is its place in a file of many images, `row` its line in a table, by column.
    """

    key: str
    path: str
    class_name: str
    part: SplitName | None
    item: int | None = None
    row: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source holds before any split: classes that have images, images, what is left out."""

    class_names: tuple[str, ...]
    images: tuple[Found, ...]
    left_out: tuple[Unreadable, ...]
