"""The confusion matrix as a coloured table: true classes down, answers across."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.gui.fonts import BODY, CAPTION, font
from cnnstudio.gui.theme import LIGHT, Theme

LABEL, TOP = 64, 22
SHOWN_NUMBERS = 22
"""Pixels a cell needs to hold its number."""
LARGEST_CELL = 44
MOST_CELLS = 40
"""Classes up to which each cell is painted on its own."""


class ConfusionMatrix(QWidget):
    """Rows are true classes, columns predictions; each row's colour is its share of the row."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: NDArray[np.int64] | None = None
        self._names: tuple[str, ...] = ()
        self._theme = LIGHT
        self._in_shares = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(140)

    def show_counts(self, counts: NDArray[np.int64] | None, names: tuple[str, ...]) -> None:
        """int64[classes, classes] and the classes' names; None: nothing measured yet."""
        self._counts, self._names = counts, names
        self.updateGeometry()
        self.update()

    def set_shares(self, shares: bool) -> None:
        """Write per cent of each true class into the cells, or numbers of images."""
        self._in_shares = shares
        self.update()

    @property
    def has_numbers(self) -> bool:
        """Whether the cells are large enough for numbers."""
        if self._counts is None or not self._names or len(self._names) > MOST_CELLS:
            return False
        return self._cell(self.width()) >= SHOWN_NUMBERS

    def set_theme(self, theme: Theme) -> None:
        """Colour the cells."""
        self._theme = theme
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Cells are square as long as they are not too large."""
        classes = len(self._names) if self._counts is not None else 0
        if not classes:
            return 0
        return round(self._cell(width) * classes) + TOP

    def sizeHint(self) -> QSize:
        """As wide as a side pane."""
        return QSize(250, self.heightForWidth(250))

    def _cell(self, width: int) -> float:
        return min((width - LABEL) / max(len(self._names), 1), LARGEST_CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the table."""
        if self._counts is None or not self._names:
            return
        painter = QPainter(self)
        theme, cell = self._theme, self._cell(self.width())
        shares = self._shares()
        if len(self._names) > MOST_CELLS:
            side = cell * len(self._names)
            painter.drawImage(QRectF(LABEL, TOP, side, side), self._picture(shares))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        muted = theme.color("muted")
        painter.setFont(font(BODY, strong=True))
        painter.setPen(theme.color("text"))
        head = QRectF(0, 0, self.width(), TOP - 4)
        title = "Confusion, %" if self._in_shares and self.has_numbers else "Confusion"
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(font(CAPTION, tabular=True))
        painter.setPen(muted)
        painter.drawText(head, Qt.AlignmentFlag.AlignRight, "true ↓ answered →")
        metrics = painter.fontMetrics()
        for row, name in enumerate(self._names):
            y = TOP + row * cell
            if cell >= 11:
                painter.setPen(muted)
                box = QRectF(0, y, LABEL - 8, cell)
                words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, LABEL - 8)
                vertical = Qt.AlignmentFlag.AlignVCenter
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, words)
            for column in range(len(self._names) if len(self._names) <= MOST_CELLS else 0):
                share = float(shares[row, column])
                box = QRectF(LABEL + column * cell, y, cell - 1.5, cell - 1.5)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._ground(row == column, share))
                painter.drawRoundedRect(box, 2, 2)
                count = int(self._counts[row, column])
                if cell >= SHOWN_NUMBERS and count:
                    painter.setPen(theme.color("text" if share < 0.6 else "surface"))
                    words = f"{100 * share:.0f}" if self._in_shares else str(count)
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip what the cell under the pointer means."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x(), event.pos().y()))
            return True
        return super().event(event)

    def words_at(self, x: int, y: int) -> str:
        """`5 of 45 images of cat (11 %) were taken for dog.`; empty outside of the table."""
        if self._counts is None or not self._names:
            return ""
        cell = self._cell(self.width())
        row, column = int((y - TOP) // cell), int((x - LABEL) // cell)
        if not (0 <= row < len(self._names) and 0 <= column < len(self._names)):
            return ""
        count, of = int(self._counts[row, column]), int(self._counts[row].sum())
        true, said = self._names[row], self._names[column]
        share = f" ({100 * count / of:.0f} %)" if of else ""
        if row == column:
            return f"{count} of {of} images of {true}{share} were recognized."
        return f"{count} of {of} images of {true}{share} were taken for {said}."

    def _shares(self) -> NDArray[np.float64]:
        assert self._counts is not None
        totals = np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        return np.asarray(self._counts / totals, dtype=np.float64)

    def _picture(self, shares: NDArray[np.float64]) -> QImage:
        """One pixel a cell: hundreds of classes make too many cells to paint one by one."""
        count = len(self._names)
        levels = (0.06 + 0.94 * shares**0.7)[..., None]
        colors = [QColor(getattr(self._theme, n)) for n in ("surface", "validation", "accent")]
        empty, wrong, right = (
            np.array([c.red(), c.green(), c.blue()], dtype=np.float64) for c in colors
        )
        full = np.where(np.eye(count, dtype=bool)[..., None], right, wrong)
        pixels = np.ascontiguousarray(empty + (full - empty) * levels, dtype=np.uint8)
        form = QImage.Format.Format_RGB888
        return QImage(pixels.tobytes(), count, count, 3 * count, form).copy()

    def _ground(self, right: bool, share: float) -> QColor:
        name = "accent" if right else "validation"
        return QColor(self._theme.mixed("surface", name, 0.06 + 0.94 * share**0.7))
