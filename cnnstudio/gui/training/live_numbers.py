"""The numbers of a run as it goes: how good, how far, how fast, and what it takes for what."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.fonts import LIVE, font
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.lines import CLEAN, TRAINING, VALIDATION, Look, pen
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.training.class_results import ClassResults
from cnnstudio.gui.training.numbers import clean_images, duration, with_noise
from cnnstudio.gui.training.predictions import Predictions
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.verdict import verdict
from cnnstudio.spec.experiment import Experiment

REST = {
    "paused": "paused",
    "completed": "done",
    "canceled": "stopped",
    "errored": "failed",
    "lost": "lost",
}
"""What stands in place of the time left of a run that does not go on."""
BEST = Look("ok", 1.0, Qt.PenStyle.DashLine)


class LineSample(QWidget):
    """A short piece of a curve's line: which number belongs to which curve."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._theme = LIGHT
        self.setFixedSize(18, 10)

    def set_theme(self, theme: Theme) -> None:
        """Colour the line."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color(self._look.color)
        painter.setPen(pen(color, self._look.width, self._look.style))
        painter.drawLine(0, 5, 18, 5)


class BigNumber(QWidget):
    """A caption beside its curve's line, a number of 32 px, and its noise."""

    def __init__(self, caption: str, look: Look, tooltip: str) -> None:
        super().__init__()
        self.setToolTip(tooltip)
        self.sample = LineSample(look)
        words = QLabel(caption)
        words.setProperty("role", "muted")
        self.number = QLabel("–")
        self.number.setProperty("role", "live")
        self.number.setFont(font(LIVE, strong=True, tabular=True))
        self.noise = QLabel()
        self.noise.setProperty("role", "caption")
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.sample)
        top.addWidget(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.number)
        column.addWidget(self.noise)

    def show_share(self, share: float | None, images: int) -> None:
        """An accuracy 0..1 measured on so many images; None: not measured."""
        number, spread = with_noise(math.nan if share is None else share, images)
        self.number.setText(number)
        self.number.setEnabled(bool(spread))
        self.noise.setText(spread or "not measured yet")


