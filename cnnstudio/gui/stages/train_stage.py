"""The Train stage: settings and schedule, the run's curves, its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from cnnstudio.gui.forms.editors import Segments
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.training.layer_map import LayerMap
from cnnstudio.gui.training.live_numbers import LiveNumbers
from cnnstudio.gui.training.scheduler_panel import SchedulerPanel
from cnnstudio.gui.training.training_curves import TrainingCurves
from cnnstudio.runs.history import RunHistory

if TYPE_CHECKING:
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.run.store import RunView

VIEWS = ("Curves", "Layers")
"""What the middle pane shows, over one axis."""


class TrainStage(StagePage):
    """Connect `set_view` to the store; `train_requested` asks for a run.

    `diagnose_requested` asks for the doctor, after a run that does not learn.
    """

    train_requested = Signal()
    diagnose_requested = Signal()

    scheduler: SchedulerPanel
    curves: TrainingCurves
    layers: LayerMap
    view: Segments
    numbers: LiveNumbers

    def __init__(self) -> None:
        super().__init__()
        # The chosen view is its title where there is no room for the run's name beside it.
        self.curves_pane = Pane(VIEWS[0], shortest_title=0)
        self.numbers_pane = Pane("Numbers")
        self._run_name = ""

    def build(self) -> Iterator[None]:
        """Settings, curves, layers, numbers."""
        settings = Pane("Training")
        self.set_columns((settings, 384), (self.curves_pane, 776), (self.numbers_pane, 280))
        yield
        self.scheduler = self.fill(settings, SchedulerPanel())
        self.scheduler.setMinimumWidth(360)
        yield
        self._views = QStackedWidget()
        self._views.setMinimumWidth(300)
        self.curves_pane.set_content(self._views)
        self.curves = TrainingCurves()
        self._add_view(self.curves)
        self.curves.train_requested.connect(self.train_requested)
        self.curves.axis_choice.currentIndexChanged.connect(self._choose_axis)
        self.view = Segments(VIEWS)
        self.view.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for button in self.view.group.buttons():
            # A title row is narrow in a small window: no wider than the words need.
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 18)
        self.view.choose(0)
        self.view.group.idClicked.connect(self._choose_view)
        self.curves_pane.add_tool(self.view)
        self.curves_pane.add_tool(self.curves.toolbar)
        self.make_detachable("curves", self.curves_pane)
        yield
        self.layers = LayerMap()
        self._add_view(self.layers)
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
        self.layers.set_history(history)
        self.numbers.set_history(history)
        begun = history.started if history is not None else None
        self._run_name = begun.name if begun is not None else ""
        self._name_pane()
        self.numbers_pane.set_note(begun.device if begun is not None else "")

    def _add_view(self, panel: Panel) -> None:
        self._views.addWidget(panel)
        self.add_panel(panel)
        panel.set_theme(self._theme)

    def _choose_view(self, index: int) -> None:
        self._views.setCurrentIndex(index)
        self.curves.offer_smoothing(self._views.currentWidget() is self.curves)
        self._name_pane()

    def _choose_axis(self) -> None:
        self.layers.set_axis(self.curves.axis_kind)

    def _name_pane(self) -> None:
        words = VIEWS[self._views.currentIndex()]
        self.curves_pane.set_title(f"{words} · {self._run_name}" if self._run_name else words)
