"""Marks of what happened along the axis: a named hairline, small flags, dots on the base line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPolygonF

from cnnstudio.gui.fonts import CAPTION, font
from cnnstudio.gui.plots.lines import pen
from cnnstudio.gui.theme import Theme

TITLE_ROOM = 76.0
NEAR = 5.0
"""Pixels from a mark within which the crosshair tells of it."""
APART = 8.0
"""Pixels between two flags or dots; what is nearer shares one."""
Shape = Literal["line", "flag", "dot"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at `value` of the axis.

    A "line" has its word at its top; a "flag" is a small triangle over a faint hairline, a "dot"
    lies on the base line: the words of both are told by the crosshair.
    """

    value: float
    word: str
    color: str = "ok"
    shape: Shape = "line"


def near(marks: Sequence[Mark], x: float, x_of: Callable[[float], float]) -> list[Mark]:
    """The flags and dots at a pixel column, in their order, each word once."""
    found = {
        mark.word: mark
        for mark in marks
        if mark.shape != "line" and abs(x_of(mark.value) - x) <= NEAR
    }
    return list(found.values())


def apart(marks: Sequence[Mark], x_of: Callable[[float], float]) -> list[Mark]:
    """Flags and dots without those that would lie over one that is there already."""
    kept: list[Mark] = []
    taken: dict[Shape, float] = {}
    for mark in sorted(marks, key=lambda mark: mark.value):
        x = x_of(mark.value)
        if mark.shape == "line" or x - taken.get(mark.shape, -APART) < APART:
            continue
        taken[mark.shape] = x
        kept.append(mark)
    return kept


def paint_marks(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    happened: Sequence[Mark],
    x_of: Callable[[float], float],
) -> None:
    """Every mark in view, over one band."""
    for mark in apart(happened, x_of):
        x = x_of(mark.value)
        if not area.left() - 1 <= x <= area.right() + 1:
            continue
        color = theme.color(mark.color)
        if mark.shape == "flag":
            faint = theme.color(mark.color)
            faint.setAlphaF(0.35)
            painter.setPen(pen(faint, 1.0))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        if mark.shape == "flag":
            top = area.top()
            corners = [QPointF(x - 4.5, top - 1), QPointF(x + 4.5, top - 1), QPointF(x, top + 6)]
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.drawEllipse(QPointF(x, area.bottom()), 2.5, 2.5)
    painter.setFont(font(CAPTION))
    metrics = QFontMetricsF(painter.font())
    for mark in happened:
        x = round(x_of(mark.value)) + 0.5
        if mark.shape != "line" or not area.left() <= x <= area.right() + 1:
            continue
        color = theme.color(mark.color)
        painter.setPen(pen(color, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top() - 3), QPointF(x, area.bottom()))
        width = metrics.horizontalAdvance(mark.word) + 6
        # The band's title stands in the same row, at the left edge of the chart.
        left = max(area.left(), TITLE_ROOM, min(x - width / 2, area.right() - width / 2))
        painter.setPen(color)
        painter.drawText(
            QRectF(left, area.top() - 20, width, 16), Qt.AlignmentFlag.AlignCenter, mark.word
        )
