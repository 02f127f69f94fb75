"""Recall by class: of each class's images, how many are recognized, worst first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.gui.fonts import CAPTION, font
from cnnstudio.gui.theme import LIGHT, Theme

ROW, LABEL, VALUE = 17, 64, 42


class RecallBars(QWidget):
    """One bar a class, from the rows of a confusion matrix."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, float, int]] = []
        self._theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: NDArray[np.int64] | None, names: tuple[str, ...]) -> None:
        """int64[classes, classes] and the classes' names; None: nothing measured yet."""
        self._rows = []
        if counts is not None:
            for index, name in enumerate(names):
                images = int(counts[index].sum())
                if images:
                    self._rows.append((name, int(counts[index, index]) / images, images))
        self._rows.sort(key=lambda row: row[1])
        self.setFixedHeight(ROW * len(self._rows))
        self.update()

    @property
    def rows(self) -> list[tuple[str, float, int]]:
        """(class, recall 0..1, images), worst first."""
        return list(self._rows)

    def set_theme(self, theme: Theme) -> None:
        """Colour the bars."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As high as there are classes."""
        return QSize(250, ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(CAPTION, tabular=True))
        theme, metrics = self._theme, painter.fontMetrics()
        width = self.width() - LABEL - VALUE
        vertical = Qt.AlignmentFlag.AlignVCenter
        for index, (name, recall, _) in enumerate(self._rows):
            y = index * ROW
            painter.setPen(theme.color("muted"))
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, LABEL - 8)
            box = QRectF(0, y, LABEL - 8, ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, words)
            track = QRectF(LABEL, y + 6, width, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("border"))
            painter.drawRoundedRect(track, 3, 3)
            painter.setBrush(theme.color("validation"))
            filled = QRectF(LABEL, y + 6, max(6.0, width * recall), 6)
            if recall > 0:
                painter.drawRoundedRect(filled, 3, 3)
            painter.setPen(theme.color("text"))
            value = QRectF(self.width() - VALUE, y, VALUE, ROW)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight | vertical, f"{100 * recall:.0f} %")
