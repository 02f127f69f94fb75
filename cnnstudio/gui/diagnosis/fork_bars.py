"""A bar per fork: clean-train accuracy before and after, against what unchanged runs reach."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.doctor.trial import Trial
from cnnstudio.gui.diagnosis.weighed import Row
from cnnstudio.gui.fonts import BODY, CAPTION, font
from cnnstudio.gui.plots.lines import pen
from cnnstudio.gui.theme import LIGHT, Theme

ROW, LABEL, VALUE, TOP, BOTTOM = 30, 176, 92, 22, 22


class ForkBars(QWidget):
    """Rows over one axis 0–100 %; the grey band is what chance alone makes of unchanged runs."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._trial: Trial | None = None
        self._guess = 0.0
        self._theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Row], trial: Trial | None, guess: float) -> None:
        """Show these rows; `trial` gives the band, `guess` (0..1) the dotted line."""
        self._rows, self._trial, self._guess = tuple(rows), trial, guess
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Colour the bars."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As high as there are rows."""
        return QSize(480, TOP + ROW * len(self._rows) + BOTTOM)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axis, band and rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        left, width = float(LABEL), float(self.width() - LABEL - VALUE)
        bottom = float(TOP + ROW * len(self._rows))
        self._draw_axis(painter, left, width, bottom)
        if self._trial is not None and self._trial.controls > 1:
            low = max(self._trial.accuracy - 2 * self._trial.noise, 0.0)
            high = min(self._trial.accuracy + 2 * self._trial.noise, 1.0)
            ground = theme.color("reference")
            ground.setAlphaF(0.2)
            band = QRectF(left + low * width, TOP, max((high - low) * width, 2), bottom - TOP)
            painter.fillRect(band, ground)
            painter.setFont(font(CAPTION))
            painter.setPen(theme.color("muted"))
            head = QRectF(band.center().x() - 90, 2, 180, TOP - 4)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, "unchanged ± 2 noise")
        for index, row in enumerate(self._rows):
            self._draw_row(painter, row, TOP + ROW * index, left, width)

    def _draw_axis(self, painter: QPainter, left: float, width: float, bottom: float) -> None:
        theme = self._theme
        painter.setFont(font(CAPTION, tabular=True))
        for percent in (0, 25, 50, 75, 100):
            x = left + percent / 100 * width
            painter.setPen(pen(QColor(theme.mixed("surface", "border", 0.6)), 1))
            painter.drawLine(QPointF(x, TOP), QPointF(x, bottom))
            painter.setPen(theme.color("muted"))
            box = QRectF(x - 30, bottom + 4, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"{percent} %")
        if 0 < self._guess < 1:
            x = left + self._guess * width
            painter.setPen(pen(theme.color("reference"), 1.2, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, TOP), QPointF(x, bottom))

    def _draw_row(self, painter: QPainter, row: Row, top: float, left: float, width: float) -> None:
        theme, middle = self._theme, top + ROW / 2
        color = theme.color({"better": "ok", "control": "text"}.get(row.standing, "reference"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        strong = row.standing == "better"
        painter.setFont(font(BODY, strong=strong))
        painter.setPen(theme.color("text"))
        words = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, LABEL - 12)
        painter.drawText(QRectF(0, top, LABEL - 12, ROW), vertical, words)
        value = QRectF(left + width + 10, top, VALUE - 10, ROW)
        if row.standing == "failed":
            painter.setPen(theme.color("error"))
            painter.drawText(value, vertical, "failed")
            return
        before = QPointF(left + row.before * width, middle)
        after = QPointF(left + row.after * width, middle)
        painter.setPen(pen(color, 4.0))
        painter.drawLine(before, after)
        painter.setPen(pen(color, 1.5))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(before, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(after, 5.5, 5.5)
        painter.setFont(font(BODY, strong=strong, tabular=True))
        painter.setPen(color if strong else theme.color("text"))
        painter.drawText(value, vertical, f"{100 * row.before:.0f} → {100 * row.after:.0f} %")
