"""Work away from the window: order, replacement, errors, and owners that go away."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome


class Gate:
    """Work that waits until the test opens it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.opened.wait(20)
        return "gate"


def test_the_newest_request_is_done_first(qtbot: QtBot) -> None:
    owner = QObject()
    threads, gate, done = NewestFirst(owner, threads=1), Gate(), list[str]()
    threads.request("gate", gate, lambda _: None)
    assert gate.entered.wait(20)
    for name in "abc":
        threads.request(name, lambda name=name: done.append(name), lambda _: None)  # type: ignore[misc]
    gate.opened.set()
    qtbot.waitUntil(lambda: len(done) == 3, timeout=20_000)
    assert done == ["c", "b", "a"]


def test_only_the_last_of_equal_requests_is_done(qtbot: QtBot) -> None:
    owner = QObject()
    threads, gate = NewestFirst(owner, threads=1), Gate()
    got: list[int] = []
    threads.request("drag", gate, lambda _: None)
    assert gate.entered.wait(20)
    for position in range(50):
        threads.request("drag", lambda p=position: p, lambda o: got.append(o.value or 0))  # type: ignore[misc]
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(got), timeout=20_000)
    assert got == [49]


def test_beyond_the_limit_the_oldest_is_forgotten(qtbot: QtBot) -> None:
    owner = QObject()
    threads, gate, done = NewestFirst(owner, threads=1, limit=2), Gate(), list[str]()
    threads.request("gate", gate, lambda _: None)
    assert gate.entered.wait(20)
    for name in "abc":
        threads.request(name, lambda name=name: done.append(name), lambda _: None)  # type: ignore[misc]
    gate.opened.set()
    qtbot.waitUntil(lambda: len(done) == 2, timeout=20_000)
    assert done == ["c", "b"]


def test_an_error_is_delivered_not_raised(qtbot: QtBot) -> None:
    owner = QObject()
    threads, got = NewestFirst(owner), list[Outcome[float]]()
    threads.request("x", lambda: 1 / 0, got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=20_000)
    assert got[0].value is None
    assert isinstance(got[0].error, ZeroDivisionError)


def test_delivery_happens_in_the_window_thread(qtbot: QtBot) -> None:
    owner = QObject()
    threads, got = NewestFirst(owner), list[threading.Thread]()
    threads.request("x", lambda: None, lambda _: got.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(got), timeout=20_000)
    assert got == [threading.main_thread()]


def test_an_owner_may_go_while_its_work_runs(qtbot: QtBot) -> None:
    owner = QObject()
    threads, gate, delivered = NewestFirst(owner, threads=1), Gate(), list[object]()
    threads.request("gate", gate, delivered.append)
    threads.request("later", lambda: None, delivered.append)
    assert gate.entered.wait(20)
    threading.Timer(0.05, gate.opened.set).start()
    delete(owner)
    assert delivered == []


def test_after_clearing_nothing_that_waits_is_done(qtbot: QtBot) -> None:
    owner = QObject()
    threads, gate, done = NewestFirst(owner, threads=1), Gate(), list[str]()
    threads.request("gate", gate, lambda _: done.append("gate"))
    assert gate.entered.wait(20)
    threads.request("a", lambda: None, lambda _: done.append("a"))
    threads.clear()
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    assert done == ["gate"]
