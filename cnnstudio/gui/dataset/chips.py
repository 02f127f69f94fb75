"""A row of small buttons that filter: each a word and a count, any number of them pressed."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cnnstudio.gui.dataset.flow import FlowLayout
from cnnstudio.gui.fonts import font


class Chip(QAbstractButton):
    """One pressed or unpressed word with its count in a quieter colour."""

    def __init__(self, name: str, words: str, count: int) -> None:
        super().__init__()
        self.name = name
        self._count = ""
        self._ring = False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_count(words, count)

    def show_count(self, words: str, count: int) -> None:
        """Change the words without a signal."""
        self.setText(words)
        self._count = f"{count:,}"
        self.setAccessibleName(f"{words}, {count}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        name = QFontMetrics(font(12, strong=True)).horizontalAdvance(self.text())
        count = QFontMetrics(font(12)).horizontalAdvance(self._count)
        return QSize(name + count + 22, 22)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus only to those who move it by the keyboard."""
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the pointer."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, name and count."""
        role, colors = QPalette.ColorRole, self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pressed = self.isChecked()
        bright = pressed or (self._ring and self.hasFocus())
        edge = role.Accent if bright else role.Dark if self.underMouse() else role.Mid
        painter.setPen(colors.color(edge))
        painter.setBrush(colors.color(role.Highlight if pressed else role.Button))
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(ground, 10.5, 10.5)
        words = ground.adjusted(8, 0, -8, 0)
        painter.setFont(font(12, strong=True))
        painter.setPen(colors.color(role.Text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, left, self.text())
        painter.setFont(font(12))
        painter.setPen(colors.color(role.Text if pressed else role.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, right, self._count)
        painter.end()


class Chips(QWidget):
    """Chips by name; `toggled` carries the name of the one that a person pressed."""

    toggled = Signal(str)

    def __init__(self, tooltip: str) -> None:
        super().__init__()
        self._tooltip = tooltip
        self._chips: dict[str, Chip] = {}
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_counts(self, counts: Sequence[tuple[str, str, int]]) -> None:
        """Show (name, words, count) triples; the same names only get their counts renewed."""
        if [name for name, _, _ in counts] != list(self._chips):
            for chip in self._chips.values():
                self._flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self._chips = {}
            for name, words, count in counts:
                chip = Chip(name, words, count)
                chip.setToolTip(self._tooltip.format(words))
                chip.clicked.connect(self._clicked)
                self._flow.addWidget(chip)
                self._chips[name] = chip
        for name, words, count in counts:
            self._chips[name].show_count(words, count)
        self.updateGeometry()

    def set_pressed(self, names: Names[str]) -> None:
        """Press these and release the others. Never emits."""
        for name, chip in self._chips.items():
            chip.setChecked(name in names)

    def chip(self, name: str) -> Chip:
        """The chip of that name."""
        return self._chips[name]

    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, Chip):
            self.toggled.emit(sender.name)
