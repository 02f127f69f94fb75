"""The main of the child process: import, take one request, do it, have the last word, end."""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import NoReturn

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import NOBODY_LEFT, Event, Paused, PhaseChanged, RunFinished, dump
from cnnstudio.runs.log import EventLog
from cnnstudio.runs.orders import Orders
from cnnstudio.runs.writing import FOLDER_REFUSED, plainly, write_whole
from cnnstudio.spec.errors import UserError
from cnnstudio.worker import doorbell
from cnnstudio.worker.control import EXTEND, OUTLIVE, STOP, Serving, steering
from cnnstudio.worker.jobs import Job
from cnnstudio.worker.request import Request

NICENESS = 10
"""The window's longest gap falls from 26 to 19 ms when its worker steps back this far."""

TRACING_SECONDS = 2.0
"""How long after a stop native code may still prepare the first step, which nothing interrupts."""

ORPHAN_SECONDS = 60.0
"""How long a worker without a parent may take to keep what it has."""


def main(load: Callable[[], Mapping[str, Job]]) -> NoReturn:
    """Runs the child: `load` does the slow imports and returns the jobs by name.

    Never returns: it leaves the process without Python's finalization, in which native libraries
    like to hang or crash after all is said and kept.
    """
    desk = _Desk(doorbell.Doorbell())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    faulthandler.enable()
    # Ctrl+C in a terminal reaches the whole group; the window decides what becomes of its worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: desk.stop())
    threading.Thread(target=desk.attend, name="requests", daemon=True).start()
    jobs: Mapping[str, Job] = {}
    failure: RunFinished | None = None
    try:
        jobs = load()
    except BaseException as error:
        traceback.print_exc()
        failure = RunFinished(
            reason="errored",
            sentence=f"The training engine could not start: {type(error).__name__}: {error}",
            details=traceback.format_exc(),
        )
    desk.loaded()
    request = desk.begin()
    desk.finish(failure or _do(request, jobs, desk))


def _do(request: Request, jobs: Mapping[str, Job], desk: "_Desk") -> RunFinished:
    job = jobs.get(request.job)
    if job is None:
        return RunFinished(reason="errored", sentence=f"There is no job named {request.job!r}.")
    try:
        return job(request, desk.emit, desk.orders)
    except Stopped:
        return RunFinished(reason="canceled", sentence="Stopped.")
    except UserError as error:
        return RunFinished(reason="errored", sentence=error.sentence, details=error.details)
    except MemoryError:
        traceback.print_exc()
        return RunFinished(
            reason="errored",
            sentence="There is not enough memory. Lower the batch size or the image size.",
            details=traceback.format_exc(),
        )
    except BaseException as error:
        traceback.print_exc()
        return RunFinished(
            reason="errored",
            sentence=f"An unexpected error ended the job: {type(error).__name__}: {error}",
            details=traceback.format_exc(),
        )


