"""Faults of the libraries below that would end the program, held off by their versions."""

from __future__ import annotations

import sys
from importlib.metadata import version

from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(bool)


def test_emitting_a_signal_keeps_the_references_to_true() -> None:
    """PySide6 6.12.0 loses one with each emit on Python 3.11, until the process aborts."""
    bell = Bell()
    heard: list[bool] = []
    bell.rung.connect(heard.append)
    bell.rung.emit(True)
    heard.clear()
    before = sys.getrefcount(True)
    for _ in range(1000):
        bell.rung.emit(True)
        heard.clear()
    assert abs(sys.getrefcount(True) - before) < 100


def test_the_release_of_qt_that_loses_references_is_not_installed() -> None:
    assert version("PySide6-Essentials").split(".")[:2] == ["6", "11"]
