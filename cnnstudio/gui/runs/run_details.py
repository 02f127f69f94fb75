"""One run closely: its sentence, what its settings changed, where it errs, what to do with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, SignalInstance
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.run.replay import Replay
from cnnstudio.gui.runs.difference import Difference, differences
from cnnstudio.gui.runs.tensorboard_note import TensorBoardNote
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.matrix import ConfusionMatrix
from cnnstudio.gui.training.numbers import duration, with_noise
from cnnstudio.runs.catalog import RunSummary
from cnnstudio.runs.verdict import verdict
from cnnstudio.spec.experiment import Experiment

MOST_DIFFERENCES = 30


class RunDetails(Panel):
    """Shows a `Replay`, and how its experiment differs from that of the run before it."""

    run_opened = Signal(object)
    """The path of the run that a person wants to see in the Train stage."""
    experiment_chosen = Signal(object)
    """The experiment whose settings a person wants to go on with."""
    resume_requested = Signal(object)
    """The path of a run that was cut or stopped, and is to go on."""
    extend_requested = Signal(object, int)
    """The path of a run that is to have more epochs, and how many it has."""
    rename_requested = Signal(object)
    delete_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._replay: Replay | None = None
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setProperty("role", "muted")
        self.open = QPushButton("Open run")
        self.open.setToolTip("Show its curves in the Train stage")
        self.open.clicked.connect(self._open)
        self.use = QPushButton("Use these settings")
        self.use.setToolTip("Go on with this run's experiment; undo takes it back")
        self.use.clicked.connect(self._use)
        self.resume = QPushButton("Resume")
        self.resume.setToolTip("Go on from the last checkpoint to the planned end")
        self.resume.clicked.connect(lambda: self._ask(self.resume_requested))
        self.extend = QPushButton("Extend…")
        self.extend.setToolTip("Go on from its end by some more epochs")
        self.extend.clicked.connect(self._extend)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addAction("Show folder").triggered.connect(self._reveal)
        self.tensorboard = TensorBoardNote()
        self.curves = menu.addAction("Write TensorBoard files")
        self.curves.triggered.connect(self._write_curves)
        self.rename = menu.addAction("Rename…")
        self.rename.triggered.connect(lambda: self._ask(self.rename_requested))
        self.delete = menu.addAction("Delete…")
        self.delete.triggered.connect(lambda: self._ask(self.delete_requested))
        self.more = QPushButton("More")
        self.more.setMenu(menu)
        buttons = _row(self.open, self.use)
        keeping = _row(self.resume, self.extend, self.more)
        self.changed_title = _title("Changed settings")
        self.changed_note = QLabel()
        self.changed_note.setProperty("role", "muted")
        self.changed_note.setWordWrap(True)
        self._changes = QGridLayout()
        self._changes.setHorizontalSpacing(12)
        self._changes.setVerticalSpacing(2)
        self._changes.setColumnStretch(0, 1)
        self.matrix = ConfusionMatrix()
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.sentence)
        column.addWidget(self.facts)
        column.addLayout(buttons)
        column.addLayout(keeping)
        column.addWidget(self.tensorboard)
        column.addWidget(self.changed_title)
        column.addWidget(self.changed_note)
        column.addLayout(self._changes)
        column.addSpacing(12)
        column.addWidget(self.matrix)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        self._area = scrolled(inside)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        layout.addWidget(self._empty)
        self.show_words("Mark one run to see it closely, or two to see what differs.")

    def show_words(self, words: str) -> None:
        """Show no run, but why."""
        self.show_run(None, None)
        self._empty.setText(words)

    def show_run(self, replay: Replay | None, before: Replay | None) -> None:
        """Show this run, its settings against those of the run `before` it."""
        self._replay = replay
        self._area.setVisible(replay is not None)
        self._empty.setVisible(replay is None)
        self.tensorboard.show_for(self.shown)
        if replay is None:
            return
        history = replay.history
        self.sentence.setText(verdict(history).sentence.replace(" %", "\u00a0%"))
        self.facts.setText(_facts(replay))
        names = history.started.class_names if history.started is not None else ()
        self.matrix.show_counts(history.confusion, names)
        self.matrix.setVisible(history.confusion is not None)
        if before is None:
            self.changed_note.setText("This is the first run: there is none before it.")
            self._show_changes(())
            return
        found = differences(before.experiment, replay.experiment)
        against = f"against {before.folder.name}"
        note = f"Changed {against}:" if found else f"Nothing {against}: the same settings."
        if len(found) > MOST_DIFFERENCES:
            note = f"{len(found)} settings changed {against}; the first {MOST_DIFFERENCES}:"
        self.changed_note.setText(note)
        self._show_changes(found[:MOST_DIFFERENCES])

    @property
    def shown(self) -> Path | None:
        """The shown run's folder."""
        return self._replay.folder.path if self._replay is not None else None

    def set_theme(self, theme: Theme) -> None:
        """Colour the matrix."""
        self.matrix.set_theme(theme)

    def set_summary(self, run: RunSummary | None) -> None:
        """What can be done with the shown run as it stands now."""
        state = run.state if run is not None else "new"
        at_work = state in ("running", "paused")
        done = bool(run is not None and run.epochs and state == "completed")
        self.resume.setVisible(run is not None and run.resumable)
        self.extend.setVisible(done)
        for action, tip in (
            (self.curves, "Write its curves into its folder as TensorBoard reads them"),
            (self.rename, "Give it another name behind its number"),
            (self.delete, "Throw it away with its weights and curves"),
        ):
            action.setEnabled(not at_work)
            action.setToolTip("It is at work. Stop it first." if at_work else tip)

    def _ask(self, signal: SignalInstance) -> None:
        if self.shown is not None:
            signal.emit(self.shown)

    def _write_curves(self) -> None:
        if self.shown is not None:
            self.tensorboard.write(self.shown)

    def _extend(self) -> None:
        if self._replay is not None:
            path, epochs = self._replay.folder.path, len(self._replay.history.epochs)
            self.extend_requested.emit(path, epochs)

    def _show_changes(self, found: tuple[Difference, ...]) -> None:
        while (item := self._changes.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, difference in enumerate(found):
            place = QLabel(difference.place)
            place.setWordWrap(True)
            value = QLabel(f"{difference.old} → {difference.new}")
            value.setProperty("role", "strong")
            value.setWordWrap(True)
            self._changes.addWidget(place, row, 0)
            self._changes.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)

    def _open(self) -> None:
        if self._replay is not None:
            self.run_opened.emit(self._replay.folder.path)

    def _use(self) -> None:
        if self._replay is not None:
            experiment: Experiment = self._replay.experiment
            self.experiment_chosen.emit(experiment)

    def _reveal(self) -> None:
        if self._replay is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._replay.folder.path)))


def _facts(replay: Replay) -> str:
    history, begun = replay.history, replay.history.started
    if begun is None:
        live = history.state in ("new", "running", "paused")
        return "It has not begun to train yet." if live else "It never began to train."
    parts = [
        f"{begun.training_images:,} training and {begun.validation_images:,} validation images, "
        f"{len(begun.class_names)} classes",
        f"{begun.parameters:,} parameters",
        f"{len(history.epochs)} of {history.epochs_planned} epochs on {begun.device}",
    ]
    seconds = float(history.curve("seconds")[1].sum())
    if seconds > 0:
        parts.append(f"{duration(seconds)} of training")
    best = history.best_epoch
    if best is not None and best in history.epochs:
        index = history.epochs.tolist().index(best)
        share = float(history.curve("validation_accuracy")[1][index])
        number, spread = with_noise(share, begun.validation_images)
        if spread:
            parts.append(f"validation {number} {spread} in epoch {best}, which is kept")
    return "; ".join(parts).replace(" %", "\u00a0%") + "."


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        button.setMinimumWidth(40)
        row.addWidget(button)
    row.addStretch(1)
    return row


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "strong")
    label.setContentsMargins(0, 12, 0, 0)
    return label
