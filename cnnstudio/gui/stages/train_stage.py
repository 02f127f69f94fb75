"""The Train stage: settings and schedule, the run's curves, its numbers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.training.live_numbers import LiveNumbers
from cnnstudio.gui.training.scheduler_panel import SchedulerPanel
from cnnstudio.gui.training.training_curves import TrainingCurves
from cnnstudio.runs.history import RunHistory


class TrainStage(StagePage):
    """Connect `set_history` to the store; `train_requested` asks for a run.

    `diagnose_requested` asks for the doctor, after a run that does not learn.
    """

    train_requested = Signal()
    diagnose_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = SchedulerPanel()
        self.curves = TrainingCurves()
        self.numbers = LiveNumbers()
        for panel in (self.scheduler, self.curves, self.numbers):
            self.add_panel(panel)
        self.curves.train_requested.connect(self.train_requested)
        self.numbers.diagnose_requested.connect(self.diagnose_requested)
        self.curves_pane = Pane("Curves", self.curves)
        self.curves_pane.add_tool(self.curves.toolbar)
        self.make_detachable("curves", self.curves_pane)
        self.numbers_pane = Pane("Numbers", self.numbers)
        self.set_columns(
            (Pane("Training", self.scheduler), 384),
            (self.curves_pane, 776),
            (self.numbers_pane, 280),
        )
        _keep(self.scheduler, 360)
        _keep(self.curves, 300)
        _keep(self.numbers, 222)

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run, or what has become of it."""
        self.scheduler.set_history(history)
        self.curves.set_history(history)
        self.numbers.set_history(history)
        begun = history.started if history is not None else None
        self.curves_pane.set_title(f"Curves · {begun.name}" if begun is not None else "Curves")
        self.numbers_pane.set_note(begun.device if begun is not None else "")


def _keep(panel: QWidget, width: int) -> None:
    panel.setMinimumWidth(width)


def build() -> TrainStage:
    """The page of the Train stage."""
    return TrainStage()
