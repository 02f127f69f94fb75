"""Work on images away from the window's thread, the newest request first, delivered in batches."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal
from shiboken6 import isValid

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What came of a request: a value, or the error that it raised."""

    value: Result | None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    work: Callable[[], Any]
    deliver: Callable[[Outcome[Any]], None]


class _Bell(QObject):
    """Rings in the window's thread. Kept by the work itself, so it outlives whoever asked."""

    rang = Signal()


@dataclass(slots=True)
class _Desk:
    """Open requests and finished ones; touched by every thread under one lock."""

    limit: int
    pool: QThreadPool
    bell: _Bell
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: OrderedDict[Hashable, _Request] = field(default_factory=OrderedDict)
    running: set[Hashable] = field(default_factory=set)
    done: deque[tuple[_Request, Outcome[Any]]] = field(default_factory=deque)
    workers: int = 0
    closed: bool = False

    def work(self) -> None:
        """Take the newest request until there is none; runs in a thread of the pool."""
        while True:
            with self.lock:
                key = next((k for k in reversed(self.open) if k not in self.running), None)
                if self.closed or key is None:
                    self.workers -= 1
                    return
                request = self.open.pop(key)
                self.running.add(key)
            try:
                outcome = Outcome(request.work())
            except Exception as error:  # whatever it is, it belongs to whoever asked
                outcome = Outcome(None, error)
            with self.lock:
                self.running.discard(key)
                first = not self.done
                self.done.append((request, outcome))
            if first:
                # At the very end of the program Qt may have taken the bell; nobody listens then.
                with suppress(RuntimeError):
                    self.bell.rang.emit()

    def close(self) -> None:
        """Forget what is open and wait for what runs."""
        with self.lock:
            self.closed = True
            self.open.clear()
        if isValid(self.pool):  # at the end of the program Qt may have taken it, after waiting
            self.pool.waitForDone()
        self.done.clear()


class NewestFirst(QObject):
    """A few threads for work whose newest request matters most.

    A request with the key of an open one replaces it, so that only the last of many positions of
    a slider is computed. Beyond `limit` open requests the oldest is forgotten.
    """

    def __init__(self, parent: QObject, threads: int = 2, limit: int = 256) -> None:
        super().__init__(parent)
        pool = QThreadPool()
        pool.setMaxThreadCount(threads)
        self._desk = _Desk(limit, pool, _Bell())
        self._desk.bell.rang.connect(self._deliver)
        # Threads may not outlive the application, nor deliver to a widget that is gone.
        # Without parameters, so that Qt need not wrap an object that is being destroyed.
        desk = self._desk
        self.destroyed.connect(lambda: desk.close())
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(lambda: desk.close())

    def request(
        self,
        key: Hashable,
        work: Callable[[], Result],
        deliver: Callable[[Outcome[Result]], None],
    ) -> None:
        """Run `work` in a thread, then `deliver` its outcome in the window's thread."""
        desk = self._desk
        with desk.lock:
            if desk.closed:
                return
            desk.open.pop(key, None)
            desk.open[key] = _Request(work, deliver)
            while len(desk.open) > desk.limit:
                desk.open.popitem(last=False)
            start = desk.workers < desk.pool.maxThreadCount()
            desk.workers += start
        if start:
            desk.pool.start(desk.work)

    def is_running(self, key: Hashable) -> bool:
        """Whether the work under `key` has begun and not ended."""
        with self._desk.lock:
            return key in self._desk.running

    def clear(self) -> None:
        """Forget everything that has not begun."""
        with self._desk.lock:
            self._desk.open.clear()

    def _deliver(self) -> None:
        with self._desk.lock:
            ready = list(self._desk.done)
            self._desk.done.clear()
        for request, outcome in ready:
            request.deliver(outcome)
