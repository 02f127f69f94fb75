"""Starts and stops jobs, one at a time, and keeps an engine warm for the next one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.gui.run.following import FollowingThread
from cnnstudio.gui.run.replay import Replay, ReplayThread
from cnnstudio.gui.run.worker_thread import WorkerThread
from cnnstudio.runs.events import Event, Paused, Resumed
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
    """What the controller does now; `job` and `folder` are None while it is idle.

    `elsewhere`: the job belongs to another process, and is only followed here.
    """

    state: Literal["idle", "running", "pausing", "paused", "stopping"] = "idle"
    job: Job | None = None
    folder: RunFolder | None = None
    elsewhere: bool = False

    @property
    def busy(self) -> str:
        """Why no other job can start now, as a sentence; empty when one can."""
        if self.job is None or self.folder is None:
            return ""
        if self.state == "paused":
            return f"{self.folder.name} is paused."
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
    caught_up = Signal(object)
    """The `Replay` of what the run of the job that has just started had said before."""
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
        self._thread: WorkerThread | FollowingThread | None = None
        self._training: Experiment | None = None
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

    @property
    def training(self) -> Experiment | None:
        """The experiment that is being trained, or was the last one; None before it is known."""
        return self._training

    @property
    def pid(self) -> int:
        """The process that does the job; 0 without one."""
        return self._thread.pid if self._thread is not None else 0

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

        Raises `UserError` when a job is running or the folder cannot be made. The experiment is
        written on the thread that owns the run.
        """
        self._must_be_idle()
        folder = RunFolder.claim(home, experiment.name)
        self._training = experiment
        request = Request("train", folder.path, folder.events_file)
        self._begin("train", folder, request, experiment)
        return folder

    def take_up(self, folder: RunFolder, epochs: int | None = None) -> None:
        """Goes on with a run that ended, to `epochs` in all (None: as many as it was to have).

        Raises `UserError` when a job is running. `caught_up` tells what it had said before.
        """
        self._must_be_idle()
        # Its experiment is read on the thread that owns the run: the window need not wait.
        self._training = None
        request = Request("train", folder.path, folder.events_file, resume=True, epochs=epochs)
        self._begin("train", folder, request)

    def follow(self, folder: RunFolder) -> None:
        """Shows a training run that another process owns as it goes, and steers it.

        Nothing happens while a job is running here.
        """
        if self._shut or self._activity.busy:
            return
        self._training = None
        # No parent: Qt must never destroy a running thread along with this object.
        self._run("train", folder, FollowingThread(folder), elsewhere=True)

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
        """Asks the job to stop and keep what it has; nothing happens without one."""
        if self._thread is not None and self._activity.state != "stopping":
            self._thread.stop()
            self._become(replace(self._activity, state="stopping"))

    def pause(self) -> None:
        """Asks the training to hold; the state is "paused" as soon as it does."""
        activity = self._activity
        if self._thread is not None and (activity.job, activity.state) == ("train", "running"):
            self._thread.pause()
            self._become(replace(activity, state="pausing"))

    def go_on(self) -> None:
        """Lets a paused training go on."""
        if self._thread is not None and self._activity.state in ("pausing", "paused"):
            self._thread.go_on()
            self._become(replace(self._activity, state="running"))

    def extend(self, epochs: int) -> None:
        """Adds so many epochs to the training that goes on."""
        if self._thread is not None and self._activity.job == "train":
            self._thread.extend(epochs)

    def reopen(self, path: Path) -> None:
        """Reads a run folder in the background; `replayed` or `failed` follows."""
        self._replay(path, beside=False)

    def compare(self, path: Path) -> None:
        """Reads a run folder to show it beside; `compared` or `failed` follows."""
        self._replay(path, beside=True)

    def shutdown(self, patience: float | None = None, keep: bool = False) -> None:
        """Ends everything: asks the job to stop, waits `patience` seconds, then kills it.

        With `keep`, a training goes on without the window. Returns when no thread, and otherwise
        no child, is left; afterwards nothing can be started. A run that another process owns is
        left to it; when it was asked to stop, that is waited for.
        """
        self._shut = True
        self._rest.stop()
        warm, self._warm = self._warm, None
        if warm is not None:
            # It holds nothing that could be lost.
            warm.kill()
        thread = self._thread
        wait = int(1000 * (self._patience if patience is None else patience))
        if isinstance(thread, FollowingThread):
            if self._activity.state != "stopping" or not thread.wait(wait):
                thread.leave()
                thread.wait()
        elif thread is not None and not (keep and thread.leave()):
            thread.stop()
            if not thread.wait(wait):
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

    def _begin(
        self, job: Job, folder: RunFolder, request: Request, experiment: Experiment | None = None
    ) -> None:
        self._rest.stop()
        warm, self._warm = self._warm, None
        engine = warm if warm is not None and not warm.ended else Engine(self._command)
        # No parent: Qt must never destroy a running thread along with this object.
        self._run(job, folder, WorkerThread(engine, request, experiment, self._patience))

    def _run(
        self,
        job: Job,
        folder: RunFolder,
        thread: WorkerThread | FollowingThread,
        elsewhere: bool = False,
    ) -> None:
        thread.caught_up.connect(self._catch_up)
        thread.events.connect(self._pass_on)
        thread.finished.connect(self._finish)
        self._thread = thread
        self._last = None
        self.job_started.emit(folder, job)
        self._become(Activity("running", job, folder, elsewhere))
        thread.start()

    def _catch_up(self, replay: Replay) -> None:
        self._training = replay.experiment
        self.caught_up.emit(replay)
        if self._activity.elsewhere and replay.history.state == "paused":
            self._become(replace(self._activity, state="paused"))

    def _pass_on(self, events: tuple[Event, ...]) -> None:
        self._last = events[-1]
        self.events.emit(self._activity.job, events)
        for event in events:
            if self._activity.state == "stopping":
                break
            if isinstance(event, Paused):
                self._become(replace(self._activity, state="paused"))
            elif isinstance(event, Resumed):
                self._become(replace(self._activity, state="running"))

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
