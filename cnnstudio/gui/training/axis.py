"""The shared axis of a run: epochs, steps or time, whatever a person wants to read."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnstudio.gui.plots.paint import Tick
from cnnstudio.gui.plots.scale import number_words, ticks, whole_ticks
from cnnstudio.gui.training.numbers import duration

Floats = NDArray[np.float64]
AxisKind = Literal["epochs", "steps", "time"]
AXES: dict[AxisKind, str] = {"epochs": "Epochs", "steps": "Steps", "time": "Time"}
CAPTIONS = ("epoch", "step")
HOUR = 3600
LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR)
"""Seconds between two ticks of time."""


class RunAxis:
    """Ticks, words and places for a run of so many steps an epoch.

    Steps and epochs share their places: those are steps. Those of time are seconds of work;
    `seconds` says when each of `steps` (ascending) ended. Before the first and after the last one
    the pace so far is taken to hold.
    """

    def __init__(
        self,
        steps_per_epoch: int,
        kind: AxisKind = "epochs",
        steps: ArrayLike = (),
        seconds: ArrayLike = (),
    ) -> None:
        self.steps_per_epoch = max(1, steps_per_epoch)
        known_steps = np.asarray(steps, dtype=np.float64)
        known = np.asarray(seconds, dtype=np.float64)
        # Without a step there is no time yet, only a plan in epochs.
        self.kind: AxisKind = "epochs" if kind == "time" and len(known) < 2 else kind
        if self.kind == "time":
            # Places must rise, or a step could not be found back from its time.
            rising = known + np.arange(len(known)) * 1e-9
            self._steps = np.concatenate([[0.0], known_steps])
            self._seconds = np.concatenate([[min(0.0, rising[0] - 1e-9)], rising])
            spans = max(known_steps[-1] - known_steps[0], 1.0)
            self._pace = max((rising[-1] - rising[0]) / spans, 1e-9)

    @property
    def captions(self) -> tuple[str, str]:
        """What the rows of words below the axis are."""
        return {"epochs": CAPTIONS, "steps": ("step", "epoch"), "time": ("time", "epoch")}[
            self.kind
        ]

    def place(self, steps: ArrayLike) -> Floats:
        """Where steps lie on the axis: float64[n]."""
        given = np.asarray(steps, dtype=np.float64)
        if self.kind != "time":
            return given
        beyond = np.maximum(given - self._steps[-1], 0.0) * self._pace
        places: Floats = np.interp(given, self._steps, self._seconds) + beyond
        return places

    def steps_at(self, places: ArrayLike) -> Floats:
        """The steps at places of the axis: float64[n], whole where a step ended there."""
        given = np.asarray(places, dtype=np.float64)
        if self.kind != "time":
            return given
        beyond = np.maximum(given - self._seconds[-1], 0.0) / self._pace
        steps: Floats = np.round(np.interp(given, self._seconds, self._steps) + beyond, 6)
        return steps

    def ticks(self, low: float, high: float, most: int) -> list[Tick]:
        """Round places with their words, in as many rows as there are captions."""
        if self.kind == "time":
            return self._time_ticks(low, high, most)
        if self.kind == "steps":
            return [Tick(s, (f"{s:,.0f}", self._epoch(s, 1))) for s in ticks(low, high, most)]
        per_epoch = self.steps_per_epoch
        epochs = whole_ticks(low / per_epoch, high / per_epoch, most)
        if len(epochs) > 1:
            return [Tick(e * per_epoch, (f"{e}", f"{e * per_epoch:,}")) for e in epochs]
        return [Tick(step, (self._epoch(step), f"{step:,.0f}")) for step in ticks(low, high, most)]

    def words(self, place: float) -> str:
        """A place of the axis in words: `Epoch 6 · step 312`, with the time where that is shown."""
        whole = max(1, round(float(self.steps_at(place))))
        words = f"Epoch {(whole - 1) // self.steps_per_epoch + 1} · step {whole:,}"
        return (
            f"{duration(place)} · {words[0].lower()}{words[1:]}" if self.kind == "time" else words
        )

    def _epoch(self, step: float, digits: int = 2) -> str:
        return number_words(round(step / self.steps_per_epoch, digits))

    def _time_ticks(self, low: float, high: float, most: int) -> list[Tick]:
        wanted = (high - low) / max(most, 1)
        length = next((one for one in LENGTHS if one >= wanted), 0)
        if not length:
            length = 12 * HOUR * math.ceil(wanted / (12 * HOUR))
        if wanted < 0.5:
            return [self._time_tick(place, f"{place:g} s") for place in ticks(low, high, most)]
        first, last = math.ceil(low / length), math.floor(high / length)
        return [
            self._time_tick(number * length, duration(number * length))
            for number in range(first, last + 1)
        ]

    def _time_tick(self, place: float, words: str) -> Tick:
        epoch = self._epoch(float(self.steps_at(place)), 1)
        return Tick(place, (words if place else "0", epoch))
