"""The runs of a project, one in a line; marked ones are drawn over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.scale import fine_share_words
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.catalog import STATE_WORDS, RunSummary

COLUMNS = ("Run", "Started", "State", "Epochs", "Validation", "Training")
PLACE = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RunTable(Panel):
    """Newest first. Ctrl and Shift mark several runs; a double click or Enter opens one."""

    run_opened = Signal(object)
    """The path of the run that a person wants to see."""
    selection_changed = Signal(object)
    """A tuple of the marked runs' paths, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[RunSummary, ...] = ()
        self._colors: Mapping[Path, str] = {}
        self._theme = LIGHT
        self.table = _Table(0, len(COLUMNS))
        self.table.opened.connect(self._open)
        self.table.cellDoubleClicked.connect(lambda row, _column: self._open(row))
        self.table.itemSelectionChanged.connect(lambda: self.selection_changed.emit(self.selected))
        empty = QWidget()
        words = QLabel("Your first run appears here.")
        words.setProperty("role", "muted")
        column = QVBoxLayout(empty)
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.table)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs, newest first; marked ones stay marked."""
        if tuple(runs) == self._runs:
            return
        kept = set(self.selected)
        self._runs = tuple(runs)
        self._stack.setCurrentIndex(1 if runs else 0)
        self.table.blockSignals(True)
        self.table.setRowCount(len(runs))
        for row, run in enumerate(runs):
            self._fill(row, run)
        self.table.clearSelection()
        self.table.blockSignals(False)
        self.select([run.path for run in runs if run.path in kept])

    def select(self, paths: Sequence[Path]) -> None:
        """Mark these runs."""
        wanted = set(paths)
        self.table.blockSignals(True)
        self.table.clearSelection()
        model = self.table.selectionModel()
        flags = model.SelectionFlag
        for row, run in enumerate(self._runs):
            if run.path in wanted:
                index = self.table.model().index(row, 0)
                model.select(index, flags.Select | flags.Rows)
        self.table.blockSignals(False)
        self.selection_changed.emit(self.selected)

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """The shown runs."""
        return self._runs

    @property
    def selected(self) -> tuple[Path, ...]:
        """The marked runs, newest first."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return tuple(self._runs[row].path for row in rows if row < len(self._runs))

    def set_colors(self, colors: Mapping[Path, str]) -> None:
        """Which colour (`#RRGGBB`) each drawn run has, as a dot before its name."""
        self._colors = dict(colors)
        for row, run in enumerate(self._runs):
            item = self.table.item(row, 0)
            if item is not None:
                item.setIcon(_dot(self._colors.get(run.path, "")))

    def set_theme(self, theme: Theme) -> None:
        """Colour the words of failed runs."""
        self._theme = theme
        for row, run in enumerate(self._runs):
            self._fill(row, run)

    def _fill(self, row: int, run: RunSummary) -> None:
        words = (
            run.name,
            _when(run.started),
            STATE_WORDS[run.state],
            str(run.epochs),
            _share(run.validation_accuracy),
            _share(run.training_accuracy),
        )
        for column, text in enumerate(words):
            item = QTableWidgetItem(text)
            item.setToolTip(run.problem or text)
            if column >= 3:
                item.setTextAlignment(RIGHT)
            if column == 2 and run.state in ("errored", "lost"):
                item.setForeground(self._theme.color("error"))
            elif column == 2 and run.state == "paused":
                item.setForeground(self._theme.color("warn"))
            if column == 0:
                item.setData(PLACE, str(run.path))
                item.setIcon(_dot(self._colors.get(run.path, "")))
            self.table.setItem(row, column, item)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._runs):
            self.run_opened.emit(self._runs[row].path)


class _Table(QTableWidget):
    """Enter opens the current row."""

    opened = Signal(int)

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.setHorizontalHeaderLabels(list(COLUMNS))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(30)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName("Runs")
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(60)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(columns):
            item = self.horizontalHeaderItem(column)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            if item is not None:
                item.setTextAlignment(RIGHT if column >= 3 else left)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.opened.emit(self.currentRow())
            return
        super().keyPressEvent(event)


def _when(started: datetime | None) -> str:
    if started is None:
        return "–"
    here = started.astimezone()
    now = datetime.now(here.tzinfo)
    if here.date() == now.date():
        return f"today {here:%H:%M}"
    return f"{here.day} {here:%b %H:%M}" if here.year == now.year else f"{here:%Y-%m-%d}"


def _share(share: float | None) -> str:
    return "–" if share is None else fine_share_words(share)


def _dot(color: str) -> QIcon:
    """A dot of that colour, or as much empty room, so that names stay in line."""
    drawn = QPixmap(24, 24)
    drawn.fill(Qt.GlobalColor.transparent)
    if color:
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawEllipse(4, 4, 16, 16)
        painter.end()
    drawn.setDevicePixelRatio(2.0)
    made = QIcon(drawn)
    # The colour is a key to the curves: a marked row must not tint it.
    made.addPixmap(drawn, QIcon.Mode.Selected)
    return made
