"""The dataset browser: filter line, chips, and the grid of thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.dataset.chips import Chips
from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.image_filter import ImageFilter
from cnnstudio.gui.dataset.image_grid import ImageGrid
from cnnstudio.gui.dataset.search_line import SearchLine
from cnnstudio.gui.dataset.unreadable_list import UnreadableList
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.facts import SPLITS

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.facts import DatasetFacts

CHIPS_AT_MOST = 6
COMPACT_TILE, FULL_TILE = 76, 116
TYPING_PAUSE_MS = 120
LEFT_OUT = "left_out"


class DatasetBrowser(Panel):
    """Every image of the collection as a thumbnail, filtered by words, classes and parts.

    The compact form stands at the left of other stages; the full one has captions and leaves the
    filters by class and part to the class bars. `image_selected` carries the Sample that a person
    picked; `filter_changed` the `ImageFilter` after any change of it.
    """

    image_selected = Signal(object)
    filter_changed = Signal(object)
    note_changed = Signal(str)

    def __init__(self, collection: Collection, *, compact: bool) -> None:
        super().__init__()
        self._collection = collection
        self._facts: DatasetFacts | None = None
        self._filter = ImageFilter()
        self._compact = compact
        self._line = SearchLine("Filter: name, class, part")
        self._line.setAccessibleName("Filter images")
        self._line.setToolTip(
            "Words that must all occur in an image's path, class or part of the dataset"
        )
        self._classes = Chips("Show only “{}” (press several to show several)")
        self._class_list = QComboBox()
        self._class_list.setAccessibleName("Class")
        self._class_list.setToolTip("Show only one class")
        self._class_list.setMinimumContentsLength(8)
        self._class_list.activated.connect(self._class_listed)
        self._splits = Chips("Show only {} images")
        self.grid = ImageGrid(
            collection.thumbnails, COMPACT_TILE if compact else FULL_TILE, captions=not compact
        )
        self._unreadable = UnreadableList()
        self._nothing = _Nothing()
        self._reading = QLabel("Reading the folder…")
        self._reading.setProperty("role", "muted")
        self._reading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        for page in (self.grid, self._unreadable, self._nothing, self._reading):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._line)
        layout.addWidget(self._classes)
        layout.addWidget(self._class_list)
        layout.addWidget(self._splits)
        layout.addWidget(self._pages, 1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._take_words)
        self._line.textEdited.connect(self._typing.start)
        self._line.textChanged.connect(self._cleared)
        self._classes.toggled.connect(self._toggle_class)
        self._splits.toggled.connect(self._toggle_split)
        self._nothing.clear.clicked.connect(lambda: self.set_filter(ImageFilter()))
        self.grid.chosen.connect(self._picked)
        collection.index_changed.connect(self._show_index)
        collection.chosen_changed.connect(self.grid.set_current)
        self._show_index(collection.index)
        self.grid.set_current(collection.chosen)

    # ---- setters ----

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Show the counts, and leave the unreadable files out of the grid."""
        self._facts = facts
        self._unreadable.set_files(facts.unreadable if facts is not None else ())
        self._count()
        self._apply()

    def set_theme(self, theme: Theme) -> None:
        """Colour tiles and icons."""
        self.grid.set_theme(theme)
        self._unreadable.set_theme(theme)
        self._line.set_theme(theme)

    def set_filter(self, wanted: ImageFilter) -> None:
        """Show only what passes this filter."""
        if wanted == self._filter:
            return
        self._filter = wanted
        if self._line.text() != wanted.words:
            self._line.setText(wanted.words)
        self._classes.set_pressed(wanted.classes)
        self._show_listed()
        self._splits.set_pressed(wanted.splits)
        self._apply()
        self.filter_changed.emit(wanted)

    @property
    def image_filter(self) -> ImageFilter:
        """What is filtered for."""
        return self._filter

    # ---- showing ----

    def _show_index(self, index: ImageIndex | None) -> None:
        names = set(index.class_names) if index is not None else set()
        if not self._filter.classes <= names:
            self.set_filter(ImageFilter(self._filter.words, frozenset(), self._filter.splits))
        self._count()
        self._apply()

    def _count(self) -> None:
        index = self._collection.index
        classes: list[tuple[str, str, int]] = []
        splits: list[tuple[str, str, int]] = []
        if index is not None:
            bad = self._bad_keys()
            by_class = dict.fromkeys(range(len(index.class_names)), 0)
            by_split: dict[str, int] = dict.fromkeys(SPLITS, 0)
            for sample in index.samples:
                if sample.key not in bad:
                    by_class[sample.label] += 1
                    by_split[sample.split] += 1
            if self._compact:
                classes = [(name, name, by_class[i]) for i, name in enumerate(index.class_names)]
            if self._compact:
                splits = [(s, SPLIT_NAMES[s], by_split[s]) for s in SPLITS if by_split[s]]
        left_out = self._facts.unreadable if self._facts is not None else ()
        if left_out:
            splits.append((LEFT_OUT, "⚠ left out", len(left_out)))
        few = len(classes) <= CHIPS_AT_MOST
        self._classes.set_counts(classes if few else ())
        self._list_classes(() if few else classes)
        self._splits.set_counts(splits)
        self._classes.set_pressed(self._filter.classes)
        self._splits.set_pressed(self._filter.splits)
        self._classes.setVisible(bool(classes) and few)
        self._class_list.setVisible(not few)
        self._splits.setVisible(bool(splits))

    def _list_classes(self, counts: Sequence[tuple[str, str, int]]) -> None:
        """More classes than chips have room for stand in a list."""
        self._class_list.clear()
        if counts:
            self._class_list.addItem(f"All {len(counts)} classes", "")
        for name, words, count in counts:
            self._class_list.addItem(f"{words}  ·  {count}", name)
        self._show_listed()

    def _show_listed(self) -> None:
        chosen = next(iter(self._filter.classes)) if len(self._filter.classes) == 1 else ""
        self._class_list.setCurrentIndex(self._class_list.findData(chosen))

    def _bad_keys(self) -> frozenset[str]:
        if self._facts is None:
            return frozenset()
        return frozenset(file.key for file in self._facts.unreadable)

    def _apply(self) -> None:
        index = self._collection.index
        if index is None:
            self._pages.setCurrentWidget(self._reading)
            self.note_changed.emit("")
            return
        if LEFT_OUT in self._filter.splits:
            self._pages.setCurrentWidget(self._unreadable)
            self.note_changed.emit(f"{self._unreadable.count()} left out")
            return
        bad = self._bad_keys()
        shown = [s for s in self._filter.passing(index) if s.key not in bad]
        self.grid.set_samples(shown, index.class_names)
        self.grid.set_current(self._collection.chosen)
        self._pages.setCurrentWidget(self.grid if shown else self._nothing)
        every = len(index.samples) - len(bad)
        classes = len(index.class_names)
        note = (
            f"{every:,} · {classes} classes"
            if self._filter.is_open
            else (f"{len(shown):,} of {every:,}")
        )
        self.note_changed.emit(note)

    # ---- gestures ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape shows everything again; Down goes from the filter line into the grid."""
        if event.key() == Qt.Key.Key_Escape and not self._filter.is_open:
            self.set_filter(ImageFilter())
        elif event.key() == Qt.Key.Key_Down and self._line.hasFocus():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _take_words(self) -> None:
        now = self._filter
        self.set_filter(ImageFilter(self._line.text(), now.classes, now.splits))

    def _cleared(self, words: str) -> None:
        if not words and self._filter.words:
            self._typing.stop()
            self._take_words()

    def _toggle_class(self, name: str) -> None:
        self.set_filter(self._filter.toggled_class(name))

    def _class_listed(self, place: int) -> None:
        name = str(self._class_list.itemData(place))
        classes = frozenset({name}) if name else frozenset[str]()
        self.set_filter(ImageFilter(self._filter.words, classes, self._filter.splits))

    def _toggle_split(self, name: str) -> None:
        now = self._filter
        if (name == LEFT_OUT) != (LEFT_OUT in now.splits):
            now = ImageFilter(now.words, now.classes, frozenset())
        self.set_filter(now.toggled_split(name))

    def _picked(self, sample: object) -> None:
        self._collection.choose(sample)  # type: ignore[arg-type]
        self.image_selected.emit(sample)


class _Nothing(QWidget):
    """What stands where no image passes the filter."""

    def __init__(self) -> None:
        super().__init__()
        words = QLabel("No image matches the filter.")
        words.setProperty("role", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        self.clear = QPushButton("Show all images")
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)
