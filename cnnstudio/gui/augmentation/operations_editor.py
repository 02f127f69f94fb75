"""The list of operations: switches, sliders, order, presets, and what the doctor says of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.augmentation.add_menu import AddMenu
from cnnstudio.gui.augmentation.operation_group import OperationGroup
from cnnstudio.gui.augmentation.operation_row import OperationRow
from cnnstudio.gui.augmentation.operation_words import GROUPS
from cnnstudio.gui.augmentation.preset_menu import PresetMenu
from cnnstudio.gui.augmentation.range_line import in_tab_order
from cnnstudio.gui.dataset.notices import Notices
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.icons import icon
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.presets import preset_of, with_fill_of

if TYPE_CHECKING:
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Augmentation, Experiment
    from cnnstudio.spec.operations.operation import Operation

PATH = "augmentation.operations"
MIME = f"application/x-cnnstudio-operation-{os.getpid()}"
"""A row is known by its place in this program's list: no other program's rows are taken."""
LONG = 6
"""More operations than this are folded when they come all at once."""


class OperationsEditor(Panel):
    """Every operation of the experiment as a row, in the groups that they act in.

    `rows` has them in the experiment's order. Order counts within a group only, so rows move
    within their group, and the others keep their places in the experiment. `preset_changed`
    carries the name of the preset that the operations match, or `Custom`; `changes_made` changes
    in several places of the experiment that are one step, and the words for it.
    """

    preset_changed = Signal(str)
    changes_made = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._augmentation: Augmentation | None = None
        self._theme: Theme = LIGHT
        self._guard = WheelGuard(self)
        self._wanted: QWidget | None = None
        self.rows: list[OperationRow] = []
        self.presets = PresetMenu()
        self.presets.chosen.connect(self._use)
        self.presets.requested.connect(self.action_requested)
        self._none = QLabel("No operations yet. Add one, or begin with a preset.")
        self._none.setProperty("role", "muted")
        self._none.setWordWrap(True)
        self.add = QPushButton("  Add operation")
        self.add.setToolTip("Add another random change of the training images")
        self.add_menu = AddMenu(self.add)
        self.add_menu.chosen.connect(lambda kind: self._append(kind()))
        self.add.setMenu(self.add_menu)
        self.groups = tuple(
            OperationGroup(group, self.add_menu.groups[group.stage]) for group in GROUPS
        )
        self._fill = SpecForm(only=("fill_mode",), label_width=92)
        self._level = SpecForm(only=("fill_value",), label_width=92)
        for form in (self._fill, self._level):
            form.edited.connect(self.edited)
        self._notices = Notices()
        self._notices.edited.connect(self.edited)
        line = QFrame()
        line.setProperty("role", "line")
        self._body = body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(4)
        column.addWidget(self._none)
        for group in self.groups:
            column.addWidget(group)
        column.addWidget(self.add)
        column.addSpacing(2)
        column.addWidget(line)
        column.addWidget(self._fill)
        column.addWidget(self._level)
        column.addSpacing(4)
        column.addWidget(self._notices)
        column.addStretch(1)
        self._scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.setMinimumWidth(300)
        self.setAcceptDrops(True)
        # Shortcuts, because sliders and number fields take arrow keys for themselves, Alt or not.
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            move = QShortcut(QKeySequence(keys), self)
            move.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            move.activated.connect(partial(self._step_focused, step))

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the operations and the fill of this experiment."""
        for _ in self.showing(experiment):
            pass

    def showing(self, experiment: Experiment) -> Iterator[None]:
        """The same, a new row at a time."""
        self._notices.set_experiment(experiment)
        self._experiment = experiment
        augmentation = experiment.augmentation
        if self._augmentation == augmentation:
            return
        kinds = [type(operation) for operation in augmentation.operations]
        if kinds != [type(row.operation) for row in self.rows]:
            yield from self._build(augmentation.operations)
        self._augmentation = augmentation
        for row, operation in zip(self.rows, augmentation.operations, strict=True):
            row.show_operation(operation)
        self._none.setVisible(not self.rows)
        yield
        self._fill.show_value(augmentation, "augmentation")
        self._level.show_value(augmentation, "augmentation")
        self._level.setVisible(augmentation.fill_mode == "constant")
        name = preset_of(augmentation)
        self.presets.show_name(name)
        self.preset_changed.emit(name)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what the doctor says about the augmentation, each with its remedy."""
        self._notices.set_findings(findings)

    def set_theme(self, theme: Theme) -> None:
        """Colour the rows and the menus."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)
        for group in self.groups:
            group.set_theme(theme)
        self.presets.set_theme(theme)
        self.add_menu.set_theme(theme)
        self.add.setIcon(icon("plus", theme))
        self._fill.set_theme(theme)
        self._level.set_theme(theme)
        self._notices.set_theme(theme)

    # ---- dialogs ----

    def import_arguments(self) -> None:
        """Ask for the arguments of an ImageDataGenerator, and take them as one step."""
        from cnnstudio.gui.augmentation.import_dialog import ImportDialog

        if self._experiment is not None:
            dialog = ImportDialog(self._experiment, self._theme, self.window())
            dialog.taken.connect(
                lambda changes: self.changes_made.emit(changes, "Import arguments")
            )
            dialog.open()

    def show_code(self) -> None:
        """Show the augmentation as Python."""
        from cnnstudio.gui.augmentation.code_dialog import CodeDialog

        if self._experiment is not None:
            CodeDialog(self._experiment, self._theme, self.window()).open()

    # ---- rows ----

    def _build(self, operations: tuple[Operation, ...]) -> Iterator[None]:
        """Show other operations, in the rows that are there as far as they fit."""
        left = list(self.rows)
        rows: list[OperationRow | None] = [None] * len(operations)
        for exactly in (True, False):
            for place, operation in enumerate(operations):
                if rows[place] is None and (row := _fitting(left, operation, exactly)):
                    rows[place] = row
                    left.remove(row)
        fold = len(operations) > LONG and rows.count(None) > 1
        made: list[OperationRow] = []
        for row, operation in zip(rows, operations, strict=True):
            if row is None:
                row = self._make(operation, fold)
                yield
            made.append(row)
        for row in left:
            row.hide()
            row.deleteLater()
        if fold:
            self._fold_all(True)
        self.rows = made
        for group in self.groups:
            group.set_rows([row for row in self.rows if row.operation.stage == group.group.stage])
        stops = [stop for group in self.groups for stop in group.stops()]
        in_tab_order((*stops, self.add))

    def _make(self, operation: Operation, folded: bool) -> OperationRow:
        row = OperationRow(operation, self._guard, folded)
        row.set_theme(self._theme)
        row.edited.connect(
            lambda name, value: self.edited.emit(f"{PATH}.{self.rows.index(row)}.{name}", value)
        )
        row.moved.connect(lambda step: self._step(row, step))
        row.removed.connect(lambda: self._remove(self.rows.index(row)))
        row.reset.connect(lambda: self.edited.emit(f"{PATH}.{self.rows.index(row)}", row.defaults))
        row.dragged.connect(lambda spot: self._drag(row, spot))
        row.fold_all_requested.connect(self._fold_all)
        return row

    def _fold_all(self, folded: bool) -> None:
        for row in self.rows:
            row.set_folded(folded)

    def _group_of(self, row: OperationRow) -> OperationGroup:
        return next(group for group in self.groups if row in group.rows)

    def _reveal(self, row: OperationRow) -> None:
        """Scroll to a row and give it the keys, once the layout has its place."""
        focused = self.focusWidget()
        if focused is None or not row.isAncestorOf(focused):
            row.switch.setFocus(Qt.FocusReason.OtherFocusReason)
        self._wanted = row
        QTimer.singleShot(0, self._show_wanted)

    def _show_wanted(self) -> None:
        if self._wanted is not None and self._wanted in self.rows:
            self._scroll.ensureWidgetVisible(self._wanted, 0, 8)
        self._wanted = None

    # ---- gestures ----

    def _operations(self) -> list[Operation]:
        return list(self._augmentation.operations) if self._augmentation is not None else []

    def _append(self, operation: Operation) -> None:
        self.edited.emit(PATH, (*self._operations(), operation))
        if self.rows:
            self._reveal(self.rows[-1])

    def _remove(self, index: int) -> None:
        operations = self._operations()
        del operations[index]
        self.edited.emit(PATH, tuple(operations))
        if self.rows:
            self._reveal(self.rows[min(index, len(self.rows) - 1)])

    def _step(self, row: OperationRow, step: int) -> None:
        self._move(row, self._group_of(row).rows.index(row) + step)

    def _step_focused(self, step: int) -> None:
        """Move the operation that has the keys, in whichever of its controls."""
        focused = self.focusWidget()
        for row in self.rows:
            if focused is not None and row.isAncestorOf(focused):
                self._step(row, step)
                return

    def _move(self, row: OperationRow, to: int) -> None:
        """Put a row at another place of its group; the group keeps its places in the list."""
        group = self._group_of(row).rows
        if group.index(row) == to or not 0 <= to < len(group):
            return
        places = [self.rows.index(member) for member in group]
        moved = [member for member in group if member is not row]
        moved.insert(to, row)
        operations = self._operations()
        for place, member in zip(places, moved, strict=True):
            operations[place] = member.operation
        self.edited.emit(PATH, tuple(operations))
        if places[to] < len(self.rows):
            self._reveal(self.rows[places[to]])

    def _use(self, augmentation: Augmentation) -> None:
        if self._augmentation is not None:
            self.edited.emit("augmentation", with_fill_of(self._augmentation, augmentation))
            self._fold_all(len(self.rows) > LONG)

    # ---- dragging ----

    def _drag(self, row: OperationRow, spot: QPoint) -> None:
        data = QMimeData()
        data.setData(MIME, str(self.rows.index(row)).encode())
        drag = QDrag(row)
        drag.setMimeData(data)
        drag.setPixmap(row.grab())
        drag.setHotSpot(spot)
        drag.exec(Qt.DropAction.MoveAction)
        self._end_drag()

    def _end_drag(self) -> None:
        for group in self.groups:
            group.mark(None)
            group.refuse("")

    def _dragged(self, event: QDropEvent) -> OperationRow | None:
        """The row that is being dragged, if it is one of this list."""
        if not event.mimeData().hasFormat(MIME):
            return None
        index = int(bytes(event.mimeData().data(MIME).data()))
        return self.rows[index] if index < len(self.rows) else None

    def _at(self, y: int) -> OperationGroup | None:
        return next((group for group in self.groups if group.holds(y)), None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take rows of this list."""
        if self._dragged(event) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the place in the row's own group; elsewhere, say why not."""
        row = self._dragged(event)
        if row is None:
            return
        self._end_drag()
        place = event.position().toPoint()
        y = self.mapToGlobal(place).y()
        inside = self._body.mapFromGlobal(self.mapToGlobal(place))
        self._scroll.ensureVisible(0, inside.y(), 0, 32)
        home, over = self._group_of(row), self._at(y)
        if over is home:
            home.mark(home.place_at(y))
            event.acceptProposedAction()
            return
        if over is not None:
            over.refuse(f"{row.operation.title()} stays in “{home.group.title}”")
        event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the marks."""
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the row to where it was let go."""
        row = self._dragged(event)
        self._end_drag()
        if row is None:
            return
        y = self.mapToGlobal(event.position().toPoint()).y()
        home = self._group_of(row)
        if self._at(y) is not home:
            event.ignore()
            return
        event.acceptProposedAction()
        to, at = home.place_at(y), home.rows.index(row)
        self._move(row, to - 1 if to > at else to)


def _fitting(
    rows: Sequence[OperationRow], operation: Operation, exactly: bool
) -> OperationRow | None:
    """A row that shows this operation, or at least one of its kind."""
    for row in rows:
        if row.operation == operation or (not exactly and type(row.operation) is type(operation)):
            return row
    return None
