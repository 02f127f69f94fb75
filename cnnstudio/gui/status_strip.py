"""The last row of the window: the work in progress, how fast and how long, and a way out of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from cnnstudio.gui.fonts import CAPTION, font
from cnnstudio.gui.forms.editor import tint
from cnnstudio.gui.memory import resident_bytes
from cnnstudio.gui.progress_line import ProgressLine

MESSAGE_TIME = 8000
MEMORY_EVERY = 3000


@dataclass(frozen=True, slots=True)
class Progress:
    """Work in progress: words, done and total (0: not known yet), and notes such as speed.

    `cancel` is the action id behind the Cancel button, `reason` why it cannot be canceled now.
    """

    text: str
    done: int = 0
    total: int = 0
    notes: tuple[str, ...] = ()
    cancel: str = ""
    reason: str = ""


class StatusStrip(QWidget):
    """Shows the work in progress; a message, such as a refused edit, stands for a few seconds."""

    cancel_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(24)
        self._progress: Progress | None = None
        self._text = _small(QLabel())
        self._text.setObjectName("status.text")
        self._bar = ProgressLine()
        self._bar.setFixedWidth(160)
        self._notes = _small(QLabel())
        self._notes.setFont(font(CAPTION, tabular=True))
        self._cancel = QToolButton()
        self._cancel.setText("Cancel")
        self._cancel.setObjectName("status.cancel")
        self._cancel.setProperty("role", "strip")
        self._cancel.clicked.connect(self._on_cancel)
        self._memory = _small(QLabel())
        self._memory.setFont(font(CAPTION, tabular=True))
        self._memory.setToolTip("Memory in use by this window")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addWidget(self._bar)
        row.addWidget(self._notes)
        row.addWidget(self._cancel)
        row.addStretch(1)
        row.addWidget(self._memory)
        self._message_timer = QTimer(self)
        self._message_timer.setSingleShot(True)
        self._message_timer.setInterval(MESSAGE_TIME)
        self._message_timer.timeout.connect(self._show_words)
        self._memory_timer = QTimer(self)
        self._memory_timer.setInterval(MEMORY_EVERY)
        self._memory_timer.timeout.connect(self._measure)
        self._memory_timer.start()
        self.set_progress(None)

    def set_progress(self, progress: Progress | None) -> None:
        """Show other work, or none."""
        self._progress = progress
        self._show_work()
        if not self._message_timer.isActive():
            self._show_words()

    def say(self, message: str, tone: str = "", details: str = "") -> None:
        """Say something for a few seconds; a tone (warn, error) colours it.

        The tooltip tells the details, or the message once more where it is cut off.
        """
        self._text.setText(message)
        self._text.setToolTip(details or message)
        tint(self._text, tone)
        self._message_timer.start()

    def _show_words(self) -> None:
        tint(self._text, "")
        self._text.setToolTip("")
        self._text.setText(self._progress.text if self._progress else "")

    def _show_work(self) -> None:
        progress = self._progress
        self._bar.setVisible(progress is not None)
        self._notes.setVisible(progress is not None)
        self._cancel.setVisible(progress is not None and bool(progress.cancel))
        if progress is None:
            return
        self._bar.set_progress(progress.done, progress.total)
        self._notes.setText("  ·  ".join(progress.notes))
        self._cancel.setEnabled(not progress.reason)
        self._cancel.setToolTip(progress.reason)
        # The same word as the primary button where both do the same.
        self._cancel.setText("Stop" if progress.cancel == "run.stop" else "Cancel")

    def _on_cancel(self) -> None:
        if self._progress is not None:
            self.cancel_requested.emit(self._progress.cancel)

    def _measure(self) -> None:
        size = resident_bytes()
        self._memory.setText(f"{size / 2**20:.0f} MB" if size else "")


def _small(label: QLabel) -> QLabel:
    label.setProperty("role", "caption")
    return label
