"""The header row: project name, rail of stages, the device, and the one primary button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from cnnstudio.gui.device_chip import DeviceChip
from cnnstudio.gui.fonts import SECTION, font
from cnnstudio.gui.primary_button import PrimaryButton
from cnnstudio.gui.run_group import RunGroup
from cnnstudio.gui.stage import Stage
from cnnstudio.gui.stage_rail import StageRail
from cnnstudio.gui.theme import Theme

DENSE_BELOW = 1240
"""Window widths below this leave the rail's icons out."""

NAME_WIDTH = 220
NARROW_NAME = 140


class NameField(QLineEdit):
    """The experiment's name: reads like a title, edits like a field."""

    renamed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "title")
        self.setFont(font(SECTION, strong=True))
        self.setMaxLength(200)
        self.setAccessibleName("Name of the experiment")
        self.editingFinished.connect(self._finished)
        self.textChanged.connect(self._fit)
        self._shown = ""
        self._widest = NAME_WIDTH

    def show_name(self, name: str) -> None:
        """Show this name; with none, the program's own, which cannot be edited."""
        self._shown = name
        self.setReadOnly(not name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name else Qt.FocusPolicy.NoFocus)
        self.setToolTip("Click to rename" if name else "")
        if self.text() != (name or "CNN Studio"):
            self.setText(name or "CNN Studio")
            self.setCursorPosition(0)
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """Take less room in narrow windows."""
        self._widest = NARROW_NAME if narrow else NAME_WIDTH
        self._fit()

    def _finished(self) -> None:
        text = self.text().strip()
        if not self._shown or text == self._shown:
            return
        if text:
            self.renamed.emit(text)
        else:
            self.setText(self._shown)
        self.clearFocus()

    def _fit(self) -> None:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 20
        self.setFixedWidth(min(self._widest, max(32, width)))


class Header(QWidget):
    """48 high; the rail stands in the middle, the primary button always at the right end."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        super().__init__()
        self.setFixedHeight(48)
        self.name = NameField()
        self.rail = StageRail(stages)
        self.primary = PrimaryButton()
        self.beside = RunGroup()
        self._edited = QLabel("· edited")
        self._edited.setProperty("role", "muted")
        self._edited.setToolTip("There are changes that are not saved yet.")
        self._state = QLabel()
        self._state.setProperty("role", "strong")
        self._state.setProperty("tone", "warn")
        self._state.hide()
        self.device = DeviceChip()
        left = QHBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.name)
        left.addWidget(self._edited)
        left.addWidget(self._state)
        left.addStretch(1)
        right = QHBoxLayout()
        right.setSpacing(8)
        right.addStretch(1)
        right.addWidget(self.device)
        right.addWidget(self.beside)
        right.addWidget(self.primary)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(8)
        row.addLayout(left, 1)
        row.addWidget(self.rail)
        row.addLayout(right, 1)

    def set_title(self, name: str, edited: bool) -> None:
        """Show the name, and whether there is something to save."""
        self.name.show_name(name)
        self._edited.setVisible(edited)

    def set_state(self, word: str) -> None:
        """How the run stands, when that is not to be missed: `paused`."""
        self._state.setText(f" · {word}" if word else "")
        self._arrange()

    def set_device(self, text: str, reason: str) -> None:
        """What trains (`CPU · 2 cores`), and why."""
        self.device.tell(text, reason)
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Colour the rail."""
        self.rail.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room in narrow windows."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        dense = self.width() < DENSE_BELOW
        self.rail.set_dense(dense)
        self.name.set_narrow(dense)
        self.primary.set_narrow(dense)
        # The primary button says it, too.
        self._state.setVisible(bool(self._state.text()) and not dense)
        self.device.setVisible(bool(self.device.text()) and not dense)
