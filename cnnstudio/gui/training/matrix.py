"""The confusion matrix as a coloured table: true classes down, answers across."""

from __future__ import annotations

import csv
import io

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.gui.fonts import BODY, CAPTION, font
from cnnstudio.gui.pane import ToolButton
from cnnstudio.gui.plots.saving import PlotFiles
from cnnstudio.gui.theme import LIGHT, Theme

LABEL, TOP, BUTTON = 64, 22, 24
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
        self.title = "Confusion"
        """Heads the figure and names the file that it is saved to."""
        self.files = PlotFiles(self, self)
        self.menu_button = ToolButton("download", "Save the table as PNG, SVG or CSV")
        self.menu_button.setParent(self)
        self.menu_button.clicked.connect(self._open_menu)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(140)

    def show_counts(self, counts: NDArray[np.int64] | None, names: tuple[str, ...]) -> None:
        """int64[classes, classes] and the classes' names; None: nothing measured yet."""
        self._counts, self._names = counts, names
        self.updateGeometry()
        self.update()

    @property
    def theme(self) -> Theme:
        """The colours it is drawn in."""
        return self._theme

    @property
    def has_data(self) -> bool:
        """Whether there is a table."""
        return self._counts is not None and bool(self._names)

    def content(self, kind: str) -> bytes:
        """The table as a file: on white as png or svg, or its counts as csv."""
        from cnnstudio.gui.plots import figure

        if kind == "csv":
            return self._as_csv().encode("utf-8")
        width = max(self.width(), LABEL + min(len(self._names), 12) * LARGEST_CELL)
        size = QSize(width, self.heightForWidth(width))
        head, margin = round(figure.TITLE), round(figure.MARGIN)
        whole = size + QSize(2 * margin, head + 2 * margin)

        def paint(painter: QPainter) -> None:
            painter.translate(margin, margin)
            figure.heading(painter, self.title, size.width())
            painter.translate(0, head)
            copy = ConfusionMatrix()
            copy.menu_button.hide()
            copy.set_shares(self._in_shares)
            copy.show_counts(self._counts, self._names)
            copy.resize(size)
            copy._paint(painter)

        if kind == "png":
            return figure.pixels(whole, paint)
        return figure.drawing(whole, self.title, paint)

    def _as_csv(self) -> str:
        assert self._counts is not None
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["true class", *self._names])
        for name, row in zip(self._names, self._counts.tolist(), strict=True):
            writer.writerow([name, *row])
        return text.getvalue()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the small button in its corner."""
        super().resizeEvent(event)
        self.menu_button.setGeometry(self.width() - BUTTON, -4, BUTTON, BUTTON)

    def _open_menu(self) -> None:
        corner = self.menu_button.rect().bottomLeft()
        self.files.open_at(self.menu_button.mapToGlobal(corner))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Save it, as any plot."""
        self.files.open_at(event.globalPos())
        event.accept()

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
        self.menu_button.set_theme(theme)
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
        if self._counts is not None and self._names:
            self._paint(QPainter(self))

    def _paint(self, painter: QPainter) -> None:
        assert self._counts is not None
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
        free = head.adjusted(0, 0, 0 if self.menu_button.isHidden() else -BUTTON - 2, 0)
        painter.drawText(free, Qt.AlignmentFlag.AlignRight, "true ↓ answered →")
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
