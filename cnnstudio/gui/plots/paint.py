"""The painted parts of a chart: rules, words, names at line ends, marks and the crosshair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from cnnstudio.gui.fonts import CAPTION, SECTION, font
from cnnstudio.gui.plots.band import Band
from cnnstudio.gui.plots.lines import pen
from cnnstudio.gui.theme import Theme

ROW = 14.0
"""Pixels between names that would otherwise lie over each other."""
End = tuple[str, QColor, float, float]
MIDDLE = Qt.AlignmentFlag.AlignVCenter
FLAT = Qt.AlignmentFlag.AlignLeft | MIDDLE
WRAPPED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True)
class Tick:
    """A place of the axis with the words below it, one for each row."""

    value: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A name to be written at a pixel row and column."""

    y: float
    x: float
    name: str
    color: QColor
    width: float = 0.0


def grid(
    painter: QPainter,
    theme: Theme,
    bands: Sequence[Band],
    at: Sequence[Tick],
    x_of: Callable[[float], float],
) -> None:
    """Faint rules, the words of each y axis, the shaded stretch and the base line."""
    faint = QColor(theme.mixed("surface", "border", 0.6))
    painter.setFont(font(CAPTION, tabular=True))
    for band in bands:
        area = band.area()
        if band.shade is not None:
            low, high = band.y(max(band.shade[0], band.low)), band.y(min(band.shade[1], band.high))
            ground = theme.color("reference")
            ground.setAlphaF(0.16)
            painter.fillRect(QRectF(area.left(), high, area.width(), low - high), ground)
        for value in band.ticks():
            y = round(band.y(value)) + 0.5
            base = abs(value - band.low) < 1e-12
            painter.setPen(pen(theme.color("border") if base else faint, 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.color("muted"))
            box = QRectF(0, y - 8, area.left() - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | MIDDLE, band.words(value))
        painter.setPen(pen(faint, 1.0))
        for tick in at:
            x = round(x_of(tick.value)) + 0.5
            if area.left() + 1 < x < area.right():
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def axis(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    at: Sequence[Tick],
    x_of: Callable[[float], float],
    captions: Sequence[str],
) -> None:
    """The words below the last band, in as many rows as the ticks have words."""
    painter.setPen(theme.color("muted"))
    metrics = QFontMetricsF(painter.font())
    room = area.left() - 8
    taken = [metrics.horizontalAdvance(caption) for caption in captions]
    for row, caption in enumerate(captions):
        box = QRectF(0, area.bottom() + 6 + 15 * row, room, 15)
        painter.drawText(box, FLAT, caption)
    for tick in at:
        x = x_of(tick.value)
        if not area.left() - 1 <= x <= area.right() + 1:
            continue
        for row, words in enumerate(tick.words):
            half = metrics.horizontalAdvance(words) / 2
            middle = max(x, taken[row] + 6 + half) if row < len(taken) else x
            box = QRectF(middle - 50, area.bottom() + 6 + 15 * row, 100, 15)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | MIDDLE, words)


def heading(painter: QPainter, theme: Theme, band: Band, title_font: QFont) -> None:
    """The band's title above its upper left corner."""
    area = band.area()
    painter.setFont(title_font)
    painter.setPen(theme.color("text"))
    box = QRectF(0, area.top() - 24, area.width(), 18)
    painter.drawText(box, FLAT, band.title)


