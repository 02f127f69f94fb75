"""What came of an export: how large it is, and whether it answers as the trained model does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.export.targets import snippet
from cnnstudio.gui.fonts import LIVE, font
from cnnstudio.gui.icons import icon
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.scale import number_words
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.training.numbers import duration
from cnnstudio.runs.events import ExportFinished, RunFinished
from cnnstudio.spec.experiment import Experiment

EMPTY = "What the check finds appears here: size, and the largest difference from training."
ROOM = 820
"""Pixels that four numbers need beside each other."""
CLOSE = 1e-3
"""Probabilities this near to each other are the same to everybody who reads them."""


class ExportResults(Panel):
    """Big numbers of the last export, its place, and a piece of code that uses it."""

    def __init__(self) -> None:
        super().__init__()
        self._exported: ExportFinished | None = None
        self._experiment: Experiment | None = None
        self._theme = LIGHT
        self.message = QLabel(EMPTY)
        self.message.setWordWrap(True)
        self.message.setProperty("role", "muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMinimumWidth(300)
        self.message.setMaximumWidth(420)
        empty = QWidget()
        centred = QVBoxLayout(empty)
        centred.addWidget(self.message, 0, Qt.AlignmentFlag.AlignCenter)
        self._mood = QLabel()
        self._mood.setFixedSize(20, 20)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._mood, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1)
        self.numbers = {
            name: QLabel() for name in ("Size", "Largest difference", "Same answer", "Took")
        }
        self._notes = {name: QLabel() for name in self.numbers}
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        self._cells: list[tuple[QLabel, QLabel, QLabel]] = []
        for name, number in self.numbers.items():
            caption = QLabel(name)
            caption.setProperty("role", "muted")
            number.setProperty("role", "live")
            number.setFont(font(LIVE, strong=True, tabular=True))
            note = self._notes[name]
            note.setProperty("role", "caption")
            note.setContentsMargins(0, 0, 0, 10)
            self._cells.append((caption, number, note))
        self._across = 0
        self._arrange(2)
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open = QPushButton("Open folder")
        self.open.clicked.connect(self._open)
        self.code = QPlainTextEdit()
        self.code.setReadOnly(True)
        self.code.setAccessibleName("How to use the model in Python")
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setFixedHeight(130)
        ground = QFrame()
        ground.setProperty("role", "card")
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(6, 6, 6, 2)
        inside.addWidget(self.code)
        self.copy = QPushButton("Copy")
        self.copy.clicked.connect(self._copy)
        full = QWidget()
        column_ = QVBoxLayout(full)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(12)
        column_.addLayout(head)
        column_.addLayout(grid)
        column_.addLayout(_row("Where", self.open))
        column_.addWidget(self.place)
        column_.addLayout(_row("How to use it", self.copy))
        column_.addWidget(ground)
        column_.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(full)

    def set_result(
        self,
        exported: ExportFinished | None,
        finished: RunFinished | None,
        experiment: Experiment | None,
    ) -> None:
        """The last export of the shown run, the last word of its job, the run's experiment."""
        self._exported, self._experiment = exported, experiment
        failed = finished is not None and finished.reason == "errored"
        if failed and finished is not None:
            self.message.setText(f"{finished.sentence} Nothing was exported.")
        elif finished is not None and finished.reason == "canceled":
            self.message.setText("The export was stopped; nothing was written.")
        else:
            self.message.setText(EMPTY)
        stopped = finished is not None and finished.reason != "completed"
        self._stack.setCurrentIndex(0 if exported is None or stopped else 1)
        if exported is not None and not stopped:
            self._show(exported)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Four numbers in a row where there is room, otherwise two."""
        super().resizeEvent(event)
        self._arrange(4 if event.size().width() >= ROOM else 2)

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for index, cell in enumerate(self._cells):
            row, column = divmod(index, across)
            for line, widget in enumerate(cell):
                self._grid.addWidget(widget, 3 * row + line, column)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < across else 0)

    def number(self, name: str) -> str:
        """The shown words of `Size`, `Largest difference`, `Same answer` or `Took`."""
        return self.numbers[name].text()

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self._theme = theme
        if self._exported is not None:
            self._show(self._exported)

    def _show(self, exported: ExportFinished) -> None:
        compared = exported.images_compared > 0
        good = compared and exported.agreement == 1.0 and exported.largest_difference < CLOSE
        name, color = ("badge-check", self._theme.ok) if good else ("info", self._theme.warn)
        self._mood.setPixmap(icon(name, color, 20).pixmap(20, 20))
        self.sentence.setText(exported.sentence)
        images = f"{exported.images_compared:,} images compared"
        for key, words, note in (
            ("Size", size_words(exported.size_bytes), "labels included"),
            (
                "Largest difference",
                number_words(exported.largest_difference) if compared else "–",
                "between probabilities" if compared else "not compared",
            ),
            ("Same answer", f"{100 * exported.agreement:.4g} %" if compared else "–", images),
            ("Took", duration(exported.seconds), "writing, reading back, comparing"),
        ):
            self.numbers[key].setText(words)
            self._notes[key].setText(note)
        self.place.setText(exported.path)
        if self._experiment is not None:
            code = snippet(exported.format, Path(exported.path), self._experiment)
            if code != self.code.toPlainText():
                self.code.setPlainText(code)

    def _open(self) -> None:
        if self._exported is not None:
            path = Path(self._exported.path)
            folder = path if path.is_dir() else path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())


def size_words(size: int) -> str:
    """`340 KB`, `1.4 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} KB"
    return f"{size / 1_000_000:.1f} MB" if size < 1_000_000_000 else f"{size / 1e9:.2f} GB"


def _row(title: str, button: QPushButton) -> QHBoxLayout:
    label = QLabel(title)
    label.setProperty("role", "strong")
    row = QHBoxLayout()
    row.addWidget(label, 1)
    row.addWidget(button)
    return row
