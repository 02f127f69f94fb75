"""Both ends of the local socket through which a running job takes commands."""

import contextlib
import functools
import os
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from pathlib import Path
from types import TracebackType
from typing import Self

from cnnstudio.runs.control_file import ControlFile, is_alive, is_listening
from cnnstudio.runs.orders import Orders

STOP = "stop"
PAUSE = "pause"
RESUME = "resume"
EXTEND = "extend"
"""Followed by a space and a number of epochs."""
OUTLIVE = "outlive"
"""Go on when the window is gone."""
MOST_EPOCHS = 1_000_000
LONGEST_ADDRESS = 100
"""Bytes a Unix socket's path may have everywhere (macOS allows 103)."""

_PREFIX = "cnns-"


class Serving:
    """The job's end: listens from its making until `close`.

    `commands` are called by name on a thread of their own, then the caller gets the reply "ok"
    (before that on a stop, which may end the process). `counted` are those with a whole number
    from 1 behind their name ("extend 10"). What is none of these is answered "unknown". The
    address and the key are written to `control.json` in `folder`, readable by this user alone.
    Raises `UserError` when that file cannot be written. Whoever runs a job outside of a worker
    process (the terminal) serves the run folder too, so that its run is listed as running and can
    be stopped from elsewhere.
    """

    def __init__(
        self,
        folder: Path,
        commands: Mapping[str, Callable[[], None]],
        counted: Mapping[str, Callable[[int], None]] | None = None,
    ) -> None:
        self._folder = folder
        self._commands = dict(commands)
        self._counted = dict(counted or {})
        self._closed = False
        self._place: Path | None = None
        key = secrets.token_bytes(32)
        if sys.platform == "win32":
            address, family = rf"\\.\pipe\cnnstudio-{secrets.token_hex(16)}", "AF_PIPE"
        else:
            self._place = _short_folder()
            address, family = str(self._place / "s"), "AF_UNIX"
        self._listener = Listener(address, family, backlog=8, authkey=key)
        self._file = ControlFile(os.getpid(), address, key)
        before = ControlFile.read(folder)
        if before is not None and not is_alive(folder):
            # Killed together with whoever would have tidied up after it.
            tidy(folder, before.pid)
        try:
            self._file.write(folder)
        except BaseException:
            self._release()
            raise
        threading.Thread(target=self._serve, name="control", daemon=True).start()

    def close(self) -> None:
        """Stops listening and removes `control.json`; closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._file.remove(self._folder)
            # Closing alone does not wake the thread that waits for callers; a look from us does.
            is_listening(self._file.address)
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _release(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.close()
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)

    def _serve(self) -> None:
        while not self._closed:
            stop = None
            try:
                with self._listener.accept() as caller:
                    if caller.poll(1.0):
                        # Bytes, not objects: nothing that comes in is ever unpickled.
                        name = caller.recv_bytes(4096).decode("utf-8", "replace")
                        act = self._found(name)
                        if name == STOP:
                            stop = act
                        elif act is not None:
                            act()
                        caller.send_bytes(b"unknown" if act is None else b"ok")
            except (OSError, EOFError, AuthenticationError):
                # Somebody only looked whether we live, or the caller went away.
                pass
            if stop is not None:
                stop()

    def _found(self, command: str) -> Callable[[], None] | None:
        """What a command asks for; None when that is unknown here."""
        name, _, number = command.partition(" ")
        counted = self._counted.get(name)
        if counted is None:
            return self._commands.get(command)
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        epochs = int(number)
        return functools.partial(counted, epochs) if 1 <= epochs <= MOST_EPOCHS else None


def steering(orders: Orders) -> dict[str, Callable[[], None]]:
    """The commands without a number that a training run understands."""
    return {STOP: orders.stop, PAUSE: orders.pause, RESUME: orders.resume}


def send(folder: Path, command: str, timeout: float = 5.0) -> str | None:
    """Sends a command to the job at work in `folder`; its reply, or None when nobody answers.

    May block longer than `timeout` seconds when the job's process is itself blocked: call it from
    a thread that may wait.
    """
    control = ControlFile.read(folder)
    if control is None:
        return None
    try:
        with Client(control.address, authkey=control.key) as job:
            job.send_bytes(command.encode())
            return job.recv_bytes(4096).decode() if job.poll(timeout) else None
    except (OSError, EOFError, AuthenticationError):
        return None


def tidy(folder: Path, pid: int) -> None:
    """Removes what a killed worker with this process id could not remove itself."""
    control = ControlFile.read(folder)
    if control is not None and control.pid == pid:
        control.remove(folder)
        place = Path(control.address).parent
        # The file may come from anywhere; what is removed is one of ours.
        ours = place.parent in (Path(tempfile.gettempdir()), Path("/tmp"))
        if ours and place.name.startswith(_PREFIX):
            shutil.rmtree(place, ignore_errors=True)


def _short_folder() -> Path:
    """A private folder whose path leaves room for a socket's name."""
    place = tempfile.mkdtemp(prefix=_PREFIX)
    if len(os.fsencode(place)) > LONGEST_ADDRESS - 2:
        Path(place).rmdir()
        place = tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp")
    return Path(place)
