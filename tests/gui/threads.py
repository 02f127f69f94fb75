"""What work beside the window had to say, all of it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.gui.background import Background


def hear_out(background: Background) -> None:
    """Wait until every thread of `background` has ended, and let what they said be heard."""
    current = () if background._thread is None else (background._thread,)
    for thread in (*background._leaving, *current):
        assert thread.wait(60_000)
    QCoreApplication.processEvents()
