"""Run folders on disk, written as a worker would, for lists and comparisons."""

from __future__ import annotations

from pathlib import Path

from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.spec.experiment import Experiment
from tests.gui.training import fake_run


def write(
    parent: Path, experiment: Experiment, until: int, end: bool = True, **settings: float | bool
) -> RunFolder:
    """A run of `experiment` up to the epoch `until`; without `end` it has no last word."""
    folder = RunFolder.create(parent, experiment)
    begin = fake_run.started(epochs=20)
    with EventLog(folder.events_file) as log:
        for event in fake_run.events(begin, until, **settings):  # type: ignore[arg-type]
            log.write(event)
        if end:
            log.write(fake_run.finished(until, until))
    return folder
