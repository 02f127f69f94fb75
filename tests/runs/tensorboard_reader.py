"""What TensorBoard shows of a folder, asked of its own reader."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

EVERY = {"scalars": 0, "tensors": 0}
Curves = dict[str, dict[str, tuple[Any, Any]]]


def curves(folder: Path) -> Curves:
    """By run and tag the steps and values."""
    _without_tensorflow()
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer

    every = EventMultiplexer(size_guidance=EVERY).AddRunsFromDirectory(str(folder)).Reload()
    found: Curves = {}
    for run, kinds in every.Runs().items():
        for tag in kinds["scalars"]:
            points = every.Scalars(run, tag)
            found.setdefault(run, {})[tag] = ([p.step for p in points], [p.value for p in points])
    return found


def accumulator(folder: Path) -> Any:
    """The reader of one run."""
    _without_tensorflow()
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder), size_guidance=EVERY).Reload()


def _without_tensorflow() -> None:
    """TensorBoard's own switch: it reads in Python, and spares seconds of importing."""
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("notf"))
