"""The Train stage: settings and schedule, the run's curves, its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from cnnstudio.gui.pane import Pane
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.training.live_numbers import LiveNumbers
from cnnstudio.gui.training.scheduler_panel import SchedulerPanel
from cnnstudio.gui.training.training_curves import TrainingCurves
from cnnstudio.runs.history import RunHistory

if TYPE_CHECKING:
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.run.store import RunView


class TrainStage(StagePage):
    """Connect `set_view` to the store; `train_requested` asks for a run.

    `diagnose_requested` asks for the doctor, after a run that does not learn.
    """

    train_requested = Signal()
    diagnose_requested = Signal()

    scheduler: SchedulerPanel
    curves: TrainingCurves
    numbers: LiveNumbers

    def __init__(self) -> None:
        super().__init__()
        self.curves_pane = Pane("Curves")
        self.numbers_pane = Pane("Numbers")

    def build(self) -> Iterator[None]:
        """Settings, curves, numbers."""
        settings = Pane("Training")
        self.set_columns((settings, 384), (self.curves_pane, 776), (self.numbers_pane, 280))
        yield
        self.scheduler = self.fill(settings, SchedulerPanel())
        self.scheduler.setMinimumWidth(360)
        yield
        self.curves = self.fill(self.curves_pane, TrainingCurves())
        self.curves.setMinimumWidth(300)
        self.curves.train_requested.connect(self.train_requested)
        self.curves_pane.add_tool(self.curves.toolbar)
        self.make_detachable("curves", self.curves_pane)
        yield
        self.numbers = self.fill(self.numbers_pane, LiveNumbers())
        self.numbers.setMinimumWidth(222)
        self.numbers.diagnose_requested.connect(self.diagnose_requested)

    def set_collection(self, collection: Collection) -> None:
        """Show images of the run where they are among these; a click leads to them."""
        self.numbers.predictions.set_collection(collection)

    def set_view(self, view: RunView) -> None:
        """Show this run, or what has become of it; its images where its folder is known."""
        self.numbers.predictions.images.set_run(view.experiment)
        self.set_history(view.history)

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run, or what has become of it."""
        self.scheduler.set_history(history)
        self.curves.set_history(history)
        self.numbers.set_history(history)
        begun = history.started if history is not None else None
        self.curves_pane.set_title(f"Curves · {begun.name}" if begun is not None else "Curves")
        self.numbers_pane.set_note(begun.device if begun is not None else "")
