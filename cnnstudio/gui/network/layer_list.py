"""The network as a list: choose, move, copy and remove layers; shapes and sums beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.network.layer_painter import PARAMETERS, SHAPE, LayerPainter
from cnnstudio.gui.network.layer_rows import LayerRows
from cnnstudio.gui.network.template_cards import TemplateCards
from cnnstudio.gui.network.words import bytes_words, count_words
from cnnstudio.gui.panel import Panel
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.member import members
from cnnstudio.spec.shapes import walk

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

PATH = "model.layers"
INPUT = -1
EDGE = 10


class LayerView(QListView):
    """The list itself: keys move, copy and remove through `key_pressed`."""

    wished = Signal(str)
    """Carries `up`, `down`, `copy` or `remove`."""
    room_changed = Signal(int)
    """Carries the pixels that the scroll bar takes."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Layers of the network")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves, Ctrl+D copies, Delete removes."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if alt and key == Qt.Key.Key_Up:
            self.wished.emit("up")
        elif alt and key == Qt.Key.Key_Down:
            self.wished.emit("down")
        elif control and key == Qt.Key.Key_D:
            self.wished.emit("copy")
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.wished.emit("remove")
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let sentences break anew, and the titles follow the columns."""
        super().resizeEvent(event)
        self.room_changed.emit(self.width() - self.viewport().width())
        self.scheduleDelayedItemsLayout()


class LayerList(Panel):
    """Rows for the input and every layer, column titles above and sums below.

    `selected` carries the index of the chosen layer, -1 for the input; `can_changed` the names of
    the wishes that are possible now (`up`, `down`, `copy`, `remove`).
    """

    selected = Signal(int)
    can_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._wanted: int | None = None
        self._chosen = INPUT
        self.view = LayerView()
        self._rows = LayerRows(self)
        self._painter = LayerPainter(self.view)
        self.view.setModel(self._rows)
        self.view.setItemDelegate(self._painter)
        self.templates = TemplateCards()
        self.templates.edited.connect(self.edited)
        self._sums = QLabel()
        self._sums.setProperty("role", "muted")
        self._sums.setWordWrap(True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        titles, row = _titles()
        self.view.room_changed.connect(lambda taken: row.setContentsMargins(8, 0, EDGE + taken, 0))
        column.addWidget(titles)
        column.addWidget(self.view, 1)
        line = QFrame()
        line.setProperty("role", "line")
        column.addWidget(line)
        column.addWidget(self._sums)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(self.templates)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.wished.connect(self.wish)
        self._rows.dropped.connect(self._dropped)

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the layers; the chosen one stays chosen by its place."""
        before, self._experiment = self._experiment, experiment
        self.templates.set_experiment(experiment)
        if before is not None and _same(before, experiment):
            return
        wanted = self._wanted if self._wanted is not None else self._chosen
        self._wanted = None
        self._painter.first_shape = experiment.input_shape
        self._rows.set_experiment(experiment)
        self._pages.setCurrentIndex(0 if experiment.model.layers else 1)
        self._sum_up(experiment)
        self._choose(min(wanted, len(experiment.model.layers) - 1))
        self._tell()

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Let the templates know the classes."""
        self.templates.set_facts(facts)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem of a layer into its row."""
        self._rows.set_problems(problems)
        self.view.scheduleDelayedItemsLayout()

    def set_theme(self, theme: Theme) -> None:
        """Colour the rows."""
        self._painter.theme = theme
        self.templates.set_theme(theme)
        self.view.viewport().update()

    # ---- gestures ----

    @property
    def chosen(self) -> int:
        """Index of the chosen layer, -1 for the input."""
        return self._chosen

    @property
    def rows(self) -> LayerRows:
        """What the list shows."""
        return self._rows

    def choose(self, index: int) -> None:
        """Choose a layer, as by a click on it."""
        self._choose(index)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self, kind: str, place: int | None = None) -> None:
        """Add a layer of this kind at a place, or below the chosen one."""
        layers = self._layers()
        at = self._chosen + 1 if place is None else min(place, len(layers))
        layers.insert(at, members(Layer)[kind]())
        self._edit(layers, at)

    def wish(self, what: str) -> None:
        """Move `up` or `down`, `copy` or `remove` the chosen layer."""
        layers, at = self._layers(), self._chosen
        if not 0 <= at < len(layers):
            return
        if what == "copy":
            layers.insert(at + 1, layers[at])
            self._edit(layers, at + 1)
        elif what == "remove":
            del layers[at]
            self._edit(layers, min(at, len(layers) - 1))
        else:
            self.move_layer(at, at - 1 if what == "up" else at + 1)

    def move_layer(self, index: int, to: int) -> None:
        """Put a layer at another place."""
        layers = self._layers()
        if index != to and 0 <= to < len(layers):
            layers.insert(to, layers.pop(index))
            self._edit(layers, to)

    def _dropped(self, index: int | None, kind: str | None, to: int) -> None:
        if kind is not None:
            self.add(kind, to)
        elif index is not None:
            self.move_layer(index, to - 1 if to > index else to)

    def _layers(self) -> list[Layer]:
        return list(self._experiment.model.layers) if self._experiment is not None else []

    def _edit(self, layers: list[Layer], choose: int) -> None:
        self._wanted = choose
        self.edited.emit(PATH, tuple(layers))
        self._wanted = None

    # ---- showing ----

    def _choose(self, index: int) -> None:
        place = self._rows.index(max(0, index + 1))
        if place.isValid():
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(place, flag)
            self.view.scrollTo(place)

    def _current_changed(self) -> None:
        current = self.view.currentIndex()
        if not current.isValid():
            return
        self._chosen = current.row() - 1
        self.selected.emit(self._chosen)
        self._tell()

    def _tell(self) -> None:
        last = len(self._layers()) - 1
        possible = set()
        if self._chosen >= 0:
            possible |= {"copy", "remove"}
            possible |= {"up"} if self._chosen > 0 else set()
            possible |= {"down"} if self._chosen < last else set()
        self.can_changed.emit(frozenset(possible))

    def _sum_up(self, experiment: Experiment) -> None:
        facts = walk(experiment)
        trainable, fixed = facts.parameters
        kept = f" and {count_words(fixed)} that are only kept" if fixed else ""
        self._sums.setText(
            f"{count_words(trainable)} parameters to train{kept} · "
            f"{count_words(facts.multiply_adds)} multiply-adds and "
            f"{bytes_words(facts.memory)} of activations per image"
        )
        self._sums.setToolTip(
            "Multiply-adds of one image in the forward direction; activations in float32. "
            "Training takes about three times the work, and memory for every image of a batch."
        )


def _titles() -> tuple[QWidget, QHBoxLayout]:
    """The words above the columns, and the layout whose margin keeps them there."""
    bar = QWidget()
    row = QHBoxLayout(bar)
    row.setContentsMargins(8, 0, EDGE, 0)
    row.setSpacing(0)
    for words, width in (("Layer", 0), ("Output", SHAPE), ("Parameters", PARAMETERS)):
        label = QLabel(words)
        label.setProperty("role", "caption")
        if width:
            label.setFixedWidth(width)
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(label, 0 if width else 1)
    return bar, row


def _same(before: Experiment, after: Experiment) -> bool:
    return before.model == after.model and before.input_shape == after.input_shape
