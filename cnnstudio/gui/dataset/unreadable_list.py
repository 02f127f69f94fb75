"""The files that are left out, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from cnnstudio.gui.fonts import font
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.facts import Unreadable

REASON = Qt.ItemDataRole.UserRole


class _TwoLines(QStyledItemDelegate):
    """File name above, reason below."""

    theme: Theme = LIGHT

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for both lines."""
        return QSize(80, 46)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground, name and reason."""
        rect = QRectF(option.rect).adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(self.theme.color("selection" if chosen else "raised"))
        painter.drawRoundedRect(rect, 6, 6)
        text = rect.adjusted(10, 5, -8, -5)
        for words, name, mode, flag in (
            (index.data(), "text", Qt.TextElideMode.ElideMiddle, Qt.AlignmentFlag.AlignTop),
            (
                index.data(REASON),
                "error",
                Qt.TextElideMode.ElideRight,
                Qt.AlignmentFlag.AlignBottom,
            ),
        ):
            painter.setFont(font(12 if name == "text" else 11))
            painter.setPen(self.theme.color(name))
            shown = painter.fontMetrics().elidedText(str(words), mode, int(text.width()))
            painter.drawText(text, flag, shown)
        painter.restore()


class UnreadableList(QListWidget):
    """Files and reasons; the full text stands in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = _TwoLines(self)
        self.setItemDelegate(self._lines)
        self.setSpacing(0)
        self.setAccessibleName("Files that are left out")

    def set_files(self, files: Sequence[Unreadable]) -> None:
        """Show these files."""
        self.clear()
        for file in files:
            item = QListWidgetItem(file.key)
            item.setData(REASON, file.reason)
            item.setToolTip(f"{file.key}\n{file.reason}")
            self.addItem(item)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._lines.theme = theme
        self.viewport().update()
