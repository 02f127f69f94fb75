"""The measurement of training speed in a child process of its own; no run is touched by it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import Signal

from cnnstudio.gui.run.side_job import SideJob
from cnnstudio.runs.events import Event, SpeedMeasured
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.request import Request


class SpeedMeasuring(SideJob):
    """Measures one experiment at a time; `measured` carries the `SpeedMeasured`."""

    measured = Signal(object)

    def start(self, experiment: Experiment) -> None:
        """Measure; nothing happens while another measurement is under way.

        Raises `UserError` when the folder of the job cannot be written.
        """
        if self.busy:
            return
        home = Path(tempfile.mkdtemp(prefix="cnnstudio-"))
        folder = RunFolder.claim(home, experiment.name)
        self._begin(Request("measure", folder.path, folder.events_file), home, experiment)

    def _hear(self, event: Event) -> None:
        if isinstance(event, SpeedMeasured):
            self.measured.emit(event)
