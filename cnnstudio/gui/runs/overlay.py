"""The marked runs' curves over each other: the colour says which run, the style which role."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from cnnstudio.gui.panel import Panel
from cnnstudio.gui.plots.band import Band, Reference
from cnnstudio.gui.plots.chart import Chart
from cnnstudio.gui.plots.lines import Look
from cnnstudio.gui.plots.paint import Tick
from cnnstudio.gui.plots.redraw import RedrawClock
from cnnstudio.gui.plots.scale import (
    fine_number_words,
    fine_share_words,
    round_up,
    share_words,
    whole_ticks,
)
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.runs.history import RunHistory

FADED = 0.45


class RunOverlay(Panel):
    """Validation dashed, training solid, over epochs, so that runs of other batch sizes compare."""

    def __init__(self) -> None:
        super().__init__()
        self._histories: dict[Path, RunHistory] = {}
        self._theme = LIGHT
        self.accuracy = Band("Accuracy", share_words, share=3, fine=fine_share_words)
        self.loss = Band("Loss", share=2, fine=fine_number_words)
        self.chart = Chart((self.accuracy, self.loss), right=150)
        self.chart.axis_captions = ("epoch",)
        self.chart.ticks_of = _epoch_ticks
        self.chart.words_at = lambda epoch: f"Epoch {max(round(epoch), 1)}"
        self.chart.title = "Runs compared"
        self.chart.message = "Mark runs to compare them"
        self.chart.submessage = "Ctrl and Shift mark several."
        self._clock = RedrawClock(self)
        self._clock.due.connect(self._draw)
        self.chart.spent.connect(self._clock.spent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart)

    def show_runs(self, histories: Mapping[Path, RunHistory]) -> None:
        """Draw these runs, in this order of colours."""
        self._histories = dict(histories)
        self._clock.request()

    @property
    def colors(self) -> dict[Path, str]:
        """`#RRGGBB` of each drawn run; beyond the palette, all the same muted one."""
        palette = self._theme.runs
        return {
            path: palette[index] if index < len(palette) else self._theme.reference
            for index, path in enumerate(self._histories)
        }

    def set_theme(self, theme: Theme) -> None:
        """Colour the chart."""
        self._theme = theme
        self.chart.set_theme(theme)
        self.draw_now()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was marked while nobody looked."""
        super().showEvent(event)
        self._clock.request()

    def _draw(self) -> None:
        if self.isVisible():
            self.draw_now()

    def draw_now(self) -> None:
        """Draw without waiting for the clock."""
        colors = self.colors
        for band, name in ((self.accuracy, "accuracy"), (self.loss, "loss")):
            for key in list(band.lines):
                band.remove(key)
            for index, (path, history) in enumerate(self._histories.items()):
                few = index < len(self._theme.runs)
                for role, style in (
                    ("training", Qt.PenStyle.SolidLine),
                    ("validation", Qt.PenStyle.DashLine),
                ):
                    look = Look(colors[path], 2.0 if few else 1.0, style, 1.0 if few else FADED)
                    named = role == "validation" or not _measured(history, f"validation_{name}")
                    words = _short(path) if named and few else ""
                    line = band.line(f"{path}/{role}", words, look, f"{path.name} {role}")
                    line.set_theme(self._theme)
                    line.set(history.epochs, history.curve(f"{role}_{name}")[1])
        last = max(
            (int(h.epochs[-1]) for h in self._histories.values() if len(h.epochs)), default=0
        )
        self.chart.message = "" if last else "Mark runs to compare them"
        self.chart.submessage = "" if last else "Ctrl and Shift mark several."
        self.chart.set_span(0.0, float(last or 10))
        self._set_references()
        self._fit_loss()
        self.chart.redraw()

    def _set_references(self) -> None:
        """What guessing scores, where that is the same for all drawn runs."""
        chances = {history.chance for history in self._histories.values()}
        chance = chances.pop() if len(chances) == 1 else None
        self.accuracy.references = self.loss.references = ()
        if chance is not None and chance < 1:
            self.accuracy.references = (Reference(chance, f"chance {share_words(chance)}"),)
            guess = -math.log(chance)
            self.loss.references = (Reference(guess, f"guessing {guess:.2f}"),)

    def _fit_loss(self) -> None:
        """All of it, unless a few diverged epochs would press everything else to the ground."""
        every = [line.y[np.isfinite(line.y)] for line in self.loss.lines.values()]
        values = np.concatenate([*every, np.ones(0)])
        if not len(values):
            self.loss.set_range(0.0, 1.0)
            return
        usual, top = float(np.quantile(values, 0.9)), float(values.max())
        top = min(top, 3 * usual) if usual > 0 else top
        unit = round_up(max(top, 1e-6)) / 10
        self.loss.set_range(0.0, math.ceil(top / unit) * unit)


def _epoch_ticks(low: float, high: float, most: int) -> list[Tick]:
    return [Tick(epoch, (f"{epoch:,}",)) for epoch in whole_ticks(low, high, most)]


def _measured(history: RunHistory, curve: str) -> bool:
    return bool(np.isfinite(history.curve(curve)[1]).any())


def _short(path: Path) -> str:
    """`0007 pets` of `0007-pets-baseline`: what fits at the end of a line."""
    number, _, name = path.name.partition("-")
    whole = f"{number} {name}".strip()
    return whole if len(whole) <= 20 else f"{whole[:19]}…"
