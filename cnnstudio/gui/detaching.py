"""A pane in a window of its own, for a second screen; closing the window brings it back."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from cnnstudio.gui.pane import Pane, ToolButton

SMALLEST = QSize(360, 260)


class PaneWindow(QWidget):
    """Holds one pane; `closed` is emitted before it goes, so that the pane can be taken out."""

    closed = Signal()

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{title} · CNN Studio")
        self.setMinimumSize(SMALLEST)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)

    def hold(self, pane: Pane) -> None:
        """Take the pane in."""
        self._layout.addWidget(pane)
        pane.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+W closes it, as it closes any window."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_W:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the pane be taken out first."""
        self.closed.emit()
        super().closeEvent(event)


class Detachable(QObject):
    """Gives a pane of a splitter the button that puts it into a window of its own.

    Meanwhile a few words stand in its place. `geometry` remembers where the window stood.
    """

    def __init__(self, pane: Pane) -> None:
        super().__init__(pane)
        self._pane = pane
        self._splitter: QSplitter | None = None
        self._sizes: list[int] = []
        self.geometry = ""
        """Qt's bytes in hex, empty before the first time."""
        self.window: PaneWindow | None = None
        self.button = ToolButton("external-link", "Show in a window of its own")
        self.button.clicked.connect(self.detach)
        pane.add_tool(self.button)
        self.stand_in = Pane(pane.title, _words(self))

    @property
    def state(self) -> str:
        """Where the window stands now or stood the last time, for the settings file."""
        if self.window is not None:
            self._remember(self.window)
        return self.geometry

    def detach(self) -> None:
        """Into a window of its own; where it already is there, that comes to the front."""
        if self.window is not None:
            self.window.raise_()
            self.window.activateWindow()
            return
        splitter = self._pane.parentWidget()
        if not isinstance(splitter, QSplitter):
            return
        self._splitter, self._sizes = splitter, splitter.sizes()
        size = self._pane.size()
        window = self.window = PaneWindow(self._pane.title, self._pane.window())
        window.closed.connect(self._take_back)
        self.stand_in.set_title(self._pane.title)
        splitter.replaceWidget(splitter.indexOf(self._pane), self.stand_in)
        self.stand_in.show()
        splitter.setSizes(self._sizes)
        self.button.hide()
        window.hold(self._pane)
        window.resize(size + QSize(16, 16))
        if self.geometry:
            window.restoreGeometry(QByteArray.fromHex(self.geometry.encode("ascii", "replace")))
        window.show()

    def attach(self) -> None:
        """Back into the main window."""
        if self.window is not None:
            self.window.close()

    def _take_back(self) -> None:
        window, splitter = self.window, self._splitter
        if window is None or splitter is None:
            return
        self._remember(window)
        self.window = None
        sizes = splitter.sizes()
        splitter.replaceWidget(splitter.indexOf(self.stand_in), self._pane)
        self.stand_in.hide()
        self._pane.show()
        splitter.setSizes(sizes)
        self.button.show()

    def _remember(self, window: PaneWindow) -> None:
        self.geometry = bytes(window.saveGeometry().toHex().data()).decode("ascii")


def _words(detachable: Detachable) -> QWidget:
    words = QLabel("Shown in a window of its own.")
    words.setProperty("role", "muted")
    words.setWordWrap(True)
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    back = QPushButton("Bring back")
    back.setToolTip("Closing that window does the same")
    back.clicked.connect(detachable.attach)
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.addStretch(1)
    column.addWidget(words)
    column.addWidget(back, 0, Qt.AlignmentFlag.AlignCenter)
    column.addStretch(1)
    return inside
