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
class Columns:
    """The same as `Found` for many images, column by column: a fraction of the objects."""

    keys: Sequence[str]
    paths: Sequence[str]
    class_names: Sequence[str]
    parts: Sequence[SplitName | None]
    items: Sequence[int | None]


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

    Names alone are kept: they are sorted when somebody asks for a column, and made into rows when
    somebody looks at the first one. How many there are, and of which class, is known without that.
    """

    __slots__ = ("_columns", "_count", "_rows", "folders")

    def __init__(self, folders: Iterable[FolderOfImages]) -> None:
        self.folders = tuple(folders)
        self._count = sum(len(folder.names) for folder in self.folders)
        self._columns: Columns | None = None
        self._rows: tuple[Found, ...] | None = None

    @property
    def columns(self) -> Columns:
        """All images, column by column."""
        if self._columns is None:
            keys: list[str] = []
            paths: list[str] = []
            class_names: list[str] = []
            parts: list[SplitName | None] = []
            for folder in self.folders:
                names = natural_sorted(folder.names)
                keys += [folder.key + name for name in names]
                paths += [folder.path + name for name in names]
                class_names += [folder.class_name] * len(names)
                parts += [folder.part] * len(names)
            self._columns = Columns(keys, paths, class_names, parts, [None] * len(keys))
        return self._columns

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Found: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Found, ...]: ...

    def __getitem__(self, at: int | slice) -> Found | tuple[Found, ...]:
        return self._listed()[at]

    def __iter__(self) -> Iterator[Found]:
        # A generator, because who only has the iterator has not looked at anything yet.
        yield from self._listed()

    def _listed(self) -> tuple[Found, ...]:
        if self._rows is None:
            of = self.columns
            self._rows = tuple(map(Found, of.keys, of.paths, of.class_names, of.parts))
        return self._rows


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source holds before any split: classes that have images, images, what is left out."""

    class_names: tuple[str, ...]
    images: Sequence[Found]
    left_out: tuple[Unreadable, ...]

    @property
    def columns(self) -> Columns:
        """The images, column by column."""
        images = self.images
        if isinstance(images, ImagesInFolders):
            return images.columns
        return Columns(
            [image.key for image in images],
            [image.path for image in images],
            [image.class_name for image in images],
            [image.part for image in images],
            [image.item for image in images],
        )