def names(
    painter: QPainter,
    theme: Theme,
    band: Band,
    ends: Sequence[End],
    x_of: Callable[[float], float],
) -> None:
    """A dot and the name at the end of every line, and the name of every reference.

    Names keep a row's distance from each other; the lines come first, in the order of their ends.
    """
    area = band.area()
    written = font(CAPTION, strong=True)
    metrics = QFontMetricsF(written)
    dotted = pen(theme.color("reference"), 1.2, Qt.PenStyle.DotLine)
    painter.save()
    for reference in band.references:
        if band.low <= reference.value <= band.high:
            painter.setPen(dotted)
            y = round(band.y(reference.value)) + 0.5
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    at_margin: list[Label] = []
    within: list[Label] = []
    for name, color, x, y in ends:
        if not band.low <= y <= band.high:
            continue
        point = QPointF(x_of(x), band.y(y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(point, 2.5, 2.5)
        # A name that reaches into the margin belongs to the column of names there.
        width = metrics.horizontalAdvance(name)
        reaches = point.x() + 11 + width > area.right()
        group = at_margin if reaches else within
        group.append(Label(point.y(), point.x() + 7, name, color, width))
    for reference in band.references:
        if band.low <= reference.value <= band.high:
            y = band.y(reference.value)
            color = theme.color("reference")
            at_margin.append(Label(y, area.right() + 7, reference.name, color))
    # Names within the plot stand on a ground of their own, or the rules would run through them.
    ground = theme.color("surface")
    ground.setAlphaF(0.82)
    painter.setFont(written)
    for column in (at_margin, *columns(within)):
        for label in apart(column, area.top() - 4, area.bottom() + 4):
            width = metrics.horizontalAdvance(label.name)
            box = QRectF(label.x, label.y - 8, width + 4, 16)
            if column is not at_margin:
                painter.fillRect(box.adjusted(-1, 1, 0, -1), ground)
            painter.setPen(label.color)
            painter.drawText(box, FLAT, label.name)
    painter.restore()


def columns(labels: Sequence[Label]) -> list[list[Label]]:
    """Labels that stand above each other, together; those beside each other, apart."""
    found: list[list[Label]] = []
    right = float("-inf")
    for label in sorted(labels, key=lambda label: label.x):
        if label.x >= right or not found:
            found.append([])
        found[-1].append(label)
        right = max(right, label.x + label.width)
    return found


def apart(labels: Sequence[Label], top: float, bottom: float) -> list[Label]:
    """The same labels, moved up and down until none lies over another, within top..bottom."""
    ordered = sorted(labels, key=lambda label: label.y)
    places: list[float] = []
    for label in ordered:
        places.append(max(label.y, places[-1] + ROW if places else top))
    # What went down too far goes up again, each row only as far as it must.
    limit = bottom
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - ROW
    # Neighbours share the way between them, so that each stays near its line.
    for index in range(len(places) - 2, -1, -1):
        pushed = places[index + 1] - ordered[index + 1].y
        if pushed > 0 and places[index + 1] - places[index] <= ROW + 0.1:
            room = places[index] - (places[index - 1] + ROW if index else top)
            lift = max(0.0, min(pushed / 2, room))
            places[index] -= lift
            places[index + 1] -= lift
    return [replace(label, y=y) for label, y in zip(ordered, places, strict=True)]


def message_box(area: QRectF, sentence: str, second: str = "") -> QRectF:
    """Where the words of an empty band stand: as wide as they are, within the band."""
    plain, strong = QFontMetricsF(font()), QFontMetricsF(font(SECTION, strong=True))
    wanted = max(plain.horizontalAdvance(second), strong.horizontalAdvance(sentence))
    width = max(1.0, min(wanted, area.width() - 48))
    rows = plain.boundingRect(QRectF(0, 0, width, 400), WRAPPED, second).height() if second else 0
    box = QRectF(0, 0, width + 32, 8 + 24 + rows + 12)
    box.moveCenter(area.center())
    return box


def message(painter: QPainter, theme: Theme, area: QRectF, sentence: str, second: str = "") -> None:
    """Words in the middle of an empty band; the second, quieter ones break where they must."""
    box = message_box(area, sentence, second)
    painter.fillRect(box, theme.color("surface"))
    words = box.adjusted(16, 8, -16, -12)
    painter.setFont(font(SECTION, strong=True))
    painter.setPen(theme.color("text"))
    head = QRectF(words.left() - 16, words.top(), words.width() + 32, 24)
    painter.drawText(head, Qt.AlignmentFlag.AlignCenter, sentence)
    painter.setFont(font())
    painter.setPen(theme.color("muted"))
    painter.drawText(words.adjusted(0, 24, 0, 2), WRAPPED, second)


def crosshair(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    cursor: QPointF,
    title: str,
    rows: Sequence[tuple[QColor, str, str]],
    dots: Sequence[tuple[QColor, QPointF]],
    notes: Sequence[tuple[QColor, str]] = (),
) -> None:
    """A hairline through all bands, a dot on each line, and a card with their values.

    Below the values stand the `notes`: what happened there.
    """
    painter.setPen(pen(theme.color("control"), 1.0))
    painter.drawLine(QPointF(cursor.x(), area.top()), QPointF(cursor.x(), area.bottom()))
    for color, point in dots:
        painter.setPen(pen(theme.color("surface"), 1.5))
        painter.setBrush(color)
        painter.drawEllipse(point, 4, 4)
    plain, strong = font(CAPTION, tabular=True), font(CAPTION, strong=True, tabular=True)
    metrics, bold = QFontMetricsF(plain), QFontMetricsF(strong)
    names_width = max((metrics.horizontalAdvance(name) for _, name, _ in rows), default=0.0)
    values_width = max((bold.horizontalAdvance(value) for _, _, value in rows), default=0.0)
    noted = max((metrics.horizontalAdvance(words) + 14 for _, words in notes), default=0.0)
    wide = max(14 + names_width + 16 + values_width, bold.horizontalAdvance(title), noted)
    width = wide + 20
    height = 18 * (len(rows) + len(notes)) + 30
    left = cursor.x() + 14
    if left + width > area.right() + 80:
        left = cursor.x() - 14 - width
    top = max(area.top(), min(cursor.y() - height / 2, area.bottom() - height))
    box = QRectF(round(left) + 0.5, round(top) + 0.5, round(width), height)
    painter.setPen(pen(theme.color("border"), 1.0))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(strong)
    painter.setPen(theme.color("text"))
    painter.drawText(QRectF(box.left() + 10, box.top() + 5, width, 18), FLAT, title)
    for index, (color, name, value) in enumerate(rows):
        y = box.top() + 24 + 18 * index
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(box.left() + 10, y + 8, 9, 3), 1.5, 1.5)
        painter.setFont(plain)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(box.left() + 24, y, names_width + 4, 18), FLAT, name)
        painter.setFont(strong)
        painter.setPen(theme.color("text"))
        value_box = QRectF(box.right() - 10 - values_width - 4, y, values_width + 4, 18)
        painter.drawText(value_box, Qt.AlignmentFlag.AlignRight | MIDDLE, value)
    for index, (color, words) in enumerate(notes, len(rows)):
        y = box.top() + 24 + 18 * index
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(box.left() + 14.5, y + 9.5), 2.5, 2.5)
        painter.setFont(plain)
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(box.left() + 24, y, width - 28, 18), FLAT, words)
