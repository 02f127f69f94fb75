"""Follows a run that another process owns: the terminal, another window, or an earlier start."""

from __future__ import annotations

import threading
import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.gui.run.replay import replay_events
from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.events import Event, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import Follower
from cnnstudio.spec.errors import UserError
from cnnstudio.worker.control import send

PACE = 0.1
"""Seconds between two looks at the file."""
PULSE = 1.0
"""Seconds between two looks whether anybody is still at work."""


class FollowingThread(QThread):
    """Tells what a live run has said so far, and then all that it says, until it has ended.

    Commands reach the run through its control socket. `leave` ends the thread, never the run.
    """

    caught_up = Signal(object)
    """The `Replay` of all that was said before."""
    events = Signal(object)
    """A tuple of events, in order."""

    def __init__(self, folder: RunFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"follow {folder.name}")
        self._folder = folder
        self._left = threading.Event()
        control = ControlFile.read(folder.path)
        self.pid = control.pid if control is not None else 0
        """The process that owns the run, 0 when it is gone."""

    def run(self) -> None:
        """Follows the file; called by Qt on the new thread."""
        try:
            self._follow()
        except Exception as error:
            sentence = (
                error.sentence
                if isinstance(error, UserError)
                else f"The run {self._folder.name} could not be followed: {error}"
            )
            last = RunFinished(reason="errored", sentence=sentence, details=traceback.format_exc())
            self.events.emit((last,))

    def stop(self) -> None:
        """Asks the run to stop and keep what it has; returns at once."""
        self._command("stop")

    def pause(self) -> None:
        """Asks the run to pause; returns at once."""
        self._command("pause")

    def go_on(self) -> None:
        """Asks the paused run to go on; returns at once."""
        self._command("resume")

    def extend(self, epochs: int) -> None:
        """Asks for so many more epochs; returns at once."""
        self._command(f"extend {epochs}")

    def leave(self) -> None:
        """Ends the thread soon; the run goes on."""
        self._left.set()

    def _follow(self) -> None:
        follower = Follower(self._folder.events_file)
        # The order matters: what was written before the end is there after the end was seen.
        alive = is_alive(self._folder.path)
        looked = time.monotonic()
        known = follower.new()
        last: Event | None = known[-1] if known else None
        self.caught_up.emit(replay_events(self._folder, known, alive))
        while alive and not self._left.wait(PACE):
            now = time.monotonic()
            if now - looked >= PULSE or isinstance(last, RunFinished):
                alive, looked = is_alive(self._folder.path), now
            if events := tuple(follower.new()):
                last = events[-1]
                self.events.emit(events)
        if not self._left.is_set() and not isinstance(last, RunFinished):
            sentence = f"{self._folder.name} ended without a last word. What was saved is kept."
            self.events.emit((RunFinished(reason="errored", sentence=sentence),))

    def _command(self, command: str) -> None:
        folder = self._folder.path
        # Somebody within native code answers late, or never; nobody waits for it here.
        threading.Thread(target=send, args=(folder, command), name=command, daemon=True).start()
