"""What the program keeps on disk to be quick: its size, and a button that removes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dialogs import label, line

if TYPE_CHECKING:
    from cnnstudio.data.caches import Held


class _Look(QThread):
    """Removes the caches where it is asked to, then looks at every file of what is left."""

    looked = Signal(object, object)

    def __init__(self, clear: bool) -> None:
        super().__init__()
        self._clear = clear

    def run(self) -> None:
        """Emits the kinds, and the bytes freed or None."""
        from cnnstudio.data import caches

        freed = caches.clear() if self._clear else None
        self.looked.emit(caches.held(), freed)


class CacheWork(QObject):
    """Looks at the caches, and clears them, off the window's thread; one thing at a time.

    `looked` carries a tuple of `Held` and the bytes that were freed, None where nothing was asked
    to be.
    """

    looked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _Look | None = None
        self._wanted = self._wanted_clear = False

    def look(self, clear: bool = False) -> None:
        """Measure, after clearing where that is asked for; `looked` follows."""
        if self._thread is not None:
            # What is under way may clear, or may have looked already: another look follows it.
            self._wanted, self._wanted_clear = True, self._wanted_clear or clear
            return
        self._thread = _Look(clear)
        self._thread.looked.connect(self.looked)
        self._thread.finished.connect(self._finished)
        self._thread.start(QThread.Priority.LowPriority)

    def shutdown(self) -> None:
        """Wait for what is under way; call before the program leaves."""
        self._wanted = False
        if self._thread is not None:
            self._thread.wait()

    def _finished(self) -> None:
        self._thread = None
        if self._wanted:
            clear = self._wanted_clear
            self._wanted = self._wanted_clear = False
            self.look(clear)


class CachesDialog(QDialog):
    """A line for each kind of cache, where they lie, and the button that clears them."""

    def __init__(self, work: CacheWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from cnnstudio.data.cachefolder import cache_root
        from cnnstudio.data.caches import KINDS

        self.setWindowTitle("Caches")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        self._work = work
        self._sizes = {kind: label("…") for kind in KINDS}
        self._total = label("…", "strong")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for row, (kind, words) in enumerate(KINDS.items()):
            grid.addWidget(label(words.capitalize()), row, 0)
            grid.addWidget(self._sizes[kind], row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(line(), len(KINDS), 0, 1, 2)
        grid.addWidget(label("All", "strong"), len(KINDS) + 1, 0)
        grid.addWidget(self._total, len(KINDS) + 1, 1, Qt.AlignmentFlag.AlignRight)
        self._said = label("Looking …", "caption", wrap=True)
        self._clear = button("Clear", "caches.clear", self._on_clear)
        self._clear.setEnabled(False)
        close = button("Close", "caches.close", self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._clear)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(label("Caches", "section"))
        layout.addWidget(
            label(
                "Decoded images spare later epochs and runs the decoding, thumbnails the grid. "
                "What is cleared is made again when it is needed; your files stay as they are.",
                "muted",
                wrap=True,
            )
        )
        layout.addSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addWidget(label(f"In {cache_root()}", "caption", wrap=True))
        layout.addSpacing(8)
        layout.addLayout(buttons)
        work.looked.connect(self._show)
        work.look()

    def _on_clear(self) -> None:
        self._clear.setEnabled(False)
        self._said.setText("Clearing …")
        self._work.look(clear=True)

    def _show(self, kinds: tuple[Held, ...], freed: int | None) -> None:
        from cnnstudio.data.caches import in_words

        for kind in kinds:
            self._sizes[kind.kind].setText(in_words(kind.bytes))
        total = sum(kind.bytes for kind in kinds)
        self._total.setText(in_words(total))
        nothing = "" if total else "Nothing is kept."
        self._said.setText(nothing if freed is None else f"Freed {in_words(freed)}. {nothing}")
        self._clear.setEnabled(bool(total))


def button(words: str, name: str, clicked: Callable[[], object]) -> QPushButton:
    """A push button with a name for tests and tours."""
    made = QPushButton(words)
    made.setObjectName(name)
    made.clicked.connect(lambda _on=False: clicked())
    return made
