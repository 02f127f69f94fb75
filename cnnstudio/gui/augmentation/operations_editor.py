"""The list of operations: switches, sliders, order, presets, and what the doctor says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.operation_row import MIME, OperationRow
from cnnstudio.spec.presets import preset_of, presets, with_fill_of
from cnnstudio.gui.dataset.notices import Notices
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.icons import icon
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.operation import Operation

if TYPE_CHECKING:
    from cnnstudio.runs.findings import Finding
    from cnnstudio.spec.experiment import Augmentation, Experiment

PATH = "augmentation.operations"
STAGES = {"geometry": "Move pixels", "color": "Change light"}


class OperationsEditor(Panel):
    """Every operation of the experiment as a row, in its order.

    `preset_changed` carries the name of the preset that the operations match, or `Custom`.
    """

    preset_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._augmentation: Augmentation | None = None
        self._theme: Theme = LIGHT
        self._guard = WheelGuard(self)
        self.rows: list[OperationRow] = []
        self.presets = QToolButton()
        self.presets.setToolTip("Replace all operations by a ready-made set")
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.presets.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.presets.setText("Presets")
        self._preset_menu = QMenu(self.presets)
        self._preset_menu.setToolTipsVisible(True)
        for preset in presets():
            action = self._preset_menu.addAction(preset.name)
            action.setCheckable(True)
            action.setToolTip(preset.help)
            action.triggered.connect(
                lambda _checked=False, preset=preset: self._use(preset.augmentation)
            )
        self.presets.setMenu(self._preset_menu)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._none = QLabel("No operations yet. Add one, or begin with a preset.")
        self._none.setProperty("role", "muted")
        self._none.setWordWrap(True)
        self.add = QPushButton("  Add operation")
        self.add.setToolTip("Add another random change of the training images")
        self._add_menu = self._menu_of_kinds()
        self.add.setMenu(self._add_menu)
        self._fill = SpecForm(only=("fill_mode",), label_width=92)
        self._level = SpecForm(only=("fill_value",), label_width=92)
        for form in (self._fill, self._level):
            form.edited.connect(self.edited)
        self._notices = Notices()
        self._notices.edited.connect(self.edited)
        line = QFrame()
        line.setProperty("role", "line")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(6)
        column.addWidget(self._none)
        column.addLayout(self._column)
        column.addWidget(self.add)
        column.addSpacing(2)
        column.addWidget(line)
        column.addWidget(self._fill)
        column.addWidget(self._level)
        column.addSpacing(4)
        column.addWidget(self._notices)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.setMinimumWidth(300)
        self.setAcceptDrops(True)

    # ---- setters ----

    def set_experiment(self, experiment: Experiment) -> None:
        """Show the operations and the fill of this experiment."""
        self._notices.set_experiment(experiment)
        augmentation = experiment.augmentation
        before, self._augmentation = self._augmentation, augmentation
        if before == augmentation:
            return
        kinds = [type(operation) for operation in augmentation.operations]
        if kinds != [type(row.operation) for row in self.rows]:
            self._build(augmentation.operations)
        for row, operation in zip(self.rows, augmentation.operations, strict=True):
            row.show_operation(operation)
        self._none.setVisible(not self.rows)
        self._fill.show_value(augmentation, "augmentation")
        self._level.show_value(augmentation, "augmentation")
        self._level.setVisible(augmentation.fill_mode == "constant")
        name = preset_of(augmentation)
        self.presets.setText(name)
        for action in self._preset_menu.actions():
            action.setChecked(action.text() == name)
        self.preset_changed.emit(name)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show what the doctor says about the augmentation, each with its remedy."""
        self._notices.set_findings(findings)

    def set_theme(self, theme: Theme) -> None:
        """Colour the rows and the menus."""
        self._theme = theme
        for row in self.rows:
            row.set_theme(theme)
        self.presets.setIcon(icon("chevron-down", theme, 14))
        self.add.setIcon(icon("plus", theme))
        kinds = members(Operation)
        for action in self._add_menu.actions():
            if isinstance(kind := action.data(), str):
                action.setIcon(icon(kinds[kind].icon, theme))
        self._fill.set_theme(theme)
        self._level.set_theme(theme)
        self._notices.set_theme(theme)

    # ---- rows ----

    def _build(self, operations: tuple[Operation, ...]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for index, operation in enumerate(operations):
            row = OperationRow(operation, self._guard)
            row.place(index, len(operations))
            row.set_theme(self._theme)
            row.edited.connect(
                lambda name, value, at=index: self.edited.emit(f"{PATH}.{at}.{name}", value)
            )
            row.moved.connect(lambda step, at=index: self._move(at, at + step))
            row.removed.connect(lambda at=index: self._remove(at))
            self._column.addWidget(row)
            self.rows.append(row)

    def _menu_of_kinds(self) -> QMenu:
        menu = QMenu(self.add)
        menu.setToolTipsVisible(True)
        for stage, words in STAGES.items():
            menu.addSection(words)
            for name, kind in members(Operation).items():
                if getattr(kind, "stage", "") == stage:
                    action = menu.addAction(kind.title())
                    action.setData(name)
                    action.setToolTip(kind.summary())
                    action.triggered.connect(lambda _checked=False, kind=kind: self._append(kind()))
        return menu

    # ---- gestures ----

    def _operations(self) -> list[Operation]:
        return list(self._augmentation.operations) if self._augmentation is not None else []

    def _append(self, operation: Operation) -> None:
        self.edited.emit(PATH, (*self._operations(), operation))

    def _remove(self, index: int) -> None:
        operations = self._operations()
        del operations[index]
        self.edited.emit(PATH, tuple(operations))

    def _move(self, index: int, to: int) -> None:
        operations = self._operations()
        if index == to or not 0 <= to < len(operations):
            return
        operations.insert(to, operations.pop(index))
        self.edited.emit(PATH, tuple(operations))
        if to < len(self.rows):
            self.rows[to].switch.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use(self, augmentation: Augmentation) -> None:
        if self._augmentation is not None:
            self.edited.emit("augmentation", with_fill_of(self._augmentation, augmentation))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take rows of this list."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take them anywhere in the list."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the row to where it was let go."""
        index = int(bytes(event.mimeData().data(MIME).data()))
        y = self.mapToGlobal(event.position().toPoint()).y()
        middles = [row.mapToGlobal(row.rect().center()).y() for row in self.rows]
        to = sum(middle < y for middle in middles)
        event.acceptProposedAction()
        self._move(index, to - 1 if to > index else to)
