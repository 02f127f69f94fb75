"""The legend of a heat map: its colours as a bar with round values below."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from cnnstudio.gui.fonts import CAPTION, font
from cnnstudio.gui.plots.heat_scale import BROKEN, HeatScale
from cnnstudio.gui.plots.paint import FLAT, MIDDLE
from cnnstudio.gui.theme import Theme

WIDTH, HEIGHT, APART = 200, 8, 40
NO_NUMBER = "no number"


def legend(painter: QPainter, theme: Theme, box: QRectF, scale: HeatScale, broken: bool) -> float:
    """Paint it at the right end of `box`; returns where the room to the left of it ends.

    `broken`: there are values that are no numbers, whose colour is named too.
    """
    width = min(WIDTH, box.width() / 2)
    bar = QRectF(box.right() - width, box.top() + 4, width, HEIGHT)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    table = scale.table(theme)
    for place in range(0, len(table), 15):
        gradient.setColorAt(place / (len(table) - 1), QColor.fromRgba(int(table[place])))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 2, 2)
    painter.setFont(font(CAPTION, tabular=True))
    metrics = QFontMetricsF(painter.font())
    for tick in scale.ticks(max(2, int(width / APART))):
        x = bar.left() + float(scale.shares(np.array([tick]))[0]) * width
        painter.setPen(theme.color("control"))
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
        painter.setPen(theme.color("muted"))
        words = scale.words(tick)
        half = metrics.horizontalAdvance(words) / 2
        middle = min(max(x, bar.left() + half - 4), bar.right() - half + 4)
        place_of = QRectF(middle - APART, bar.bottom() + 3, 2 * APART, 15)
        painter.drawText(place_of, Qt.AlignmentFlag.AlignHCenter | MIDDLE, words)
    end = bar.left() - 10
    if not broken:
        return end
    begin = end - metrics.horizontalAdvance(NO_NUMBER)
    painter.drawText(QRectF(begin, bar.top() - 4, end - begin + 2, 16), FLAT, NO_NUMBER)
    painter.fillRect(QRectF(begin - 16, bar.top(), 10, HEIGHT), theme.color(BROKEN))
    return begin - 24
