"""Reading a folder of images off the window's thread: the index, the facts, and one picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from cnnstudio.gui.background import Background, Progress, Stop

if TYPE_CHECKING:
    from cnnstudio.data.facts import Headers
    from cnnstudio.data.found import Scan
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.data.moves import Moves
    from cnnstudio.spec.experiment import Dataset
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.intensities import Intensity
    from cnnstudio.spec.sources import Source

PICTURE_SIDE = 320


@dataclass(frozen=True, slots=True)
class DatasetReading:
    """What the dataset of an experiment holds.

    `scan` and `headers` are what was read from disk; `index` and `facts` follow from them and from
    the edits and the split of `dataset`. `moves` tells what became of the images that were listed
    before, empty for the first list of a source.
    """

    dataset: Dataset
    scan: Scan
    headers: Headers
    index: ImageIndex
    facts: DatasetFacts
    moves: Moves


@dataclass(frozen=True, slots=True)
class FolderReading:
    """A folder that somebody chose: what it holds, and one of its images.

    `picture` is uint8[height, width, 3], or None when that file cannot be read.
    """

    reading: DatasetReading
    picture: Any

    @property
    def source(self) -> Source:
        """How the folder's images are arranged."""
        return self.reading.dataset.source

    @property
    def intensity(self) -> Intensity:
        """How their values were read."""
        return self.reading.dataset.intensity

    @property
    def index(self) -> ImageIndex:
        """The list of its images."""
        return self.reading.index

    @property
    def facts(self) -> DatasetFacts:
        """Their facts."""
        return self.reading.facts


class ImageReader(Background):
    """Reads at most one folder at a time: `finished` carries a `FolderReading` or `DatasetReading`.

    `progressed` counts images. `listed` carries the `ImageIndex` of an experiment whose images
    were unknown, as soon as names and labels are there; sizes take far longer.
    """

    listed = Signal(object)
    mistake = "The images could not be read."

    _early = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked_last: object = None
        self._early.connect(self._on_early, Qt.ConnectionType.QueuedConnection)

    def read_folder(self, folder: Path, source: Source | None = None) -> None:
        """Find out how a folder's images are arranged, list them, and learn the facts.

        A `source` says how they are arranged.
        """
        self._asked_last = None
        self.start(lambda progress, stop: _folder(folder, source, progress, stop))

    def read_dataset(self, dataset: Dataset, known: DatasetReading | None) -> None:
        """List the images of an experiment; what is `known` of the same files is kept."""
        self._read(dataset, known, keep_list=False)

    def deal(self, dataset: Dataset, known: DatasetReading | None) -> None:
        """Apply other edits or another split to images that are listed; list others first."""
        self._read(dataset, known, keep_list=True)

    def _read(self, dataset: Dataset, known: DatasetReading | None, keep_list: bool) -> None:
        self._asked_last = mark = object()

        def listed(index: ImageIndex) -> None:
            self._early.emit(mark, index)

        tell = listed if known is None else None
        self.start(lambda progress, stop: _dataset(dataset, known, keep_list, progress, stop, tell))

    def _on_early(self, mark: object, index: ImageIndex) -> None:
        if self.busy and mark is self._asked_last:
            self.listed.emit(index)


def _folder(folder: Path, source: Source | None, progress: Progress, stop: Stop) -> FolderReading:
    from cnnstudio.data.detect import source_of
    from cnnstudio.data.intensity import intensity_of
    from cnnstudio.spec.experiment import Dataset

    source = source or source_of(folder)
    dataset = Dataset(source=source, intensity=intensity_of(source))
    read = _dataset(dataset, None, False, progress, stop)
    return FolderReading(read, _picture(read.index))


def _dataset(
    dataset: Dataset,
    known: DatasetReading | None,
    keep_list: bool,
    progress: Progress,
    stop: Stop,
    tell: Callable[[ImageIndex], None] | None = None,
) -> DatasetReading:
    from cnnstudio.data.facts import counted, headers
    from cnnstudio.data.index import deal
    from cnnstudio.data.moves import Moves, moves
    from cnnstudio.data.scanning import scan
    from cnnstudio.data.stopping import Stopped

    def counting(_: int) -> None:
        if stop():
            raise Stopped

    if keep_list and known is not None and known.dataset.source == dataset.source:
        listed = known.scan
    else:
        listed = scan(dataset.source, counting)
    index = deal(dataset, listed)
    if tell is not None and not stop():
        tell(index)
    if known is not None and known.dataset.source.path != dataset.source.path:
        known = None
    alike = known is not None and _read_alike(known.index, index)
    read = headers(index, progress, stop, known.headers if known and alike else None)
    return DatasetReading(
        dataset,
        listed,
        read,
        index,
        counted(dataset, index, read),
        moves(known.index, index) if known else Moves(),
    )


def _read_alike(old: ImageIndex, new: ImageIndex) -> bool:
    """Whether the headers of both say the same: page, channels, and whether values have a window.

    The numbers of a window do not matter to them; they follow the training images.
    """
    before, after = (
        {(s.reading.page, s.reading.channels, s.reading.window is None) for s in index.samples[:1]}
        for index in (old, new)
    )
    return before == after


def _picture(index: ImageIndex) -> Any:
    """One image that can be read, as a thumbnail; the middle one, since firsts are often odd."""
    from cnnstudio.data.decode import UnreadableImage
    from cnnstudio.data.thumbnails import thumbnail

    middle = len(index.samples) // 2
    for sample in (*index.samples[middle : middle + 20], *index.samples[:20]):
        try:
            return thumbnail(sample.picture, PICTURE_SIDE)
        except UnreadableImage:
            continue
    return None
