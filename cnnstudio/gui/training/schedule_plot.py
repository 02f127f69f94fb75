"""The learning rate over the steps of the planned run."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnstudio.gui.plots.band import Band
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import RATE
from cnnstudio.gui.plots.marks import Mark
from cnnstudio.gui.plots.scale import rate_words
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.axis import CAPTIONS, RunAxis
from cnnstudio.gui.training.plan import Plan
from cnnstudio.runs.history import RunHistory


class SchedulePlot(QWidget):
    """A plan's rate curve over its real steps; while a run goes on, where it has come to."""

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._history: RunHistory | None = None
        self._band = Band("", rate_words)
        self._band.line("rate", "rate", RATE)
        self._band.named = False
        self.chart = Chart((self._band,), right=18, axis_rows=2, left=52)
        self.chart.axis_captions = CAPTIONS
        self.chart.title = "Learning rate"
        self.setFixedHeight(168)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart)

    def show_plan(self, plan: Plan) -> None:
        """Draw the plan's curve."""
        steps, rates = plan.rates()
        axis = RunAxis(plan.steps_per_epoch)
        self.chart.ticks_of, self.chart.words_at = axis.ticks, axis.words
        self.chart.set_span(0.0, float(max(plan.total_steps, 1)))
        self._band.lines["rate"].set(steps, rates)
        self._band.set_range(0.0, 1.1 * float(rates.max()))
        self.chart.redraw()
        self._plan = plan
        self.show_progress(self._history)

    def show_progress(self, history: RunHistory | None) -> None:
        """Mark the step at which a running run is, if the curve is the one it follows."""
        self._history = history
        marks: tuple[Mark, ...] = ()
        if history is not None and self._plan is not None and history.state == "running":
            here = history.step > 0 and self._plan.is_followed_by(history)
            marks = (Mark(history.step, "now", "muted"),) if here else ()
        if marks != self.chart.marks:
            self.chart.marks = marks
            self.chart.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Colour the chart."""
        self.chart.set_theme(theme)
