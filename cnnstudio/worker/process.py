"""The parent's side of a worker: one child process for one job, started before it is needed."""

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import IO

from cnnstudio.resources import child_environment
from cnnstudio.worker import doorbell
from cnnstudio.worker.control import EXTEND, PAUSE, RESUME, STOP, send
from cnnstudio.worker.request import Request


def command() -> tuple[str, ...]:
    """How this program starts its worker; a frozen program is its own interpreter."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--worker")
    # -P: a person's own random.py or keras.py in the current folder must not be imported.
    return (sys.executable, "-P", "-m", "cnnstudio.worker")


class Engine:
    """One child process: start it (it imports what is slow), submit one request, let it end.

    All methods return at once, except those with a timeout. Safe to use from several threads.
    """

    def __init__(self, words: Sequence[str] | None = None) -> None:
        self._words = tuple(words or command())
        self._process: subprocess.Popen[bytes] | None = None
        self._early: IO[bytes] | None = None
        self._request: Request | None = None
        self._changed = threading.Condition()
        self._rung = False
        self._ready = False
        self._open = False
        self._ended = False
        self._stop_wanted = False
        self._orders: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._held = ""
        self._log_begins = 0
        self._last = ""
        self._first_words = ""
        self.acknowledged = threading.Event()
        """Set when the job has answered a stop."""
        self.stopped_at: float | None = None
        """`time.monotonic()` of the first stop."""

    def start(self) -> None:
        """Starts the child; it imports what is slow and waits for its request.

        Raises `OSError` when the system cannot start it.
        """
        # Until the job's folder is known, the child's last words go to a nameless file.
        early = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=early,
                bufsize=0,
                env=child_environment(),
                creationflags=_quiet_flags(),
            )
        except BaseException:
            early.close()
            raise
        self._early = early
        threading.Thread(target=self._listen, name="doorbell", daemon=True).start()

    @property
    def started(self) -> bool:
        """Whether `start` was called."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The child's process id, 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def ready(self) -> bool:
        """Whether everything slow is imported."""
        return self._ready

    @property
    def ended(self) -> bool:
        """Whether the child is gone."""
        return self._ended

    @property
    def exit_code(self) -> int | None:
        """The child's exit code, negative for a signal; None while it runs."""
        return self._process.poll() if self._process else None

    def submit(self, request: Request) -> None:
        """Hands the child its one request; a child that is gone already says so by `ended`."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._request = request
        with contextlib.suppress(OSError):
            self._log_begins = request.log.stat().st_size
        # ValueError: it ended before, and its input is closed already.
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(request.line().encode("ascii") + b"\n")

    def stop(self) -> None:
        """Asks the job to stop and keep what it has; asking before it listens is remembered."""
        with self._changed:
            if self.stopped_at is None:
                self.stopped_at = time.monotonic()
            self._stop_wanted = True
            reachable = self._open
            self._changed.notify_all()
        if reachable:
            self._send_stop()

    def pause(self) -> None:
        """Asks the job to hold where it is; `Paused` tells when it does."""
        self._orders.put(PAUSE)

    def resume(self) -> None:
        """Asks a held job to go on; `Resumed` tells when it does."""
        self._orders.put(RESUME)

    def extend(self, epochs: int) -> None:
        """Asks for so many epochs (at least one) more; `Extended` tells the new total."""
        self._orders.put(f"{EXTEND} {epochs}")

    def kill(self) -> None:
        """Ends the child at once."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()

    def dismiss(self) -> None:
        """Closes the child's input: a waiting child ends, a working one stops, keeps and ends."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def wait(self, timeout: float) -> bool:
        """Waits until the child is gone; False when it still runs after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, timeout)

    def wait_ready(self, timeout: float) -> bool:
        """Waits until everything slow is imported; False after `timeout` or the child's end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._ended, timeout)
            return self._ready and not self._ended

    def wait_news(self, timeout: float) -> None:
        """Waits for the next ring of the doorbell, a stop, the end, or `timeout` seconds."""
        with self._changed:
            stopped = self._stop_wanted
            self._changed.wait_for(
                lambda: self._rung or self._ended or self._stop_wanted != stopped, timeout
            )
            self._rung = False

    def last_words(self, lines: int = 40) -> str:
        """The end of what the child wrote to its standard error; whole once it is gone."""
        texts = [self._first_words]
        if self._request is not None:
            with contextlib.suppress(OSError), self._request.log.open("rb") as log:
                texts.append(_tail(log, self._log_begins))
        if self._last:
            texts.append(self._last)
        return "\n".join("\n".join(texts).strip().splitlines()[-lines:])

    @property
    def last_sentence(self) -> str:
        """What the child said through the pipe because its file could not take it, or nothing."""
        return self._last

    def take_held(self) -> str:
        """The `Paused` event, as a line, that the child's file had no room for; told once."""
        with self._changed:
            held, self._held = self._held, ""
            return held

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                word, sentence = doorbell.heard(line)
                with self._changed:
                    self._rung = True
                    self._ready = self._ready or word == doorbell.READY
                    self._last = sentence if word == doorbell.LAST else self._last
                    self._held = sentence if word == doorbell.HELD else self._held
                    opened = word == doorbell.OPEN
                    self._open = self._open or opened
                    send_now = opened and self._stop_wanted
                    self._changed.notify_all()
                if send_now:
                    self._send_stop()
                if opened:
                    threading.Thread(target=self._deliver, name="orders", daemon=True).start()
        self._process.wait()
        self.dismiss()
        assert self._early is not None
        with self._early:
            self._first_words = _tail(self._early)
        self._orders.put(None)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _deliver(self) -> None:
        """Hands on the orders one after the other: a pause must not overtake its end."""
        assert self._request is not None
        while (order := self._orders.get()) is not None:
            send(self._request.folder, order)

    def _send_stop(self) -> None:
        assert self._request is not None
        folder = self._request.folder

        def deliver() -> None:
            if send(folder, STOP) == "ok":
                self.acknowledged.set()

        # A child within native code answers late, or never; nobody waits for it here.
        threading.Thread(target=deliver, name="stop", daemon=True).start()


def _quiet_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


def _tail(stream: IO[bytes], begin: int = 0, size: int = 16_384) -> str:
    stream.seek(max(os.fstat(stream.fileno()).st_size - size, begin))
    return stream.read(size).decode("utf-8", "replace").strip()
