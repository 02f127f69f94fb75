"""Python's garbage collection, done by the window's thread alone and in small portions."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500
"""Between two looks at how much there is to collect."""


class Tidying(QObject):
    """Takes the collection of unreachable cycles away from Python, which does it in any thread.

    Left to itself, a full collection stops the window for 60 to 80 ms whenever a thread that reads
    a file happens to set it off, and Qt objects in a cycle would be destroyed in that thread.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.tidy)

    def start(self) -> None:
        """From now on only this object collects."""
        gc.disable()
        self._timer.start()

    def keep(self) -> None:
        """Spare every object there is from all later collections: call it once, after the start."""
        gc.freeze()

    def tidy(self) -> None:
        """Collect what is young, and older objects as often as Python itself would."""
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[0] <= limits[0]:
            return
        old = counts[1] > limits[1]
        gc.collect(2 if old and counts[2] > limits[2] else int(old))

    def stop(self) -> None:
        """Leave collecting to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
