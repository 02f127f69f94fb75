"""The list of a dataset's images with their labels and splits; no image is opened."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.classes import check_classes, check_edited
from cnnstudio.data.found import Scan
from cnnstudio.data.groups import Group, groups
from cnnstudio.data.intensity import reading_of
from cnnstudio.data.names import natural_key, shown
from cnnstudio.data.parts import parts_of
from cnnstudio.data.picture import PLAIN, Picture, Reading
from cnnstudio.data.scanning import scan
from cnnstudio.spec.edits import NO_EDIT, Edits
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.facts import SplitName, Unreadable


@dataclass(frozen=True, slots=True)
class Sample:
    """One image: `key` is its path below the source's folder with forward slashes.

    `item` is its place in a file of many images; `reading` says how its values become grey levels.
    `origin` is the class it has on disk where an edit gave it another; `group` names the images
    that it stays with in the split.

    The file's name is kept as text: 60,000 `Path` objects cost half a second and 30 MB.
    """

    key: str
    file: str
    label: int
    split: SplitName
    item: int | None = None
    reading: Reading = PLAIN
    tags: tuple[str, ...] = ()
    group: str = ""
    origin: str | None = None

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

    `own_split` says that the source brings a split. `excluded` are the images that a person took
    out; their labels count into `class_names` and on into `absent`, the classes of which only
    excluded images are left. `groups` are the images that stay together, `lost` the keys of edits
    whose image is not there.
    """

    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    unreadable: tuple[Unreadable, ...] = ()
    own_split: bool = False
    excluded: tuple[Sample, ...] = ()
    absent: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    lost: tuple[str, ...] = ()

    def class_of(self, sample: Sample) -> str:
        """The name of a sample's class, excluded or not."""
        classes = len(self.class_names)
        if sample.label < classes:
            return self.class_names[sample.label]
        return self.absent[sample.label - classes]

    def part(self, split: SplitName) -> tuple[Sample, ...]:
        """The samples of one part."""
        return tuple(sample for sample in self.samples if sample.split == split)


def index(dataset: Dataset, progress: Callable[[int], None] | None = None) -> ImageIndex:
    """The images of `dataset` with its edits and its seeded, stratified split applied.

    Raises:
        UserError: the folder is missing, holds no images, or only one class of them, or a class
            whose name is no text.
    """
    return deal(dataset, scan(dataset.source, progress))


def deal(dataset: Dataset, found: Scan) -> ImageIndex:
    """Apply the edits and the split of `dataset` to what its source holds.

    No image is opened, except a sample of them to measure a window by percentiles.

    An excluded image keeps its place in the split, so that leaving one out moves no other, and
    taking it back brings everything back. A group goes where an edit puts one of its images.

    Raises:
        UserError: fewer than two classes are there, or are left by the edits.
    """
    root = Path(dataset.source.path)
    edits = dataset.edits
    said = edits.mapping()
    images = found.columns
    keys = images.keys
    # The places of the images of each class, as labelled now.
    places: dict[str, list[int]] = {name: [] for name in found.class_names}
    for place, (key, on_disk) in enumerate(zip(keys, images.class_names, strict=True)):
        edit = said.get(key)
        name = on_disk if edit is None else edit.label or on_disk
        places.setdefault(name, []).append(place)
    by_class = {name: [keys[place] for place in there] for name, there in places.items()}
    class_names, absent = _names(by_class, edits)
    if not edits or len(found.class_names) < 2 > len(class_names):
        check_classes(found, root)
    if edits:
        check_edited(class_names, root)
    joined = groups(dataset, found.images)
    parts = parts_of(dataset, images, by_class, joined)
    group_of = {key: group.name for group in joined for key in group.keys}
    reading = reading_of(
        dataset,
        (
            image
            for image in found.images
            if parts[image.key] == "train" and not said.get(image.key, NO_EDIT).excluded
        ),
    )
    samples: list[Sample] = []
    excluded: list[Sample] = []
    for label, name in enumerate((*class_names, *absent)):
        for place in places[name]:
            key = keys[place]
            edit = said.get(key, NO_EDIT)
            on_disk = images.class_names[place]
            sample = Sample(
                key,
                images.paths[place],
                label,
                parts[key],
                images.items[place],
                reading,
                edit.tags,
                group_of.get(key, ""),
                None if on_disk == name else on_disk,
            )
            (excluded if edit.excluded else samples).append(sample)
    return ImageIndex(
        class_names,
        tuple(samples),
        found.left_out,
        any(part is not None for part in images.parts),
        tuple(excluded),
        absent,
        joined,
        _lost(edits, keys, found.left_out),
    )


def _names(
    by_class: Mapping[str, Sequence[str]], edits: Edits
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes that have images, and those whose images are all excluded, in natural order."""
    names: list[str] = []
    absent: list[str] = []
    for name in sorted(by_class, key=natural_key):
        keys = by_class[name]
        if not edits or any(not edits.get(key).excluded for key in keys):
            names.append(name)
        elif keys:
            absent.append(name)
    return tuple(names), tuple(absent)


def _lost(edits: Edits, keys: Iterable[str], left_out: Iterable[Unreadable]) -> tuple[str, ...]:
    if not edits:
        return ()
    there = set(keys)
    # A file that is there and cannot be used is named elsewhere.
    named = {left.key for left in left_out}
    return tuple(sorted(k for k in edits if k not in there and shown(k) not in named))
