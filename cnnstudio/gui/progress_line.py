"""A thin line that fills up: unlike QProgressBar, it never paints before the event loop is free."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

HEIGHT = 4
FRAME = 50
"""Milliseconds between two pictures of the moving piece."""
ROUND = 1.6
"""Seconds in which the moving piece crosses the line."""


class ProgressLine(QWidget):
    """Shows done of total; with an unknown total a piece moves along instead."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self._known = True
        self._place = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._moving = QTimer(self)
        self._moving.setInterval(FRAME)
        self._moving.timeout.connect(self._move)

    @property
    def share(self) -> float | None:
        """The part 0..1 that is done, None while the total is unknown."""
        return self._share if self._known else None

    def set_progress(self, done: int, total: int) -> None:
        """Show done of total; a total of 0 means that it is not known."""
        share = min(1.0, done / total) if total else 0.0
        known = total > 0
        if (share, known) == (self._share, self._known):
            return
        self._share, self._known = share, known
        self._run()
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(160, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and what is done of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        line = QRectF(0, (self.height() - HEIGHT) / 2, self.width(), HEIGHT)
        track = self.palette().color(QPalette.ColorRole.Dark)
        track.setAlphaF(0.35)
        painter.setBrush(track)
        painter.drawRoundedRect(line, 2, 2)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Accent))
        if self._known:
            line.setWidth(self.width() * self._share)
        else:
            piece = self.width() / 3
            line.setLeft(max(0.0, self._place * (self.width() + piece) - piece))
            line.setRight(min(float(self.width()), self._place * (self.width() + piece)))
        if line.width() > 0:
            painter.drawRoundedRect(line, 2, 2)
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while somebody can see it."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stand still out of sight."""
        super().hideEvent(event)
        self._moving.stop()

    def _run(self) -> None:
        if self._known or not self.isVisible():
            self._moving.stop()
        elif not self._moving.isActive():
            self._moving.start()

    def _move(self) -> None:
        self._place = (self._place + FRAME / 1000 / ROUND) % 1.0
        self.update()
