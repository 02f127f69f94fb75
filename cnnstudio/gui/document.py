"""The experiment on the table: the one place that changes it, with undo, its file and facts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QUndoStack

from cnnstudio.gui.commands import EditCommand
from cnnstudio.gui.homes import home_of
from cnnstudio.gui.reading import DatasetReading, FolderReading, ImageReader
from cnnstudio.spec import files
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.intensities import PercentileWindow
from cnnstudio.spec.patch import Change, apply, replace
from cnnstudio.spec.problems import Problem, problems

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.spec.experiment import Dataset, Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.sources import Source

ONE_GESTURE = 0.8
"""Seconds within which edits of the same number belong to one gesture."""

SETTLE = 250
"""Milliseconds of quiet before the images are dealt out anew after an edit."""

ONLY_SHAPE = frozenset({"image_size", "resize", "scale", "color", "batch_size"})
"""Fields of a dataset that say what is made of the images, not which they are."""

AT_ONCE = 30
"""The same after an edit of single images, which no slider makes."""


class Document(QObject):
    """Holds the experiment, its file, its undo stack and what is known of its images.

    `changed` carries the experiment, `opened` says that it is another one; `facts_changed` and
    `index_changed` carry the facts and the image index, or None while unknown; `problems_changed`
    the tuple of problems; `title_changed` (name, edited); `refused` the `UserError` of an edit;
    `failed` the one of a folder that was chosen and cannot be read (an experiment whose images
    cannot be read has a problem instead); `proposed` a `FolderReading`, for the one
    question before an experiment is made; `moved` the `Moves` of images that another seed, edit or
    state of the folder has brought about; `reading_progressed` (done, total) and
    `reading_changed` whether images are being read.
    """

    changed = Signal(object)
    opened = Signal()
    facts_changed = Signal(object)
    index_changed = Signal(object)
    problems_changed = Signal(object)
    title_changed = Signal(str, bool)
    refused = Signal(object)
    failed = Signal(object)
    proposed = Signal(object)
    moved = Signal(object)
    reading_progressed = Signal(int, int)
    reading_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(500)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self._experiment: Experiment | None = None
        self._path: Path | None = None
        self._home: Path | None = None
        self._reading: DatasetReading | None = None
        self._listed: ImageIndex | None = None
        self._first_list = True
        self._unreadable: UserError | None = None
        self._problems: tuple[Problem, ...] = ()
        self._last_edit = ("", 0.0)
        self._asked_for_folder = False
        self._reader = ImageReader(self)
        self._reader.listed.connect(self._list)
        self._reader.finished.connect(self._read)
        self._reader.failed.connect(self._not_read)
        self._reader.progressed.connect(self.reading_progressed)
        self._reader.busy_changed.connect(self.reading_changed)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._deal)

    @property
    def experiment(self) -> Experiment | None:
        """The experiment as it stands, None before the first one is opened."""
        return self._experiment

    @property
    def facts(self) -> DatasetFacts | None:
        """What is known of the images, None while they are being read or cannot be."""
        return self._reading.facts if self._reading else None

    @property
    def index(self) -> ImageIndex | None:
        """The list of images with labels and splits, None while unknown; it comes before facts."""
        return self._reading.index if self._reading else self._listed

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What makes a run impossible, the unreadable folder first."""
        return self._problems

    @property
    def path(self) -> Path | None:
        """The experiment's file, None before it is saved."""
        return self._path

    @property
    def home(self) -> Path:
        """The project's folder; runs go to `home / "runs"`. It need not exist yet."""
        if self._home is not None:
            return self._home
        if self._path is not None:
            return self._path.parent
        return home_of(self._experiment.name if self._experiment else "Untitled")

    def settle_home(self) -> None:
        """Keep the folder as it is, whatever the experiment is called from now on."""
        if self._path is None:
            self._home = self.home

    @property
    def reading(self) -> bool:
        """Whether images are being read."""
        return self._reader.busy

    @property
    def edited(self) -> bool:
        """Whether there is something to lose."""
        return self._experiment is not None and not self.undo_stack.isClean()

    @property
    def title(self) -> str:
        """The experiment's name, empty before the first one."""
        return self._experiment.name if self._experiment else ""

    # ---- opening and saving -------------------------------------------------------------------

    def open(self, path: Path, as_copy: bool = False, home: Path | None = None) -> None:
        """Open an experiment file; as a copy it has no file yet (a sample, a run's experiment).

        `home` is the project's folder when the file does not stand in it. Raises `UserError`;
        then the experiment on the table stays as it is.
        """
        experiment = files.load(path)
        self._put(experiment, None if as_copy else path.absolute(), clean=True, home=home)
        self.read_images()

    def new(self, experiment: Experiment, reading: FolderReading | None = None) -> None:
        """Put a new, unsaved experiment on the table; its images may be known already."""
        self._put(experiment, None, clean=False)
        if reading is not None:
            # The list holds; only the split may differ from the one that was read.
            self._reading = reading.reading
            self._tell_facts()
            self._deal()
        else:
            self.read_images()

    def new_from_folder(self, folder: Path, source: Source | None = None) -> None:
        """Read a folder of images; `proposed` follows, or `failed`.

        A `source` says how they are arranged, where they do not tell by themselves.
        """
        self._asked_for_folder = True
        self._reader.read_folder(folder, source)

    def cancel_reading(self) -> None:
        """Stop reading; the images of the experiment are read if a new folder was in their way."""
        self._reader.cancel()
        self._go_back()

    def read_images(self) -> None:
        """List the images of the experiment anew; the facts of unchanged files are kept."""
        if self._experiment is not None:
            self._asked_for_folder = False
            self._reader.read_dataset(self._experiment.dataset, self._reading)

    def _deal(self) -> None:
        """Apply the edits and the split of the experiment to the images that are listed."""
        if self._experiment is not None:
            self._asked_for_folder = False
            self._reader.deal(self._experiment.dataset, self._reading)

    def save(self, path: Path) -> None:
        """Write the experiment to a file, which becomes its own. Raises `UserError`."""
        if self._experiment is None:
            return
        path = path.absolute()
        files.save(self._experiment, path)
        self._path = path
        self._home = None
        self.undo_stack.setClean()
        self._tell_title()

    def close(self) -> None:
        """End the threads of this document; call before the program leaves."""
        self._settling.stop()
        self._reader.shutdown()
        # A stack tells of its own end; by then nobody may listen.
        self.undo_stack.blockSignals(True)

    # ---- editing ------------------------------------------------------------------------------

    def edit(self, path: str, value: object, text: str = "", merge: bool | None = None) -> bool:
        """Put a value at a dotted path, undoably; False and `refused` when it does not fit.

        Numbers and words edited again at once, or under the same press of the mouse, become one
        undo step; `merge` overrides that.
        """
        if self._experiment is None:
            return False
        try:
            after = replace(self._experiment, path, value)
        except UserError as error:
            self.refused.emit(error)
            return False
        if merge is None:
            merge = _is_plain(value)
        self._push(after, path, text or _words(self._experiment, after, path), merge)
        return True

    def apply(self, changes: Iterable[Change], text: str) -> bool:
        """Make several changes as one undo step; False and `refused` when they do not fit."""
        if self._experiment is None:
            return False
        try:
            after = apply(self._experiment, changes)
        except UserError as error:
            self.refused.emit(error)
            return False
        self._push(after, "", text, False)
        return True

    def adopt(self, experiment: Experiment, text: str) -> None:
        """Go on with another experiment in this project, such as an earlier run's, undoably."""
        self._push(experiment, "", text, False)

    def _push(self, after: Experiment, path: str, text: str, merge: bool) -> None:
        before = self._experiment
        if before is None or after == before:
            return
        now = time.monotonic()
        same = self._last_edit[0] == path
        held = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        continues = merge and same and (held or now - self._last_edit[1] < ONE_GESTURE)
        self.undo_stack.push(EditCommand(text, path, before, after, continues, self._show))
        self._last_edit = (path, now)

    def _show(self, experiment: Experiment) -> None:
        """The one place where the experiment changes."""
        before = self._experiment
        self._experiment = experiment
        # Undo and redo end a gesture: what follows must not fold into a step that stands.
        self._last_edit = ("", 0.0)
        self.changed.emit(experiment)
        if before is None or before.name != experiment.name:
            self._tell_title()
        if before is not None and _other_images(before.dataset, experiment.dataset):
            at_once = before.dataset.edits is not experiment.dataset.edits
            self._settling.start(AT_ONCE if at_once else SETTLE)
        self._tell_problems()

    def _put(
        self,
        experiment: Experiment,
        path: Path | None,
        clean: bool,
        home: Path | None = None,
    ) -> None:
        self._settling.stop()
        self._reader.cancel()
        self._reading = self._listed = None
        self._first_list = True
        self._unreadable = None
        self._last_edit = ("", 0.0)
        self._path = path
        self._home = home
        self._experiment = experiment
        self.undo_stack.clear()
        if not clean:
            self.undo_stack.resetClean()
        self._tell_facts()
        self.changed.emit(experiment)
        self._tell_problems()
        self._tell_title()
        self.opened.emit()

    # ---- images -------------------------------------------------------------------------------

    def _list(self, index: ImageIndex) -> None:
        """Names and labels of images whose sizes are still being read: enough to browse."""
        if self._reading is None:
            self._listed = index
            self.index_changed.emit(index)

    def _read(self, result: object) -> None:
        if isinstance(result, FolderReading):
            self.proposed.emit(result)
        elif isinstance(result, DatasetReading):
            self._reading = result
            self._listed = self._unreadable = None
            self._tell_facts()
            self._tell_problems()
            if result.moves and not self._first_list:
                self.moved.emit(result.moves)
            self._first_list = False

    def _not_read(self, error: UserError) -> None:
        if self._asked_for_folder:
            self.failed.emit(error)
            self._go_back()
            return
        experiment, known = self._experiment, self._reading
        if self._listed is not None:
            self._listed = None
            self._tell_facts()
        if experiment and known and known.dataset.source != experiment.dataset.source:
            # What is known is of other images, such as those before an undo.
            self._reading = None
            self._tell_facts()
        self._unreadable = error
        self._tell_problems()

    def _go_back(self) -> None:
        """From a folder that came to nothing to the images of the experiment on the table."""
        if self._asked_for_folder and self._reading is None:
            self.read_images()
        self._asked_for_folder = False

    def _tell_facts(self) -> None:
        self.facts_changed.emit(self.facts)
        self.index_changed.emit(self.index)

    def _tell_problems(self) -> None:
        found: tuple[Problem, ...] = ()
        if self._experiment is not None:
            found = problems(self._experiment, self.facts)
            if self._unreadable is not None:
                place = self._unreadable.place
                path = place if place.startswith("dataset.") else "dataset.source"
                fix: tuple[Change, ...] = ()
                if path == "dataset.intensity":
                    fix = (Change(path=path, value=PercentileWindow()),)
                words = "Measure a window" if fix else ""
                found = (Problem(path, self._unreadable.sentence, fix, words), *found)
        if found != self._problems:
            self._problems = found
            self.problems_changed.emit(found)

    def _on_clean_changed(self, clean: bool) -> None:
        # A method, not a lambda: the stack emits this once more while it is being destroyed.
        self._tell_title()

    def _tell_title(self) -> None:
        self.title_changed.emit(self.title, self.edited)


def _words(before: Experiment, after: Experiment, path: str) -> str:
    """What an edit does, for the Edit menu."""
    if path == "dataset.edits":
        from cnnstudio.gui.dataset.edit_words import spoken

        return spoken(before.dataset.edits, after.dataset.edits)
    return f"Change {_spoken(path)}"


def _other_images(before: Dataset, after: Dataset) -> bool:
    """Whether the list of images, their labels, parts or facts may differ."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in type(before).model_fields
        if name not in ONLY_SHAPE
    )


def _is_plain(value: object) -> bool:
    """Whether a value is a number, a word, or a few numbers: what a hand can drag or type."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, tuple | list):
        return bool(value) and all(isinstance(item, int | float) for item in value)
    return isinstance(value, int | float | str)


def _spoken(path: str) -> str:
    """`model.layers.2.kernel_size` becomes `kernel size`."""
    words = [word for word in path.split(".") if not word.isdigit()]
    return words[-1].replace("_", " ") if words else "experiment"
