"""The thread that owns one job: it starts the child, follows its file, and hears every end."""

import threading
import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.gui.run.replay import replay
from cnnstudio.runs.events import RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.worker.control import OUTLIVE, send
from cnnstudio.worker.follow import PATIENCE, follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

STACK_BYTES = 16 * 1024 * 1024
"""macOS gives threads 512 KB, too little for deep Python calls."""


REACHABLE = 5.0
"""Seconds within which a child that has just got its request listens to commands."""


class WorkerThread(QThread):
    """Owns one job from its request to its end; the work itself happens in the child process.

    `experiment` is written into the run's folder first; None: it is there already. Never destroy
    the thread while it runs: `stop`, wait, `kill`, wait.
    """

    events = Signal(object)
    """A tuple of events, in order, at most twenty times a second; the last one of all is a
    `RunFinished`, the child's own or one in its place."""
    caught_up = Signal(object)
    """The `Replay` of what a run that goes on had said before."""

    def __init__(
        self,
        engine: Engine,
        request: Request,
        experiment: Experiment | None = None,
        patience: float = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{request.job} {request.run.name}")
        self.setStackSize(STACK_BYTES)
        self.request = request
        self.engine = engine
        self._experiment = experiment
        self._patience = patience
        self._left = threading.Event()

    @property
    def pid(self) -> int:
        """The child's process id, 0 before it has started."""
        return self.engine.pid

    def run(self) -> None:
        """Follows the job; called by Qt on the new thread."""
        try:
            if self._experiment is not None:
                RunFolder(self.request.run).keep(self._experiment)
            if not self.engine.started:
                self.engine.start()
            if self.request.resume:
                self.caught_up.emit(replay(self.request.run))
            for events in follow(self.engine, self.request, self._patience, self._left.is_set):
                self.events.emit(events)
        except Exception as error:
            sentence = (
                error.sentence
                if isinstance(error, UserError)
                else f"The training process could not be followed: {error}"
            )
            last = RunFinished(reason="errored", sentence=sentence, details=traceback.format_exc())
            self.engine.kill()
            self.events.emit((last,))

    def stop(self) -> None:
        """Asks the job to stop and keep what it has; returns at once."""
        self.engine.stop()

    def pause(self) -> None:
        """Asks the job to hold where it is; returns at once."""
        self.engine.pause()

    def go_on(self) -> None:
        """Asks the held job to go on; returns at once."""
        self.engine.resume()

    def extend(self, epochs: int) -> None:
        """Asks for so many more epochs; returns at once."""
        self.engine.extend(epochs)

    def leave(self) -> bool:
        """Lets the job go on without this program and ends the thread; waits for both.

        False when the job cannot be reached; it is owned as before then.
        """
        ends = time.monotonic() + REACHABLE
        while send(self.request.folder, OUTLIVE) != "ok":
            if self.isFinished() or time.monotonic() > ends:
                return False
            time.sleep(0.02)
        self._left.set()
        self.wait()
        return True

    def kill(self) -> None:
        """Ends the child at once; the thread then ends by itself."""
        self.engine.kill()
