"""When to draw: at most five times a second, and rarer when drawing is dear."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

SHORTEST_MS = 200
"""Between two drawings: five a second are enough for the eye."""
LARGEST_SHARE = 0.02
"""Of one core's time that drawing may take from the training beside it."""
LONGEST_MS = 2000


class RedrawClock(QObject):
    """Turns any number of `request`s into few `due`s; tell it with `spent` what drawing cost."""

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cost = 0.0
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._wake)

    @property
    def pause_ms(self) -> int:
        """How long to wait after a drawing, in milliseconds."""
        return min(LONGEST_MS, max(SHORTEST_MS, round(1000 * self._cost / LARGEST_SHARE)))

    def request(self) -> None:
        """Something new wants to be seen: drawn at once after a rest, otherwise after the pause."""
        self._wanted = True
        if not self._timer.isActive():
            self._timer.start(0)

    def spent(self, seconds: float) -> None:
        """Drawing took so long; the mean over the last few drawings sets the pause."""
        self._cost += (seconds - self._cost) * 0.3

    def _wake(self) -> None:
        if not self._wanted:
            return
        self._wanted = False
        self._timer.start(self.pause_ms)
        self.due.emit()
