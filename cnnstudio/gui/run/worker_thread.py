"""The thread that owns one job: it starts the child, follows its file, and hears every end."""

import traceback

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.runs.events import RunFinished
from cnnstudio.spec.errors import UserError
from cnnstudio.worker.follow import PATIENCE, follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

STACK_BYTES = 16 * 1024 * 1024
"""macOS gives threads 512 KB, too little for deep Python calls."""


class WorkerThread(QThread):
    """Owns one job from its request to its end; the work itself happens in the child process.

    Never destroy it while it runs: `stop`, wait, `kill`, wait.
    """

    events = Signal(object)
    """A tuple of events, in order, at most twenty times a second."""
    ended = Signal(object)
    """The `RunFinished` of the job, the child's own or one in its place; the child is gone."""

    def __init__(
        self,
        engine: Engine,
        request: Request,
        patience: float = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{request.job} {request.run.name}")
        self.setStackSize(STACK_BYTES)
        self.request = request
        self.engine = engine
        self._patience = patience

    def run(self) -> None:
        """Follows the job; called by Qt on the new thread."""
        last: RunFinished | None = None
        try:
            if not self.engine.started:
                self.engine.start()
            for events in follow(self.engine, self.request, self._patience):
                if isinstance(events[-1], RunFinished):
                    last = events[-1]
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
        self.ended.emit(last)

    def stop(self) -> None:
        """Asks the job to stop and keep what it has; returns at once."""
        self.engine.stop()

    def kill(self) -> None:
        """Ends the child at once; the thread then ends by itself."""
        self.engine.kill()
