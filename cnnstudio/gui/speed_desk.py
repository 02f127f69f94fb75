"""Measuring training speed in the window: started, stopped, shown, and its findings taken up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.gui.actions import NO_EXPERIMENT
from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.controller import RunController
from cnnstudio.gui.run.speed_measuring import SpeedMeasuring
from cnnstudio.runs.events import RunFinished
from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from cnnstudio.gui.training.scheduler_panel import SchedulerPanel
    from cnnstudio.runs.speed import SpeedVariant

ACTION = "training.measure"


class SpeedDesk(QObject):
    """Does `training.measure`. A job of the run controller ends a measurement: it comes first."""

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        controller: RunController,
        show_error: Callable[[UserError], None],
        command: Sequence[str] | None = None,
    ) -> None:
        """`command` starts the worker that measures; None means this program's own."""
        super().__init__(window)
        self._window = window
        self._document = document
        self._controller = controller
        self._show_error = show_error
        self._panel: SchedulerPanel | None = None
        self.measuring = SpeedMeasuring(command, self)
        self.measuring.ended.connect(self._on_ended)
        window.commands.connect_to(ACTION, self.measure_or_stop)
        document.changed.connect(lambda _experiment: self._refresh())
        document.problems_changed.connect(lambda _problems: self._refresh())
        controller.state_changed.connect(lambda _activity: self._on_activity())
        self._refresh()

    def attach(self, panel: SchedulerPanel) -> None:
        """Show what is measured in this panel of the Train stage."""
        self._panel = panel
        view = panel.speed
        view.used.connect(self._use)
        self.measuring.progressed.connect(view.show_progress)
        self.measuring.measured.connect(view.show_measured)
        self._refresh()

    def measure_or_stop(self) -> None:
        """Measure the experiment on the table; while that is under way, stop it."""
        if self.measuring.busy:
            self.measuring.cancel()
            return
        experiment = self._document.experiment
        if experiment is None or self._reason():
            return
        try:
            self.measuring.start(experiment)
        except UserError as error:
            self._show_error(error)
            return
        # Asked for the first time, the page is built, and attached.
        self._window.page("train")
        self._window.show_stage("train")
        if self._panel is not None:
            self._panel.speed.begin(experiment)
            self._panel.show_speed()
        self._refresh()

    def close(self) -> None:
        """End a measurement and wait for its process."""
        self.measuring.shutdown()

    def _use(self, variant: SpeedVariant) -> None:
        self._document.apply(variant.changes, f"Train with {variant.words}")

    def _on_activity(self) -> None:
        if self._controller.activity.busy:
            self.measuring.cancel()
        self._refresh()

    def _on_ended(self, last: RunFinished | None) -> None:
        if self._panel is not None:
            failed = last is not None and last.reason != "completed"
            seen = not self._panel.speed.visibleRegion().isEmpty()
            self._panel.speed.end(last.sentence if failed and last is not None else "")
            if seen:
                # The table may stand below the edge.
                self._panel.show_speed()
        self._refresh()

    def _reason(self) -> str:
        """Why nothing can be measured now."""
        if self._document.experiment is None:
            return NO_EXPERIMENT
        if self.measuring.busy:
            return ""
        if self._document.problems:
            return "Solve the problems of the experiment first."
        return self._controller.activity.busy

    def _refresh(self) -> None:
        reason, commands = self._reason(), self._window.commands
        commands.forbid(ACTION, reason)
        commands.rename(ACTION, "Stop measuring" if self.measuring.busy else "Measure speed")
        if self._panel is not None:
            self._panel.speed.forbid(reason)
