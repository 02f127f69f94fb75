"""Preparing pages beside the window's thread."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.prefetch import Prefetch


def test_modules_are_imported_in_another_thread_before_the_steps(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prefetched_module.py").write_text(
        "import threading\nthread = threading.current_thread().name\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    told = threading.Event()
    prefetch = Prefetch(["no_such_module", "prefetched_module"], (told.set,))
    with qtbot.waitSignal(prefetch.ready, timeout=10_000):
        prefetch.start()
    assert sys.modules.pop("prefetched_module").thread == "prefetch"
    assert told.wait(10)
    prefetch.stop()


def test_a_stopped_prefetch_begins_nothing(qtbot: QtBot) -> None:
    done: list[str] = []
    prefetch = Prefetch([], (lambda: done.append("step"),))
    prefetch.stop()
    prefetch.start()
    assert done == []
