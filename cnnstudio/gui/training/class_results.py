"""Which classes fail, after any epoch: recall by class and confusion, with a slider over epochs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from cnnstudio.gui.pane import PaneTitle
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.matrix import ConfusionMatrix
from cnnstudio.gui.training.recall import RecallBars
from cnnstudio.runs.events import EpochEnded
from cnnstudio.runs.history import RunHistory


class ClassResults(QWidget):
    """Call `set_history` as often as wanted.

    At its right end the slider follows the run; elsewhere the chosen epoch stays in sight while
    the run goes on. `epoch_chosen` says that a person moved it.
    """

    epoch_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._history: RunHistory | None = None
        self._epochs: list[EpochEnded] = []
        self._known: tuple[RunHistory, int, str] | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch")
        self.slider.setToolTip("The epoch to look at; at the right end it follows the run")
        self.slider.setPageStep(5)
        self.slider.valueChanged.connect(lambda _: self._show())
        self.slider.valueChanged.connect(lambda _: self.epoch_chosen.emit())
        self.place = QLabel()
        self.place.setProperty("role", "muted")
        self.shares = QPushButton("%")
        self.shares.setCheckable(True)
        self.shares.setProperty("role", "chip")
        self.shares.setAccessibleName("Shares")
        self.shares.setToolTip("Show the share of each true class instead of numbers of images")
        self.shares.toggled.connect(self._choose_shares)
        self.recall = RecallBars()
        self.matrix = ConfusionMatrix()
        self.empty = QLabel("Which classes fail is shown after the first epoch.")
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        title = PaneTitle("Recall by class")
        title.setProperty("role", "strong")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title, 1)
        head.addWidget(self.shares)
        head.addWidget(self.place)
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(head)
        inside.addWidget(self.slider)
        inside.addWidget(self.recall)
        inside.addSpacing(8)
        inside.addWidget(self.matrix)
        self._content = QWidget()
        self._content.setLayout(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._content)
        column.addWidget(self.empty)
        self.set_history(None)

    @property
    def is_live(self) -> bool:
        """Whether it follows the run."""
        return self.slider.value() == self.slider.maximum()

    @property
    def epoch(self) -> int | None:
        """The epoch in sight, None before the first and where no confusion is counted."""
        if not self._epochs:
            return None
        return self._epochs[min(self.slider.value(), len(self._epochs) - 1)].epoch

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run, or what has become of it since; None: no run."""
        known = (history, len(history.epoch_events), history.state) if history else None
        if history is not None and known == self._known:
            return
        follows = self.is_live or history is not self._history
        self._known, self._history = known, history
        events = history.epoch_events if history is not None else []
        self._epochs = [event for event in events if event.confusion is not None]
        last = max(len(self._epochs) - 1, 0)
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        if follows:
            self.slider.setValue(last)
        self.slider.blockSignals(False)
        self.slider.setVisible(len(self._epochs) > 1)
        self._show()

    def _show(self) -> None:
        some = bool(self._epochs) and self._history is not None
        self._content.setVisible(some)
        self.empty.setVisible(not some)
        if not some or self._history is None or self._history.started is None:
            self.recall.show_counts(None, ())
            self.matrix.show_counts(None, ())
            return
        event = self._epochs[min(self.slider.value(), len(self._epochs) - 1)]
        names = self._history.started.class_names
        counts = np.array(event.confusion, dtype=np.int64)
        self.recall.show_counts(counts, names)
        self.matrix.show_counts(counts, names)
        running = self._history.state in ("running", "paused")
        self.matrix.title = f"{self._history.started.name}, confusion after epoch {event.epoch}"
        self.place.setText(f"epoch {event.epoch}{' · live' if running and self.is_live else ''}")
        self._offer_shares()

    def _choose_shares(self, shares: bool) -> None:
        self.matrix.set_shares(shares)

    def _offer_shares(self) -> None:
        # Cells too small for numbers have nothing to choose.
        self.shares.setVisible(self.matrix.has_numbers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wider cells may have room for numbers."""
        super().resizeEvent(event)
        self._offer_shares()

    def set_theme(self, theme: Theme) -> None:
        """Colour what is painted."""
        self.recall.set_theme(theme)
        self.matrix.set_theme(theme)
