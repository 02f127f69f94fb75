"""The dataset browser: filters, the grid of thumbnails, and what can be done with chosen images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.arranging import Arrangement, Arranger
from cnnstudio.gui.dataset.chips import Chips
from cnnstudio.gui.dataset.class_chips import ClassChips
from cnnstudio.gui.dataset.collection import SPLIT_NAMES, Collection
from cnnstudio.gui.dataset.edit_menus import Chosen, context_menu
from cnnstudio.gui.dataset.filter_row import FilterRow
from cnnstudio.gui.dataset.image_filter import EXCLUDED, RELABELLED, ImageFilter, Listed
from cnnstudio.gui.dataset.image_grid import ImageGrid
from cnnstudio.gui.dataset.image_order import Order, needs_measures
from cnnstudio.gui.dataset.search_line import SearchLine
from cnnstudio.gui.dataset.selection_bar import SelectionBar
from cnnstudio.gui.dataset.unreadable_list import UnreadableList
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT
from cnnstudio.spec.edits import NO_EDITS, Edits
from cnnstudio.spec.facts import SPLITS
from cnnstudio.spec.problems import without_images

if TYPE_CHECKING:
    from cnnstudio.data.index import ImageIndex
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

COMPACT_TILE, FULL_TILE = 76, 116
TYPING_PAUSE_MS = 120
LEFT_OUT = "left_out"
LISTED = "listed"
TAG = "tag:"

READING = "Reading the folder…"


class DatasetBrowser(Panel):
    """Every image of the collection as a thumbnail, filtered by words, classes and parts.

    The compact form stands at the left of other stages. The full one leaves the filters by class
    and part to the class bars, shows excluded images too, and edits what is said about images:
    `edited` carries `dataset.edits`. `image_selected` carries the Sample that a person picked,
    `filter_changed` the `ImageFilter` after any change of it, `looked_at` the Sample that a person
    wants to see at full size.
    """

    image_selected = Signal(object)
    filter_changed = Signal(object)
    note_changed = Signal(str)
    looked_at = Signal(object)

    def __init__(self, collection: Collection, *, compact: bool) -> None:
        super().__init__()
        self._collection = collection
        self._facts: DatasetFacts | None = None
        self._edits: Edits = NO_EDITS
        self._filter = ImageFilter()
        self._order: Order = "class"
        self._theme: Theme = LIGHT
        self._compact = compact
        self._line = SearchLine("Filter: name, class, part")
        self._line.setAccessibleName("Filter images")
        self._line.setToolTip(
            "Words that must all occur in an image's path, class or part of the dataset"
        )
        self._row = FilterRow(self._line)
        self._classes = ClassChips()
        self._marks = Chips("Show only {} images")
        self.grid = ImageGrid(
            collection.thumbnails,
            COMPACT_TILE if compact else FULL_TILE,
            captions=not compact,
            several=not compact,
        )
        self._unreadable = UnreadableList()
        self._nothing = _Nothing()
        self._reading = QLabel(READING)
        self._reading.setProperty("role", "muted")
        self._reading.setWordWrap(True)
        self._reading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        for page in (self.grid, self._unreadable, self._nothing, self._reading):
            self._pages.addWidget(page)
        self._bar = SelectionBar()
        self._arranger = Arranger(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self._row, self._classes, self._marks):
            layout.addWidget(widget)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._bar)
        self._bar.setVisible(not compact)
        self._row.sizes.setVisible(not compact)
        self._row.orders.setVisible(not compact)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._connect()
        self._show_index(collection.index)
        self.grid.set_current(collection.chosen)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._take_words)
        self._line.textEdited.connect(self._typing.start)
        self._line.textChanged.connect(self._cleared)
        self._row.size_chosen.connect(
            lambda size: self.set_filter(replace(self._filter, size=size))
        )
        self._row.order_chosen.connect(self.set_order)
        self._classes.filtered.connect(
            lambda names: self.set_filter(replace(self._filter, classes=names))
        )
        self._marks.toggled.connect(self._toggle_mark)
        self._nothing.clear.clicked.connect(lambda: self.set_filter(ImageFilter()))
        self.grid.chosen.connect(self._picked)
        self.grid.opened.connect(self.looked_at)
        self.grid.selection_changed.connect(self._tell_chosen)
        self.grid.menu_wanted.connect(self._open_menu)
        self._bar.wanted.connect(self._put)
        self._arranger.arranged.connect(self._show)
        collection = self._collection
        collection.index_changed.connect(self._show_index)
        collection.chosen_changed.connect(self.grid.set_current)
        collection.measures.complete.connect(self._measured)
        collection.measures.grew.connect(self._tell_measuring)

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Show what this experiment says about single images."""
        self._row.set_input(min(experiment.dataset.image_size))
        self._row.show_size(self._filter.size)
        if experiment.dataset.edits is not self._edits:
            self._edits = experiment.dataset.edits
            self._count()
            self._apply()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Show the counts, and leave the unreadable files out of the grid."""
        self._facts = facts
        self._unreadable.set_files(facts.unreadable if facts is not None else ())
        self._count()
        self._apply()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Say why there are no images, where it is known."""
        self._reading.setText(without_images(problems) or READING)

    def set_theme(self, theme: Theme) -> None:
        """Colour tiles and icons."""
        self._theme = theme
        self.grid.set_theme(theme)
        self._unreadable.set_theme(theme)
        self._row.set_theme(theme)
        self._bar.set_theme(theme)

    def set_filter(self, wanted: ImageFilter) -> None:
        """Show only what passes this filter."""
        if wanted == self._filter:
            return
        relisted = wanted.listed != self._filter.listed
        self._filter = wanted
        if self._line.text() != wanted.words:
            self._line.setText(wanted.words)
        self._row.show_size(wanted.size)
        self._classes.set_pressed(wanted.classes)
        if relisted:
            self._count()
        self._press()
        self._apply()
        self.filter_changed.emit(wanted)

    def set_problem_keys(self, title: str, keys: frozenset[str]) -> None:
        """Show only the images of one finding; with none, the images of all findings again."""
        self.set_filter(replace(self._filter, listed=Listed(title, keys) if keys else None))
        shown, chosen = self.grid.samples(), self._collection.chosen
        if keys and shown and (chosen is None or chosen.key not in keys):
            self._collection.choose(shown[0])

    def set_order(self, order: Order) -> None:
        """Show the images in this order."""
        self._order = order
        self._row.show_order(order)
        self._apply()

    @property
    def image_filter(self) -> ImageFilter:
        """What is filtered for."""
        return self._filter

    # ---- showing ----

    def _show_index(self, index: ImageIndex | None) -> None:
        names = set(index.class_names) if index is not None else set()
        if not self._filter.classes <= names:
            self.set_filter(replace(self._filter, classes=frozenset()))
        self._count()
        self._apply()

    def _count(self) -> None:
        """Renew the words and numbers of the chips."""
        index, marks = self._collection.index, list[tuple[str, str, int]]()
        if index is not None and self._compact:
            bad = self._bad_keys()
            sound = [sample for sample in index.samples if sample.key not in bad]
            classes = Counter(sample.label for sample in sound)
            splits = Counter(sample.split for sample in sound)
            self._classes.set_counts([(n, classes[i]) for i, n in enumerate(index.class_names)])
            marks += [(s, SPLIT_NAMES[s], splits[s]) for s in SPLITS if splits[s]]
        elif self._compact or index is None:
            self._classes.set_counts([])
        if index is not None and not self._compact:
            marks += self._edit_marks()
        left_out = self._facts.unreadable if self._facts is not None else ()
        if left_out:
            marks.append((LEFT_OUT, "⚠ left out", len(left_out)))
        self._classes.set_pressed(self._filter.classes)
        self._marks.set_counts(marks)
        self._marks.setVisible(bool(marks))
        self._press()

    def _edit_marks(self) -> list[tuple[str, str, int]]:
        """The finding in sight, states that any image is in, and tags."""
        listed = self._filter.listed
        marks = [(LISTED, f"× {listed.title}", len(listed.keys))] if listed is not None else []
        edits = [edit for _, edit in self._edits.items()]
        for name, count in (
            (EXCLUDED, sum(edit.excluded for edit in edits)),
            (RELABELLED, sum(edit.label is not None for edit in edits)),
        ):
            if count:
                marks.append((name, name, count))
        tags = Counter(tag for edit in edits for tag in edit.tags)
        return marks + [(TAG + tag, f"# {tag}", tags[tag]) for tag in sorted(tags)]

    def _press(self) -> None:
        now = self._filter
        pressed = {*now.splits, *now.states, *(TAG + tag for tag in now.tags)}
        self._marks.set_pressed(pressed | ({LISTED} if now.listed is not None else set()))

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
        measures = self._collection.measures
        if self._filter.size is not None or needs_measures(self._order):
            measures.want()
        self._arranger.arrange(
            Arrangement(
                self._collection.everything,
                (*index.class_names, *index.absent),
                self._filter,
                self._order,
                self._edits,
                self._bad_keys(),
                not self._compact,
                measures.known,
            )
        )

    def _show(self, wish: Arrangement, shown: tuple[object, ...]) -> None:
        self.grid.set_samples(shown, wish.class_names, wish.edits)  # type: ignore[arg-type]
        self.grid.set_current(self._collection.chosen)
        self._pages.setCurrentWidget(self.grid if shown else self._nothing)
        self._tell_chosen()
        index = self._collection.index
        if index is not None and wish.wanted.is_open:
            every, classes = len(index.samples) - len(wish.left_out), len(index.class_names)
            self.note_changed.emit(f"{every:,} · {classes} classes")
        else:
            self.note_changed.emit(f"{len(shown):,} of {len(wish.samples) - len(wish.left_out):,}")

    def _measured(self) -> None:
        if self._filter.size is not None or needs_measures(self._order):
            self._apply()

    def _tell_measuring(self, known: int, wanted: int) -> None:
        if self._filter.size is not None or needs_measures(self._order):
            self.note_changed.emit(f"Reading sizes: {100 * known // max(1, wanted)} %")

    # ---- gestures ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape shows everything again; Down goes into the grid; Del, C, P and T edit."""
        if event.key() == Qt.Key.Key_Escape and not self._filter.is_open:
            self.set_filter(ImageFilter())
        elif event.key() == Qt.Key.Key_Down and self._line.hasFocus():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._compact or not self.grid.hasFocus():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._bar.exclude()
        elif event.modifiers() or not self._bar.open_menu(event.text().upper()):
            super().keyPressEvent(event)

    def _take_words(self) -> None:
        self.set_filter(replace(self._filter, words=self._line.text()))

    def _cleared(self, words: str) -> None:
        if not words and self._filter.words:
            self._typing.stop()
            self._take_words()

    def _toggle_mark(self, name: str) -> None:
        now = self._filter
        if name == LISTED:
            self.set_filter(replace(now, listed=None))
        elif name in (EXCLUDED, RELABELLED):
            self.set_filter(replace(now, states=now.states ^ {name}))
        elif name.startswith(TAG):
            self.set_filter(replace(now, tags=now.tags ^ {name.removeprefix(TAG)}))
        else:
            if (name == LEFT_OUT) != (LEFT_OUT in now.splits):
                now = replace(now, splits=frozenset())
            self.set_filter(now.toggled_split(name))

    def _picked(self, sample: object) -> None:
        self._collection.choose(sample)  # type: ignore[arg-type]
        self.image_selected.emit(sample)

    def _chosen(self) -> Chosen | None:
        index = self._collection.index
        if index is None or self._compact:
            return None
        names = (*index.class_names, *index.absent)
        return Chosen(self.grid.selected(), self._edits, names)

    def _tell_chosen(self) -> None:
        self._bar.set_chosen(self._chosen(), len(self.grid.samples()))

    def _open_menu(self, at: QPoint) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.samples:
            look = chosen.samples[0]
            menu = context_menu(
                self, chosen, self._put, lambda: self.looked_at.emit(look), self._theme
            )
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def _put(self, edits: Edits) -> None:
        if edits != self._edits:
            self.edited.emit("dataset.edits", edits)


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
