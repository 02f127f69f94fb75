"""Images as a source lists them, before any split."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from cnnstudio.data.names import natural_sorted
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
class FolderOfImages:
    """The images right in one folder: their names, in no order, and what all have in common.

    `path` is the folder's, `key` the same below the source's folder; both end with a separator.
    """

    path: str
    key: str
    class_name: str
    part: SplitName | None
    names: Sequence[str]


class ImagesInFolders(Sequence[Found]):
    """The images of many folders, folder by folder, each in natural order.

    Names alone are kept: they are sorted and made into rows when somebody looks at the first row.
    How many there are, and of which class, is known without that.
    """

    __slots__ = ("_count", "_rows", "folders")

    def __init__(self, folders: Iterable[FolderOfImages]) -> None:
        self.folders = tuple(folders)
        self._count = sum(len(folder.names) for folder in self.folders)
        self._rows: tuple[Found, ...] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Found: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Found, ...]: ...

    def __getitem__(self, at: int | slice) -> Found | tuple[Found, ...]:
        return self._listed()[at]

    def __iter__(self) -> Iterator[Found]:
        return iter(self._listed())

    def _listed(self) -> tuple[Found, ...]:
        if self._rows is None:
            self._rows = tuple(
                Found(of.key + name, of.path + name, of.class_name, of.part)
                for of in self.folders
                for name in natural_sorted(of.names)
            )
        return self._rows


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source holds before any split: classes that have images, images, what is left out."""

    class_names: tuple[str, ...]
    images: Sequence[Found]
    left_out: tuple[Unreadable, ...]
