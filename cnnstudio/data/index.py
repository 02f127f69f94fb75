"""The list of a dataset's images with their labels and splits; no image is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.folders import Walk
from cnnstudio.data.found import Found, Scan
from cnnstudio.data.names import shown
from cnnstudio.data.picture import PLAIN, Picture, Reading
from cnnstudio.data.scanning import scan
from cnnstudio.data.split import split_class
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.facts import SplitName, Unreadable


@dataclass(frozen=True, slots=True)
class Sample:
    """One image: `key` is its path below the source's folder with forward slashes.

    `item` is its place in a file of many images; `reading` says how its values become grey levels.

    The file's name is kept as text: 60,000 `Path` objects cost half a second and 30 MB.
    """

    key: str
    file: str
    label: int
    split: SplitName
    item: int | None = None
    reading: Reading = PLAIN

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)

    @property
    def picture(self) -> Picture:
        """The image for the decoder."""
        return Picture(Path(self.file), self.item, self.reading)


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """All images of a dataset by class in natural order, and the files that are left out.

    `own_split` says that the source brings a split.
    """

    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    unreadable: tuple[Unreadable, ...] = ()
    own_split: bool = False

    def part(self, split: SplitName) -> tuple[Sample, ...]:
        """The samples of one part."""
        return tuple(sample for sample in self.samples if sample.split == split)


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
            samples.append(Sample(image.key, image.path, labels[name], part, image.item))
    own_split = any(image.part is not None for image in found.images)
    return ImageIndex(found.class_names, tuple(samples), found.left_out, own_split)


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
