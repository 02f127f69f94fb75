"""What the window knows about runs: the one that is shown, and the one that goes on."""

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.gui.run.replay import Replay
from cnnstudio.runs.events import Event, ExportFinished, PhaseChanged, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.runs.verdict import Verdict, verdict
from cnnstudio.spec.experiment import Experiment

SHORTEST = 0.2
"""Seconds between two updates: three plots at 30 Hz cost a third of the training's pace."""
LONGEST = 2.0
SHARE = 0.02
"""The part of a core that updating and painting may take before updates become rarer."""


@dataclass(slots=True)
class RunView:
    """One run as the window knows it, live or replayed; its `experiment` as soon as it is read."""

    folder: RunFolder | None
    experiment: Experiment | None = None
    history: RunHistory = field(default_factory=RunHistory)
    probes: ProbeHistory = field(default_factory=ProbeHistory)
    exported: ExportFinished | None = None
    export_phase: PhaseChanged | None = None
    export_finished: RunFinished | None = None

    def add(self, job: str, event: Event) -> None:
        """Takes in an event of one of the run's jobs."""
        match job, event:
            case "train", _:
                self.history.add(event)
            case "diagnose", _:
                self.probes.add(event)
            case _, ExportFinished():
                self.exported = event
            case _, PhaseChanged():
                self.export_phase = event
            case _, RunFinished():
                self.export_finished = event
            case _:
                pass


class RunStore(QObject):
    """Holds the shown run, live or replayed.

    The running job goes on being taken in while another run is shown.
    """

    updated = Signal()
    """Something new is known; at most five times a second, less often when drawing is slow."""
    shown_changed = Signal(object)
    """Another run is shown: its `RunFolder`."""
    finished = Signal(str, object)
    """A job had its last word: the job and its `RunFinished`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown = RunView(None)
        """The shown run; its folder is None before the first."""
        self._live = self.shown
        self._told = 0.0
        self._interval = SHORTEST
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._begun = 0.0
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.timeout.connect(self._charge)

    @property
    def live(self) -> RunView:
        """The run of the present or last job, whether it is shown or not."""
        return self._live

    @property
    def folder(self) -> RunFolder | None:
        """The shown run's folder, None before the first."""
        return self.shown.folder

    @property
    def history(self) -> RunHistory:
        """The shown run's training."""
        return self.shown.history

    @property
    def probes(self) -> ProbeHistory:
        """The shown run's diagnosis."""
        return self.shown.probes

    def begin(self, folder: RunFolder, job: str, experiment: Experiment | None = None) -> None:
        """A job begins and its run is shown: a new one, or what is known of it already.

        `experiment` is what it trains, where that is known at once.
        """
        if job == "train" or folder != self._live.folder:
            same = job != "train" and folder == self.shown.folder
            self._live = self.shown if same else RunView(folder, experiment)
        if job == "export":
            self._live.export_phase = self._live.export_finished = None
        self._become(self._live)

    def catch_up(self, replay: Replay) -> None:
        """Takes in what the run of the present job had said before, all at once."""
        live = self._live
        if live.folder == replay.folder:
            live.history, live.probes = replay.history, replay.probes
            live.exported, live.experiment = replay.exported, replay.experiment
            if live is self.shown:
                self._tell()

    def take(self, job: str, events: tuple[Event, ...]) -> None:
        """Takes in what the running job says."""
        for event in events:
            self._live.add(job, event)
        if self._live is self.shown:
            self._soon()
        for event in events:
            if isinstance(event, RunFinished):
                # The last word is drawn at once, before anybody acts on it.
                self._tell()
                self.finished.emit(job, event)

    def show(self, replay: Replay) -> None:
        """Shows a reopened run instead; the one that is running stays live."""
        if replay.folder == self._live.folder:
            self._become(self._live)
        else:
            view = RunView(replay.folder, replay.experiment, replay.history, replay.probes)
            view.exported = replay.exported
            self._become(view)

    def clear(self) -> None:
        """Shows no run, as before the first one; the one that is running stays live."""
        if self.shown.folder is not None:
            self.shown = RunView(None)
            self._tell()

    def verdict(self) -> Verdict:
        """One sentence about the shown run."""
        return verdict(self.history)

    def _become(self, view: RunView) -> None:
        assert view.folder is not None
        changed = view is not self.shown
        self.shown = view
        if changed:
            self.shown_changed.emit(view.folder)
        self._tell()

    def _soon(self) -> None:
        if self._timer.isActive():
            return
        rest = self._interval - (time.monotonic() - self._told)
        if rest <= 0:
            self._tell()
        else:
            self._timer.start(int(1000 * rest) + 1)

    def _tell(self) -> None:
        self._timer.stop()
        self._begun = time.thread_time()
        self.updated.emit()
        self._told = time.monotonic()
        # What was changed is laid out and painted before the loop has nothing else to do.
        self._painted.start()

    def _charge(self) -> None:
        spent = time.thread_time() - self._begun
        self._interval = min(max(spent / SHARE, SHORTEST), LONGEST)
