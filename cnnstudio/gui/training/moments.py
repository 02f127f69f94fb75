"""What happened in a run, as marks on its curves: few words, and nothing in the way."""

from __future__ import annotations

import numpy as np

from cnnstudio.gui.plots.marks import Mark, Shape
from cnnstudio.gui.plots.scale import rate_words
from cnnstudio.gui.training.axis import RunAxis
from cnnstudio.runs.history import RunHistory

LOOKS: dict[str, tuple[str, Shape]] = {
    "checkpoint": ("muted", "dot"),
    "finding": ("warn", "flag"),
    "paused": ("muted", "flag"),
    "resumed": ("muted", "flag"),
    "extended": ("accent", "flag"),
}
JUMP = 1.4
"""A learning rate that changes by this factor from one step to the next has been changed."""
REST = 0.02
MOST_JUMPS = 40


def moments(history: RunHistory, axis: RunAxis) -> tuple[Mark, ...]:
    """The epoch that is kept by name; checkpoints, changed rates, findings and pauses quietly."""
    found = []
    best = history.best_epoch
    if best:
        place = float(axis.place(best * axis.steps_per_epoch))
        found.append(Mark(place, f"kept: epoch {best}"))
    for moment in history.timeline.moments:
        color, shape = LOOKS[moment.kind]
        found.append(Mark(float(axis.place(moment.step)), moment.words, color, shape))
    return (*found, *_changed_rates(history, axis))


def _changed_rates(history: RunHistory, axis: RunAxis) -> list[Mark]:
    rates = history.learning_rate
    if len(rates) < 2:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(np.log(rates[1:] / rates[:-1]))
    # A rate that moves on before and after is a curve, not an event.
    rests = np.concatenate([[True], change < REST, [True]])
    at = np.flatnonzero((change > np.log(JUMP)) & rests[:-2] & rests[2:])[-MOST_JUMPS:]
    return [
        Mark(
            float(axis.place(history.steps[place + 1])),
            f"rate {rate_words(float(rates[place]))} → {rate_words(float(rates[place + 1]))}",
            "rate",
            "dot",
        )
        for place in at.tolist()
    ]
