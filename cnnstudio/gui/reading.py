"""Reading a folder of images off the window's thread: the index, the facts, and one picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.spec.errors import UserError

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
PROGRESS_STEPS = 100


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


Work = Callable[[Callable[[int, int], None], Callable[[], bool]], object]


class _ReadingThread(QThread):
    """Runs one piece of work; everything it has to say comes out as signals."""

    progressed = Signal(int, int)
    done = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self._stop = threading.Event()
        self._told = -1

    def stop(self) -> None:
        """Ask for an end; nothing more is emitted."""
        self._stop.set()

    def run(self) -> None:
        """Do the work; a mistake of the program becomes a sentence with its details."""
        from cnnstudio.data.stopping import Stopped

        try:
            result = self._work(self._progress, self._stop.is_set)
        except Stopped:
            return
        except UserError as error:
            if not self._stop.is_set():
                self.failed.emit(error)
            return
        except Exception as error:
            if not self._stop.is_set():
                self.failed.emit(_unforeseen(error))
            return
        if not self._stop.is_set():
            self.done.emit(result)

    def _progress(self, done: int, total: int) -> None:
        share = done * PROGRESS_STEPS // max(1, total)
        if share != self._told and not self._stop.is_set():
            self._told = share
            self.progressed.emit(done, total)


class ImageReader(QObject):
    """Reads at most one folder at a time; a new request makes the former one silent.

    `progressed` carries (done, total) images, `finished` a `FolderReading` or `DatasetReading`,
    `failed` a `UserError`. `busy_changed` tells when there is something to cancel.
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _ReadingThread | None = None
        self._leaving: list[_ReadingThread] = []

    @property
    def busy(self) -> bool:
        """Whether something is being read."""
        return self._thread is not None

    def read_folder(self, folder: Path) -> None:
        """Find out how a folder's images are arranged, list them, and learn the facts."""
        self._start(lambda progress, stop: _folder(folder, progress, stop))

    def read_dataset(self, dataset: Dataset, known: DatasetReading | None) -> None:
        """List the images of an experiment; what is `known` of the same files is kept."""
        self._start(lambda progress, stop: _dataset(dataset, known, False, progress, stop))

    def deal(self, dataset: Dataset, known: DatasetReading | None) -> None:
        """Apply other edits or another split to images that are listed; list others first."""
        self._start(lambda progress, stop: _dataset(dataset, known, True, progress, stop))

    def cancel(self) -> None:
        """Forget the folder being read."""
        if self._thread is not None:
            self._release(self._thread)
            self._thread = None
            self.busy_changed.emit(False)

    def shutdown(self) -> None:
        """End every thread and wait for it; call before the program leaves."""
        self.cancel()
        for thread in list(self._leaving):
            thread.wait()
        self._leaving.clear()

    def _start(self, work: Work) -> None:
        if self._thread is not None:
            self._release(self._thread)
        thread = _ReadingThread(work)
        self._thread = thread
        thread.progressed.connect(self._on_progress)
        thread.done.connect(self._on_done)
        thread.failed.connect(self._on_failed)
        thread.start(QThread.Priority.LowPriority)
        self.busy_changed.emit(True)

    def _release(self, thread: _ReadingThread) -> None:
        """Let a thread end by itself; a running QThread must not be destroyed."""
        thread.stop()
        self._leaving = [old for old in self._leaving if old.isRunning()]
        self._leaving.append(thread)

    def _on_progress(self, done: int, total: int) -> None:
        if self.sender() is self._thread:
            self.progressed.emit(done, total)

    def _on_done(self, result: object) -> None:
        if self._ends():
            self.finished.emit(result)

    def _on_failed(self, error: object) -> None:
        if self._ends():
            self.failed.emit(error)

    def _ends(self) -> bool:
        if self._thread is None or self.sender() is not self._thread:
            return False
        self._release(self._thread)
        self._thread = None
        self.busy_changed.emit(False)
        return True


def _folder(
    folder: Path, progress: Callable[[int, int], None], stop: Callable[[], bool]
) -> FolderReading:
    from cnnstudio.data.detect import source_of
    from cnnstudio.data.intensity import intensity_of
    from cnnstudio.spec.experiment import Dataset

    source = source_of(folder)
    dataset = Dataset(source=source, intensity=intensity_of(source))
    read = _dataset(dataset, None, False, progress, stop)
    return FolderReading(read, _picture(read.index))


def _dataset(
    dataset: Dataset,
    known: DatasetReading | None,
    keep_list: bool,
    progress: Callable[[int, int], None],
    stop: Callable[[], bool],
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
    """Whether the pixels of both are read in the same way: page, channels, intensities."""
    return {s.reading for s in old.samples[:1]} == {s.reading for s in new.samples[:1]}


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


def _unforeseen(error: Exception) -> UserError:
    import traceback

    return UserError(
        "The images could not be read.",
        details="".join(traceback.format_exception(error)),
    )
