"""Scripted runs that tell of their layers: one healthy, one that dies from its input on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from cnnstudio.runs.events import BatchEnded, Event, LayerStatistics, LayerValues
from cnnstudio.runs.history import RunHistory
from tests.gui.training.fake_run import events, finished, started

LAYERS = (
    ("conv2d", "Conv2D"),
    ("activation", "Activation"),
    ("conv2d_1", "Conv2D"),
    ("activation_1", "Activation"),
    ("dense", "Dense"),
)


def sample(epoch: int, step: int, dies: bool = False, **of_dense: float) -> LayerStatistics:
    """How the layers fare in a step; with `dies` ever less comes to the first ones."""
    told = []
    for depth, (name, kind) in enumerate(LAYERS):
        lost = 10.0 ** (-step * (4 - depth) / 200) if dies else 1.0
        values: dict[str, Any] = {}
        if kind == "Activation":
            values["dead"] = 1 - lost if dies else 0.05
        else:
            wave = 1.5 + math.sin(step / 9 + depth)
            values["gradient"] = wave * lost
            values["weight"] = 2.0 + depth
            values["update_ratio"] = 1e-3 * wave * lost
        if name == "dense":
            values["saturated"] = 0.9
            values.update(of_dense)
        told.append(LayerValues(name=name, kind=kind, **values))
    return LayerStatistics(time=1_000.0 + step * 0.15, epoch=epoch, step=step, layers=tuple(told))


def script(until: int, dies: bool = False, every: int = 10) -> Iterator[Event]:
    """A run up to the epoch `until` whose layers are sampled every so many steps."""
    for event in events(started(), until):
        yield event
        if isinstance(event, BatchEnded) and event.step % every == 0:
            yield sample(event.epoch, event.step, dies)


def history(until: int, dies: bool = False, end: bool = False) -> RunHistory:
    """Such a run folded."""
    folded = RunHistory()
    for event in script(until, dies):
        folded.add(event)
    if end:
        folded.add(finished(until, until))
    return folded
