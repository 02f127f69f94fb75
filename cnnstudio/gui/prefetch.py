"""Imports what later pages need, beside the window's thread: most of a page's first cost."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal


class Prefetch(QObject):
    """Imports modules one after the other in a thread; `done` follows when all are there."""

    done = Signal()

    def __init__(self, modules: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules = tuple(modules)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._import, name="prefetch", daemon=True)

    def start(self) -> None:
        """Begin, once."""
        if not self._thread.is_alive() and not self._stopped.is_set():
            self._thread.start()

    def stop(self) -> None:
        """Import no further module, and wait for the present one."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _import(self) -> None:
        for name in self._modules:
            if self._stopped.is_set():
                return
            # Whoever needs the module meets the error again, where it can be told.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        if not self._stopped.is_set():
            self.done.emit()
