"""How the layers of a run fare: a heat map of layers over the axis of the curves, in four views."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from cnnstudio.doctor.layers import about_layers
from cnnstudio.gui.forms.editors import Segments
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.heat_map import HeatMap
from cnnstudio.gui.plots.heat_scale import HeatScale, around, fitted, share_scale
from cnnstudio.gui.plots.redraw import RedrawClock
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.gui.training.axis import AxisKind, RunAxis
from cnnstudio.gui.verdict_strip import ICONS
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.layer_columns import LayerTable, Quantity

Floats = NDArray[np.float64]
LIVE = ("running", "paused")
TALLEST = 16_777_215  # what Qt takes for no limit
HEALTHY_UPDATE = 1e-3
"""CS231n, https://cs231n.github.io/neural-networks-3/, "Ratio of weights:updates": around 1e-3."""


@dataclass(frozen=True, slots=True)
class View:
    """One quantity: its button, the caption of its colours, a sentence, and what is missing."""

    quantity: Quantity
    button: str
    caption: str
    sentence: str
    missing: str


VIEWS = (
    View(
        "gradient",
        "Gradient",
        "Norm of the gradient",
        "How strongly a batch pulls at each layer, before any clipping. Alike from top to bottom "
        "is healthy.",
        "The first sample comes after a few seconds of training.",
    ),
    View(
        "update_ratio",
        "Update ratio",
        "Change of the weights",
        "How far one step moves the weights, as a share of their size. About 0.001 is healthy "
        "(grey); blue hardly learns, orange is thrown about.",
        "The first sample comes after a few seconds of training.",
    ),
    View(
        "dead",
        "Dead units",
        "Share of dead units",
        "Units and channels that answer 0 to every one of a few training images: nothing teaches "
        "them any more.",
        "Layers with relu, gelu or silu are looked at after some seconds of training.",
    ),
    View(
        "saturated",
        "Saturated",
        "Share of saturated values",
        "Values at the level ends of sigmoid, tanh and the like, where hardly any gradient comes "
        "through. The output layer is left out: there it means sure answers.",
        "Nothing is measured yet.",
    ),
)


class LayerMap(Panel):
    """Layers from the input at the top, over the axis that `set_axis` names.

    `set_history` may be called after every event: drawing follows its own clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._history: RunHistory | None = None
        self._kind: AxisKind = "epochs"
        self._axis = RunAxis(1)
        self._theme = LIGHT
        self._tone = "neutral"
        self.choice = Segments(tuple(view.button for view in VIEWS))
        self.choice.choose(0)
        self.choice.group.idClicked.connect(lambda _: self._draw())
        self.map = HeatMap()
        self.map.places = self._places
        self._icon = QLabel()
        self._icon.setFixedSize(16, 18)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.explanation = QLabel()
        self.explanation.setProperty("role", "muted")
        self.explanation.setWordWrap(True)
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.verdict, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.choice)
        column.addWidget(self.map, 1)
        column.addLayout(said)
        column.addWidget(self.explanation)
        column.addStretch(0)
        self._clock = RedrawClock(self)
        self._clock.due.connect(self._draw)
        self.map.spent.connect(self._clock.spent)

    @property
    def view(self) -> View:
        """What is looked at."""
        return VIEWS[max(self.choice.group.checkedId(), 0)]

    def set_history(self, history: RunHistory | None) -> None:
        """Show this run, or what has become of it since; None: no run."""
        self._history = history
        self._clock.request()

    def set_axis(self, kind: AxisKind) -> None:
        """Count epochs, steps or time, as the curves do."""
        if kind != self._kind:
            self._kind = kind
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Colour the map and the icon of the sentence."""
        self._theme = theme
        self.map.set_theme(theme)
        self._show_icon()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what happened while nobody looked."""
        super().showEvent(event)
        self._clock.request()

    def draw_now(self) -> None:
        """Draw without waiting for the clock, as pictures and tests need it."""
        self._draw()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        history, view = self._history, self.view
        self._offer_saturated()
        table = self._table(view.quantity)
        some = bool(len(table)) and history is not None and history.started is not None
        self.map.message, self.map.submessage = ("", "") if some else self._nothing(view)
        self.map.show_rows((), np.empty(0), np.empty((0, 0)), 0.0)
        if some and history is not None:
            self._show(history, view, table)
        self.map.menu_button.setVisible(some)
        self.map.setMaximumHeight(self.map.natural_height or TALLEST)
        self._say(history)
        self.explanation.setText(view.sentence)
        self.map.redraw()

    def _show(self, history: RunHistory, view: View, table: LayerTable) -> None:
        assert history.started is not None
        axis = RunAxis(
            history.started.steps_per_epoch, self._kind, history.steps, history.timeline.seconds
        )
        self._axis = axis
        self.map.axis_captions = axis.captions
        self.map.ticks_of, self.map.words_at = axis.ticks, axis.words
        total = max(history.total_steps, history.step, 1)
        self.map.set_span(0.0, float(axis.place(total)))
        self.map.scale = _scale(view.quantity, table.values)
        self.map.caption = view.caption
        self.map.title = f"{history.started.name}, {view.button.lower()} by layer"
        end = float(axis.place(history.step))
        self.map.show_rows(table.names, axis.place(table.steps), table.values, end)

    def _table(self, quantity: Quantity) -> LayerTable:
        layers = self._history.layers if self._history is not None else RunHistory().layers
        table = layers.table(quantity)
        if quantity == "saturated" and table.names[-1:] == layers.names[-1:]:
            rows = slice(0, len(table) - 1)
            return LayerTable(table.names[rows], table.kinds[rows], table.steps, table.values[rows])
        return table

    def _offer_saturated(self) -> None:
        """Only where an inner layer can saturate: most networks have none."""
        button = self.choice.group.button(len(VIEWS) - 1)
        some = bool(len(self._table("saturated")))
        if not some and button.isChecked():
            self.choice.choose(0)
        button.setVisible(some)

    def _nothing(self, view: View) -> tuple[str, str]:
        """Why there is no map, and what is to be done or awaited."""
        history = self._history
        if history is None or history.state == "new":
            return "No run yet", "What each layer does while it trains is drawn here."
        if history.state in LIVE:
            return "Not measured yet", view.missing
        return "Nothing was measured", "The run was too short for it, or made by an older program."

    def _say(self, history: RunHistory | None) -> None:
        said = about_layers(history.layers) if history is not None else None
        self.verdict.setText(said.sentence if said is not None else "")
        self._tone = said.tone if said is not None else ""
        self._show_icon()

    def _show_icon(self) -> None:
        if self._tone not in ICONS:
            self._icon.clear()
            return
        color, ratio = self._theme.tone(self._tone), self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(ICONS[self._tone], color, 16, ratio))

    def _places(self, x: Floats) -> dict[str, Floats]:
        """The places of the axis as step, epoch and seconds."""
        steps = self._axis.steps_at(x)
        found = {"step": steps, "epoch": steps / self._axis.steps_per_epoch}
        run = self._history
        if run is not None and len(run.steps) > 1:
            time = RunAxis(self._axis.steps_per_epoch, "time", run.steps, run.timeline.seconds)
            found["seconds"] = time.place(steps)
        return found


def _scale(quantity: Quantity, values: Floats) -> HeatScale:
    if quantity == "update_ratio":
        return around(HEALTHY_UPDATE, 3)
    return share_scale() if quantity in ("dead", "saturated") else fitted(values)