class _Desk:
    """Where the outside is dealt with while the main thread imports and works."""

    def __init__(self, bell: doorbell.Doorbell) -> None:
        self.bell = bell
        # Reentrant: SIGTERM's handler runs on the main thread, wherever that is.
        self._lock = threading.RLock()
        self._arrived = threading.Event()
        self.orders = Orders()
        self._outlives = False
        self._tracing = False
        self._left_alone = False
        self._loaded = False
        self._working = False
        self._request: Request | None = None
        self._log: EventLog | None = None
        self._serving: Serving | None = None
        self._finished = False

    def attend(self) -> None:
        """Reads the request, then waits for the end of standard input: the parent's death."""
        source = sys.stdin.buffer
        line = source.readline()
        if not line.strip():
            os._exit(0)
        try:
            self._open(Request.parse(line))
        except UserError as error:
            self.bell.say(doorbell.LAST, error.sentence)
            os._exit(1)
        except Exception as error:
            # On this thread nobody else would hear of it, and the parent would wait for ever.
            traceback.print_exc()
            self.bell.say(doorbell.LAST, f"The work could not begin: {error}")
            os._exit(2)
        while source.readline():
            pass
        if self._outlives:
            return
        self._orphaned()

    def _orphaned(self) -> None:
        """Stops the job because nobody is left who follows it, and sees to it that it ends."""
        # Works even while native code holds the interpreter.
        faulthandler.dump_traceback_later(ORPHAN_SECONDS, exit=True)
        self._left_alone = True
        self.stop()

    def _open(self, request: Request) -> None:
        if is_alive(request.folder):
            # Two who write one file of events and one row of checkpoints would ruin both.
            raise UserError("Somebody is at work on this run already.", str(request.folder))
        with self._lock:
            what = "The set could not be kept" if request.dataset else FOLDER_REFUSED
            with plainly(request.folder, what):
                request.folder.mkdir(parents=True, exist_ok=True)
            with plainly(request.log), request.log.open("ab") as log:
                os.dup2(log.fileno(), 2)
                os.dup2(2, 1)
            write_whole(request.folder / "request.json", request.line() + "\n")
            self._log = EventLog(request.events, self.bell.ring)
            self._serving = self._serve(request)
            self._request = request
            if request.outlive:
                self.outlive()
            self.bell.say(doorbell.OPEN)
            if not self._loaded:
                self._log.write(PhaseChanged(phase="importing"))
        self._arrived.set()

    def _serve(self, request: Request) -> Serving:
        commands = {STOP: self.stop, OUTLIVE: self.outlive}
        if request.job != "train":
            return Serving(request.folder, commands)
        commands = {**steering(self.orders), **commands}
        return Serving(request.folder, commands, {EXTEND: self.orders.extend})

    def loaded(self) -> None:
        """Notes and says that everything slow is imported."""
        self._loaded = True
        self.bell.say(doorbell.READY)

    def stop(self) -> None:
        """Asks the job to stop; a job that has not begun ends here and now."""
        self.orders.stop()
        with self._lock:
            if self._request is None:
                os._exit(0)
            if not self._working:
                sentence = "Stopped before the work began."
                self.finish(RunFinished(reason="canceled", sentence=sentence))
        patience = threading.Timer(TRACING_SECONDS, self._leave_the_tracing)
        patience.daemon = True
        patience.start()

    def _leave_the_tracing(self) -> None:
        """Ends a job that is still about its first step: it has nothing that is not kept."""
        with self._lock:
            if self._tracing:
                sentence = "Stopped while the first step was being prepared; nothing is lost."
                self.finish(RunFinished(reason="canceled", sentence=sentence))

    def outlive(self) -> None:
        """Lets the job go on when its parent, or the terminal of that, is gone."""
        self._outlives = True
        if hasattr(os, "setsid"):
            with contextlib.suppress(OSError):
                # In a session of its own the end of a terminal does not reach it.
                os.setsid()

    def begin(self) -> Request:
        """Waits for the request; from here on the job itself sees to a stop."""
        self._arrived.wait()
        with self._lock:
            self._working = True
            assert self._request is not None
            return self._request

    def emit(self, event: Event) -> None:
        """Writes an event; raises `UserError` when the file cannot take it."""
        assert self._log is not None
        if self._left_alone and isinstance(event, RunFinished) and event.reason == "canceled":
            # Nobody asked for this end: the run is offered again at the next start.
            event = event.model_copy(update={"details": NOBODY_LEFT})
        try:
            self._log.write(event)
        except UserError:
            if isinstance(event, Paused):
                # On a disk that takes not even this, the pipe still tells why nothing happens.
                self.bell.say(doorbell.HELD, dump(event))
            raise
        self._tracing = isinstance(event, PhaseChanged) and event.phase == "tracing"
        self._finished = self._finished or isinstance(event, RunFinished)

    def finish(self, last: RunFinished) -> NoReturn:
        """Has the last word, tidies up and leaves the process."""
        with self._lock:
            code = 1 if last.reason == "errored" else 0
            try:
                if not self._finished:
                    self.emit(last)
                if self._log is not None:
                    self._log.close()
            except UserError as error:
                # Where even the file fails, the pipe still speaks.
                self.bell.say(doorbell.LAST, error.sentence)
                code = 1
            if self._serving is not None:
                self._serving.close()
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
