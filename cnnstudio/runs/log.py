"""The append-only file of events: one writer, any number of readers that follow it."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from cnnstudio.runs.events import BatchEnded, Event, LogLine, dump, parse
from cnnstudio.runs.writing import plainly
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error

LONGEST_HOLD = 0.1
"""Seconds for which the events of batches may wait to be written together."""


class EventLog:
    """Appends events to a file; `rung` is called after each write that readers can see.

    Batch events are gathered for at most 0.1 s; everything else is written at once. Safe to call
    from several threads. Raises `UserError` when the file cannot be written; what was to be
    written is kept then, and goes before the next event.
    """

    def __init__(self, path: Path, rung: Callable[[], None] | None = None) -> None:
        self.path = path
        self._rung = rung
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._unwritten = b""
        self._written_at = 0.0
        with plainly(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._file = os.open(path, flags, 0o644)
            size = os.lseek(self._file, 0, os.SEEK_END)
            if size:
                os.lseek(self._file, size - 1, os.SEEK_SET)
                if os.read(self._file, 1) != b"\n":
                    # The last writer died within a line; ours must not continue it.
                    os.write(self._file, b"\n")
        self._closed = False

    def write(self, event: Event) -> None:
        """Appends `event`."""
        line = dump(event)
        with self._lock:
            self._waiting.append(line)
            now = time.monotonic()
            if isinstance(event, BatchEnded) and now - self._written_at < LONGEST_HOLD:
                return
            self._flush(now)
        if self._rung is not None:
            self._rung()

    def close(self) -> None:
        """Writes what waits and closes the file; closing twice is harmless."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                if self._waiting:
                    self._flush(time.monotonic())
                elif self._unwritten:
                    # Whoever wrote it has heard that it did not reach the file.
                    with contextlib.suppress(UserError):
                        self._flush(time.monotonic())
            finally:
                os.close(self._file)
        if self._rung is not None:
            self._rung()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _flush(self, now: float) -> None:
        self._unwritten += "".join(f"{line}\n" for line in self._waiting).encode()
        self._waiting.clear()
        self._written_at = now
        with plainly(self.path):
            while self._unwritten:
                # To the byte: after a disk that was full for a moment the line is continued where
                # it was cut.
                self._unwritten = self._unwritten[os.write(self._file, self._unwritten) :]


class Follower:
    """Reads a growing file of events from where it stopped the last time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._torn = b""
        self._line = 0

    def skip(self) -> None:
        """Passes over what is in the file already: `new` tells only what comes from now on."""
        data = self._read()
        # A torn last line is passed over too: the next writer ends it before it begins.
        self._offset, self._torn, self._line = len(data), b"", data.count(b"\n")

    def new(self) -> list[Event]:
        """The events that were written whole since the last call; none while there is no file.

        A line that is not an event (the writer died within it) becomes a warning in its place.
        Raises `UserError` when the file is there but cannot be read.
        """
        data = self._read()
        self._offset += len(data)
        lines = (self._torn + data).split(b"\n")
        self._torn = lines.pop()
        events: list[Event] = []
        for line in lines:
            self._line += 1
            if line.strip():
                events.append(self._event(line))
        return events

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offset)
                return stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as error:
            raise disk_error(error, "The run's events could not be read", self.path) from error

    def _event(self, line: bytes) -> Event:
        try:
            return parse(line)
        except ValueError:
            text = f"Line {self._line} of {self.path.name} cannot be read and is left out."
            return LogLine(time=self.path.stat().st_mtime, level="warning", text=text)


def read(path: Path) -> Iterator[Event]:
    """The events of a file, in order; a torn last line is left out, a missing file is empty."""
    yield from Follower(path).new()
