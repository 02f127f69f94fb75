"""Starts and stops jobs, one at a time, and keeps an engine warm for the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.gui.run.replay import ReplayThread
from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.events import Event
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.follow import PATIENCE
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

Job = Literal["train", "diagnose", "export"]

_DOING: dict[Job, str] = {
    "train": "is being trained",
    "diagnose": "is being examined",
    "export": "is being exported",
}

REST = 1000
"""Milliseconds between the end of a job and the start of the next warm engine."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What the controller does now; `job` and `folder` are None while it is idle."""

    state: Literal["idle", "running", "stopping"] = "idle"
    job: Job | None = None
    folder: RunFolder | None = None

    @property
    def busy(self) -> str:
        """Why no other job can start now, as a sentence; empty when one can."""
        if self.job is None or self.folder is None:
            return ""
        ending = "; it is being stopped" if self.state == "stopping" else ""
        return f"{self.folder.name} {_DOING[self.job]}{ending}."


class RunController(QObject):
    """The one who runs jobs. Every method returns at once, except `shutdown`."""

    state_changed = Signal(object)
    """The new `Activity`."""
    job_started = Signal(object, str)
    """The `RunFolder` and the job."""
    events = Signal(str, object)
    """The job and a tuple of its events."""
    job_ended = Signal(str, object)
    """The job and its `RunFinished`; the controller is idle again."""
    replayed = Signal(object)
    """The `Replay` of a reopened run, to be shown."""
    compared = Signal(object)
    """The `Replay` of another run, to be shown beside."""
    failed = Signal(object)
    """The `UserError` of a reopening."""

    def __init__(
        self,
        command: Sequence[str] | None = None,
        patience: float = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        """`command` starts a worker (None: this program's own); `patience` is in seconds."""
        super().__init__(parent)
        self._command = command
        self._patience = patience
        self._activity = Activity()
        self._thread: WorkerThread | None = None
        self._warm: Engine | None = None
        self._replays: set[ReplayThread] = set()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.warm)
        self._shut = False
        self._last: Event | None = None

    @property
    def activity(self) -> Activity:
        """What is going on."""
        return self._activity

    def warm(self) -> None:
        """Starts an engine for the next job, so that it begins at once; never two."""
        if self._shut or self._thread is not None:
            return
        if self._warm is None or self._warm.ended:
            engine = Engine(self._command)
            try:
                engine.start()
            except OSError:
                # The job that needs it will say so; nothing is wrong as long as none does.
                return
            self._warm = engine

    def start(self, experiment: Experiment, home: Path) -> RunFolder:
        """Trains `experiment` in a new run folder in `home`.

        Raises `UserError` when a job is running or the folder cannot be written.
        """
        self._must_be_idle()
        folder = RunFolder.create(home, experiment)
        request = Request("train", folder.path, folder.events_file)
        self._begin("train", folder, request)
        return folder

    def diagnose(self, folder: RunFolder, budget_seconds: float | None = None) -> None:
        """Lets the doctor try its forks on a run; raises `UserError` when a job is running."""
        self._must_be_idle()
        events = folder.diagnosis / "events.jsonl"
        request = Request("diagnose", folder.path, events, budget_seconds=budget_seconds)
        self._begin("diagnose", folder, request)

    def export(self, folder: RunFolder, format: str, out: Path) -> None:
        """Exports a run's model to `out` and checks it; raises `UserError` when a job runs."""
        self._must_be_idle()
        events = folder.export / "events.jsonl"
        request = Request("export", folder.path, events, format=format, out=out)
        self._begin("export", folder, request)

    def stop(self) -> None:
        """Asks the running job to stop and keep what it has; nothing happens without one."""
        if self._thread is not None and self._activity.state == "running":
            self._thread.stop()
            self._become(Activity("stopping", self._activity.job, self._activity.folder))

    def reopen(self, path: Path) -> None:
        """Reads a run folder in the background; `replayed` or `failed` follows."""
        self._replay(path, beside=False)

    def compare(self, path: Path) -> None:
        """Reads a run folder to show it beside; `compared` or `failed` follows."""
        self._replay(path, beside=True)

    def shutdown(self, patience: float | None = None) -> None:
        """Ends everything: asks the job to stop, waits `patience` seconds, then kills it.

        Returns when no thread and no child is left; afterwards nothing can be started.
        """
        self._shut = True
        self._rest.stop()
        warm, self._warm = self._warm, None
        if warm is not None:
            # It holds nothing that could be lost.
            warm.kill()
        thread = self._thread
        if thread is not None:
            thread.stop()
            wait = self._patience if patience is None else patience
            if not thread.wait(int(1000 * wait)):
                thread.kill()
                thread.wait()
        for replaying in self._replays:
            replaying.wait()
        if warm is not None:
            warm.wait(5.0)

    def _must_be_idle(self) -> None:
        if self._shut:
            raise UserError("The program is closing.")
        if self._activity.busy:
            raise UserError(f"{self._activity.busy} Stop it first, or wait until it is done.")

    def _begin(self, job: Job, folder: RunFolder, request: Request) -> None:
        self._rest.stop()
        warm, self._warm = self._warm, None
        engine = warm if warm is not None and not warm.ended else Engine(self._command)
        # No parent: Qt must never destroy a running thread along with this object.
        thread = WorkerThread(engine, request, self._patience)
        thread.events.connect(self._pass_on)
        thread.finished.connect(self._finish)
        self._thread = thread
        self._last = None
        self.job_started.emit(folder, job)
        self._become(Activity("running", job, folder))
        thread.start()

    def _pass_on(self, events: tuple[Event, ...]) -> None:
        self._last = events[-1]
        self.events.emit(self._activity.job, events)

    def _finish(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.wait()
        thread.deleteLater()
        job = self._activity.job
        self._become(Activity())
        self.job_ended.emit(job, self._last)
        if not self._shut:
            self._rest.start()

    def _become(self, activity: Activity) -> None:
        self._activity = activity
        self.state_changed.emit(activity)

    def _replay(self, path: Path, beside: bool) -> None:
        thread = ReplayThread(path)
        thread.replayed.connect(self.compared if beside else self.replayed)
        thread.failed.connect(self.failed)
        self._replays.add(thread)

        thread.finished.connect(self._forget)
        thread.start()

    def _forget(self) -> None:
        for thread in [thread for thread in self._replays if thread.isFinished()]:
            thread.wait()
            self._replays.discard(thread)
