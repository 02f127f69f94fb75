"""Paints what stands on and under a picture of the preview: pills, warnings, pins, words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from cnnstudio.gui.augmentation.cautions import Caution
from cnnstudio.gui.fonts import font
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.theme import Theme

GROUND, WORDS, AMBER = "#16181D", "#FFFFFF", "#F0B04A"
"""On pictures of any colour the same in both themes: text on it has at least 9:1."""
PILL, EDGE, PIN = 16.0, 6.0, 22.0


def pin_place(place: QRectF) -> QRectF:
    """Where the pin of a tile is, at its upper right."""
    return QRectF(place.right() - PIN - 5, place.top() + 5, PIN, PIN)


def paint_pin(painter: QPainter, place: QRectF, pinned: bool, lit: bool) -> None:
    """The pin of a tile: filled while it holds, in outline where it would."""
    spot = pin_place(place)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ground(0.92 if lit or pinned else 0.7))
    painter.drawEllipse(spot)
    name = "pin-off" if pinned and lit else "pin"
    ratio = painter.device().devicePixelRatioF()
    icon = pixmap(name, AMBER if pinned else WORDS, 14, ratio)
    painter.drawPixmap(spot.center() - QPointF(7, 7), icon)


def paint_pill(painter: QPainter, place: QRectF, words: str, room: float = 0.0) -> None:
    """Words at the upper left of a picture, shortened where they leave less than `room`."""
    _pill(painter, QPointF(place.left() + EDGE, place.top() + EDGE), words, WORDS, place, room)


def paint_cautions(painter: QPainter, place: QRectF, every: Sequence[Caution]) -> None:
    """Warnings at the lower left of a picture, the gravest lowest; as many as there is room."""
    for number, caution in enumerate(every[: max(1, int(place.height() // 36))]):
        corner = QPointF(place.left() + EDGE, place.bottom() - EDGE - PILL - number * (PILL + 3))
        _pill(painter, corner, caution.words, AMBER, place, 0.0)


def paint_focus(painter: QPainter, place: QRectF, theme: Theme, radius: float) -> None:
    """The frame of the tile that the keyboard is on."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = painter.pen()
    pen.setColor(theme.color("accent"))
    pen.setWidthF(3.0)
    pen.setStyle(Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), radius, radius)


def paint_lines(
    painter: QPainter, place: QRectF, lines: Sequence[tuple[str, str]], strong: bool = False
) -> None:
    """Lines of words below a picture, each (words, `#RRGGBB`), shortened where they are too wide.

    With `strong` the first one is the name of a file.
    """
    line = QRectF(place.left(), place.bottom() + 4, place.width(), 15)
    for number, (words, color) in enumerate(lines):
        name = strong and number == 0  # of a file, whose end tells it from its neighbours
        painter.setFont(font(11, strong=name, tabular=True))
        painter.setPen(QColor(color))
        mode = Qt.TextElideMode.ElideMiddle if name else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(words, mode, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        line.translate(0, 15)


def shares_within(painter: QPainter, shares: str, width: float) -> str:
    """The parts of a label, without their percent signs where those do not fit."""
    painter.setFont(font(11, tabular=True))
    fits = painter.fontMetrics().horizontalAdvance(shares) <= width
    return shares if fits else shares.replace(" %", "")


def _pill(
    painter: QPainter, corner: QPointF, words: str, color: str, place: QRectF, room: float
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(10, strong=True))
    most = place.right() - EDGE - corner.x() - room - 12
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(most))
    pill = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(shown) + 12, PILL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_ground(0.78))
    painter.drawRoundedRect(pill, PILL / 2, PILL / 2)
    painter.setPen(QColor(color))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)


def _ground(share: float) -> QColor:
    ground = QColor(GROUND)
    ground.setAlphaF(share)
    return ground
