"""What a source of images holds: every image with its class, in one pass, without opening any."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cnnstudio.data.folders import Walk, missing
from cnnstudio.data.found import PARTS, FolderOfImages, Found, ImagesInFolders, Scan
from cnnstudio.data.names import natural_key, shown
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import SplitName, Unreadable
from cnnstudio.spec.sources import (
    ArrayFile,
    KerasDataset,
    NamedFiles,
    Source,
    SplitFolders,
    Table,
)

Count = Callable[[int], None]


def scan(source: Source, progress: Count | None = None) -> Scan:
    """List the images of `source` in one pass over its folders or its table, opening no image.

    Of class folders, names are read and nothing more; they are sorted and made into rows by whoever
    looks at them. `progress` is called now and then with the number of images found.

    Raises:
        UserError: the source is missing, may not be read, or is not what it is said to be.
    """
    if isinstance(source, KerasDataset):
        from cnnstudio.data.keras_files import list_set

        return _classes(list_set(source.name), progress)
    root = Path(source.path)
    if isinstance(source, Table):
        from cnnstudio.data.tables import read_table

        return _classes(read_table(source), progress)
    if isinstance(source, ArrayFile):
        from cnnstudio.data.arrays import list_arrays

        return _classes(list_arrays(root), progress)
    if not root.is_dir():
        raise _not_a_folder(root)
    if isinstance(source, NamedFiles):
        from cnnstudio.data.named import list_named

        return _classes(list_named(root, source.pattern), progress)
    walk = Walk(root, progress)
    images = ImagesInFolders(_in_folders(walk, root, source))
    left_out = (
        Unreadable(
            key=shown(Path(path).relative_to(root).as_posix()),
            reason="is a link that leads out of the folder",
        )
        for path in walk.foreign
    )
    return Scan(_names(images.folders), images, tuple(left_out))


def _classes(listed: Iterable[Found | Unreadable], progress: Count | None) -> Scan:
    left_out: list[Unreadable] = []

    def images() -> Iterator[Found]:
        for image in listed:
            if isinstance(image, Unreadable):
                left_out.append(image)
            else:
                yield image

    found = _counted(images(), progress)
    return Scan(_names(found), tuple(found), tuple(left_out))


def _counted(images: Iterator[Found], progress: Count | None) -> list[Found]:
    found: list[Found] = []
    for image in images:
        found.append(image)
        if progress is not None and len(found) % 1000 == 0:
            progress(len(found))
    return found


def _names(images: Iterable[Found | FolderOfImages]) -> tuple[str, ...]:
    return tuple(sorted({image.class_name for image in images}, key=natural_key))


def _in_folders(walk: Walk, root: Path, source: Source) -> Iterator[FolderOfImages]:
    below = len(_with_end(str(root)))
    for part, class_folder in _class_folders(walk, root, source):
        class_name = Path(class_folder).name
        for folder, names in walk.names(class_folder):
            path = _with_end(folder)
            key = path[below:].replace(os.sep, "/")
            yield FolderOfImages(path, key, class_name, part, names)


def _with_end(folder: str) -> str:
    """A folder with the separator that follows."""
    return os.path.join(folder, "")  # noqa: PTH118


def _class_folders(
    walk: Walk, root: Path, source: Source
) -> Iterator[tuple[SplitName | None, str]]:
    for part, folder in _part_folders(walk, root, source):
        for class_folder in walk.folders(folder):
            yield part, class_folder


def _part_folders(walk: Walk, root: Path, source: Source) -> Iterator[tuple[SplitName | None, str]]:
    if not isinstance(source, SplitFolders):
        yield None, str(root)
        return
    folders = [(PARTS.get(Path(path).name.lower()), path) for path in walk.folders(str(root))]
    if not any(part == "train" for part, _ in folders):
        raise UserError(
            f"“{root.name}” has no folder “train”: choose a folder that holds train, validation "
            "and test, or open it as a folder per class.",
            place=str(root),
        )
    yield from ((part, path) for part, path in folders if part is not None)


def _not_a_folder(root: Path) -> UserError:
    if root.exists():
        return UserError(
            f"“{root.name}” is a file: choose the folder that holds the images.", place=str(root)
        )
    return missing(root)