class LiveNumbers(Panel):
    """Call `set_history` as often as wanted; it shows what the run knows by then."""

    diagnose_requested = Signal()
    """A person wants to know why the run does not learn."""

    def __init__(self) -> None:
        super().__init__()
        self._history: RunHistory | None = None
        self.training = BigNumber(
            "Training", TRAINING, "As reported: with augmentation and dropout, over an epoch"
        )
        self.clean = BigNumber(
            "Clean-train",
            CLEAN,
            "On a fixed sample of training images, without augmentation and dropout: what the "
            "network knows, not how hard training is made",
        )
        self.validation = BigNumber(
            "Validation", VALIDATION, "On images that the network never trains on"
        )
        self.best = BigNumber(
            "Kept", BEST, "Validation of the epoch whose weights are kept and exported"
        )
        self.numbers = (self.training, self.clean, self.validation, self.best)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self._facts = {name: QLabel("–") for name in ("Epoch", "Step", "Images/s", "Time left")}
        self.findings = QLabel()
        self.findings.setWordWrap(True)
        self.ask = QPushButton("Find out why")
        self.ask.setProperty("role", "link")
        self.ask.clicked.connect(self.diagnose_requested)
        self.classes = ClassResults()
        self.predictions = Predictions()
        self.classes.epoch_chosen.connect(self._show_predictions)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for index, number in enumerate(self.numbers):
            grid.addWidget(number, *divmod(index, 2))
            grid.setColumnStretch(index % 2, 1)
        column.addLayout(grid)
        column.addSpacing(6)
        column.addWidget(self.progress)
        column.addWidget(self._fact_grid())
        for widget in (self.findings, self.ask, self.classes, self.predictions):
            column.addWidget(widget)
        column.addStretch(1)
        inside = QWidget()
        inside.setLayout(column)
        area = scrolled(inside)
        tiles = self.predictions.tiles
        tiles.moved_to.connect(lambda place: _reveal(area, inside, tiles, place))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.set_history(None)

    def _fact_grid(self) -> QWidget:
        grid_widget = QWidget()
        grid = QGridLayout(grid_widget)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for index, (name, value) in enumerate(self._facts.items()):
            caption = QLabel(name)
            caption.setProperty("role", "caption")
            value.setFont(font(tabular=True))
            row, column = divmod(index, 2)
            caption.setContentsMargins(0, 6 if row else 0, 0, 0)
            grid.addWidget(caption, 2 * row, column)
            grid.addWidget(value, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
        return grid_widget

    def fact(self, name: str) -> str:
        """The shown words of `Epoch`, `Step`, `Images/s` or `Time left`."""
        return self._facts[name].text()

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run's numbers; None: no run."""
        begun = history.started if history is not None else None
        if history is None or begun is None:
            for number in self.numbers:
                number.show_share(None, 0)
            for label in self._facts.values():
                label.setText("–")
            self.progress.setRange(0, 1)
            self.progress.setValue(0)
            self.findings.hide()
            self.ask.hide()
            self._show_classes(None)
            return
        training = history.latest("training_accuracy")
        counted = begun.training_images
        if training is None and history.step:
            recent = history.accuracy[-50:]
            training, counted = float(recent.mean()), len(recent) * begun.batch_size
        self.training.show_share(training, counted)
        clean = history.latest("clean_accuracy")
        self.clean.show_share(clean, clean_images(begun.training_images))
        self.validation.show_share(history.latest("validation_accuracy"), begun.validation_images)
        self._show_best(history)
        self._show_place(history)
        self._show_findings(history)
        self._show_classes(history)

    def set_experiment(self, experiment: Experiment) -> None:
        """The images on the table are this experiment's."""
        self.predictions.images.set_project(experiment)

    def _show_classes(self, history: RunHistory | None) -> None:
        self._history = history
        self.classes.set_history(history)
        self._show_predictions()

    def _show_predictions(self) -> None:
        self.predictions.show_epoch(self._history, self.classes.epoch)

    def _show_best(self, history: RunHistory) -> None:
        assert history.started is not None
        best = history.best_epoch
        values = history.curve("validation_accuracy")[1]
        share: float | None = None
        if best is not None and best in history.epochs:
            share = float(values[int(np.searchsorted(history.epochs, best))])
        self.best.show_share(share, history.started.validation_images)
        if share is not None and math.isfinite(share):
            self.best.noise.setText(f"in epoch {best}")

    def _show_place(self, history: RunHistory) -> None:
        assert history.started is not None
        self._facts["Epoch"].setText(f"{history.epoch} of {history.epochs_planned}")
        self._facts["Step"].setText(f"{history.step:,} of {history.total_steps:,}")
        speed = history.latest("images_per_second")
        self._facts["Images/s"].setText(f"{speed:,.0f}" if speed is not None else "–")
        left = history.seconds_left
        words = REST.get(history.state) or (duration(left) if left is not None else "–")
        self._facts["Time left"].setText(words)
        self.progress.setRange(0, max(history.total_steps, 1))
        self.progress.setValue(history.step)

    def _show_findings(self, history: RunHistory) -> None:
        titles = dict.fromkeys(finding.title for finding in history.findings)
        self.findings.setText("\n".join(f"•  {title}" for title in titles))
        self.findings.setVisible(bool(titles))
        ended = history.state not in ("new", "running", "paused")
        self.ask.setVisible(ended and (bool(titles) or verdict(history).tone == "error"))

    def set_theme(self, theme: Theme) -> None:
        """Colour what is painted."""
        for number in self.numbers:
            number.sample.set_theme(theme)
        self.classes.set_theme(theme)
        self.predictions.set_theme(theme)


def _reveal(area: QScrollArea, inside: QWidget, tiles: QWidget, place: QRect) -> None:
    """Scroll until the tile that the keyboard is on is in sight."""
    corner = tiles.mapTo(inside, place.topLeft())
    spot = QRect(corner, place.size()).center()
    area.ensureVisible(spot.x(), spot.y(), 0, place.height() // 2 + 4)
