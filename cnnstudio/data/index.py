"""The list of a dataset's images with their labels and splits; no image is opened."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.folders import Walk, missing
from cnnstudio.data.names import natural_key, shown
from cnnstudio.data.split import split_class
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.facts import SplitName, Unreadable
from cnnstudio.spec.sources import Source, SplitFolders

# Names of the split folders that people use, whatever the case.
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
class Sample:
    """One image: `key` is its path below the source's folder with forward slashes.

    The file's name is kept as text: 60,000 `Path` objects cost half a second and 30 MB.
    """

    key: str
    file: str
    label: int
    split: SplitName

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """All images of a dataset by class in natural order, and the files that are left out."""

    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    unreadable: tuple[Unreadable, ...] = ()

    def part(self, split: SplitName) -> tuple[Sample, ...]:
        """The samples of one part."""
        return tuple(sample for sample in self.samples if sample.split == split)


@dataclass(frozen=True, slots=True)
class Found:
    """One image as it lies on disk: `part` is None where the folders do not tell."""

    key: str
    path: str
    class_name: str
    part: SplitName | None


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source holds before any split: classes that have images, images, links left out."""

    class_names: tuple[str, ...]
    images: tuple[Found, ...]
    foreign: tuple[str, ...]


def scan(source: Source, progress: Callable[[int], None] | None = None) -> Scan:
    """List the images of `source` in one pass over its folders, without opening any.

    `progress` is called now and then with the number of images found.

    Raises:
        UserError: the folder is missing or may not be read.
    """
    root = Path(source.path)
    if not root.is_dir():
        raise _not_a_folder(root)
    walk = Walk(root)
    below = len(os.path.join(root, ""))  # noqa: PTH118 (with the separator that follows)
    images: list[Found] = []
    for part, folder in _part_folders(walk, root, source):
        for class_folder in walk.folders(folder):
            class_name = Path(class_folder).name
            for path in walk.images(class_folder):
                key = path[below:].replace(os.sep, "/")
                images.append(Found(key, path, class_name, part))
                if progress is not None and len(images) % 1000 == 0:
                    progress(len(images))
    names = tuple(sorted({image.class_name for image in images}, key=natural_key))
    return Scan(
        names,
        tuple(images),
        tuple(Path(path).relative_to(root).as_posix() for path in walk.foreign),
    )


def index(dataset: Dataset, progress: Callable[[int], None] | None = None) -> ImageIndex:
    """The images of `dataset` with labels and the seeded, stratified split applied.

    Raises:
        UserError: the folder is missing, holds no images, or only one class of them, or a class
            whose name is no text.
    """
    found = scan(dataset.source, progress)
    _check_classes(found, Path(dataset.source.path))
    labels = {name: label for label, name in enumerate(found.class_names)}
    by_class: dict[str, list[Found]] = {name: [] for name in found.class_names}
    for image in found.images:
        by_class[image.class_name].append(image)
    shares = _shares(dataset.split, found)
    samples: list[Sample] = []
    for name, images in by_class.items():
        open_keys = [image.key for image in images if image.part in {None, "train"}]
        parts = split_class(open_keys, shares[0], shares[1], dataset.split.seed)
        for image in images:
            part = parts.get(image.key, image.part or "train")
            samples.append(Sample(image.key, image.path, labels[name], part))
    unreadable = tuple(
        Unreadable(key=shown(key), reason="is a link that leads out of the folder")
        for key in found.foreign
    )
    return ImageIndex(found.class_names, tuple(samples), unreadable)


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


def _shares(split: Split, found: Scan) -> tuple[float, float]:
    """Shares of validation and test images that still have to be taken from training images."""
    parts = {image.part for image in found.images}
    if parts == {None}:
        return split.validation, split.test
    # Folders that bring a split of their own keep it; only a missing validation part is made.
    return (0.0 if "validation" in parts else split.validation), 0.0


def _check_classes(found: Scan, root: Path) -> None:
    for name in found.class_names:
        if shown(name) != name:
            raise UserError(
                f"The folder “{shown(name)}” has a name that is no valid text, and a class needs "
                "one: rename it.",
                place=str(root),
            )
    if len(found.class_names) >= 2:
        return
    if found.class_names:
        raise UserError(
            f"“{root.name}” holds only one class folder with images, “{found.class_names[0]}”: "
            "add a folder for each class that the network shall tell apart.",
            place=str(root),
        )
    if any(Walk(root).images(str(root), deep=False)):
        raise UserError(
            f"The images lie directly in “{root.name}”: put them into one folder per class "
            "and choose the folder above.",
            place=str(root),
        )
    raise UserError(
        f"“{root.name}” holds no images: choose a folder with one folder of images per class "
        "(PNG, JPEG, BMP, GIF, WebP, TIFF or PPM).",
        place=str(root),
    )


def _not_a_folder(root: Path) -> UserError:
    if root.exists():
        return UserError(
            f"“{root.name}” is a file: choose the folder that holds the images.", place=str(root)
        )
    return missing(root)
