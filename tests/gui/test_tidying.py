"""Garbage collection in the window's thread alone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject

from cnnstudio.gui.tidying import Tidying


class Knot:
    """An object in a cycle with itself, as widgets and their callbacks are."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def tidying(qapp: object) -> Iterator[Tidying]:
    gc.collect()
    parent = QObject()
    made = Tidying(parent)
    made.start()
    yield made
    made.stop()


def many() -> list[list[int]]:
    """Far more new objects than Python's collector waits for."""
    return [[number] for number in range(200_000)]


def test_no_other_thread_destroys_what_the_window_has_dropped(tidying: Tidying) -> None:
    where: list[int] = []
    weakref.finalize(Knot(), lambda: where.append(threading.get_ident()))
    reader = threading.Thread(target=many)
    reader.start()
    reader.join()
    assert where == []
    new = many()
    tidying.tidy()
    assert len(new) == 200_000
    assert where == [threading.get_ident()]


def test_what_the_start_has_made_is_not_looked_at_again(tidying: Tidying) -> None:
    tidying.keep()
    assert gc.get_freeze_count() > 1000
    tidying.stop()
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()
