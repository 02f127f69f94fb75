"""The regularization budget: everything that holds the network back, as one bar and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.fonts import font
from cnnstudio.gui.network.budget import (
    FULL,
    LIGHT,
    MODERATE,
    STRONG,
    Share,
    shares,
    total,
    verdict,
)
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT as LIGHT_THEME
from cnnstudio.gui.theme import Theme

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment

BAR, TWO_COLUMNS = 72, 560
ZONES = (("light", 0.0, LIGHT), ("moderate", LIGHT, MODERATE), ("strong", MODERATE, STRONG))
LEGEND = (
    "A rough guide on one scale: penalties count by the power of ten, dropout and augmentation by "
    "their range. Whether it is too much, only training tells: see Diagnose."
)


def group_color(theme: Theme, group: str) -> QColor:
    """The colour of a group of contributions."""
    names = {
        "penalty": "rate",
        "dropout": "training",
        "normalization": "reference",
        "smoothing": "ok",
        "augmentation": "validation",
    }
    return theme.color(names[group]) if group in names else QColor(theme.runs[2])


class _Sum(QWidget):
    """The stacked bar with its zones."""

    def __init__(self) -> None:
        super().__init__()
        self._shares: tuple[Share, ...] = ()
        self._theme: Theme = LIGHT_THEME
        self.setFixedHeight(34)
        self.setToolTip(LEGEND)
        self.setAccessibleName("Sum of all regularization")

    def show_shares(self, shown: tuple[Share, ...]) -> None:
        """Show these contributions side by side."""
        self._shares = shown
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, parts, zone marks and their words."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0, 0, self.width(), 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(track, 4, 4)
        scale = track.width() / max(FULL, total(self._shares))
        x = 0.0
        for share in self._shares:
            width = share.level * scale
            painter.setBrush(group_color(theme, share.group))
            painter.drawRoundedRect(QRectF(x, 0, max(2.0, width - 1.5), 12), 3, 3)
            x += width
        painter.setFont(font(11))
        for words, start, end in (*ZONES, ("very strong", STRONG, FULL)):
            place = QRectF(start * scale, 15, (end - start) * scale, 16)
            if start > 0:
                painter.setPen(theme.color("control"))
                painter.drawLine(place.topLeft(), place.topLeft() + QPointF(0, 6))
            painter.setPen(theme.color("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class ShareRow(QAbstractButton):
    """One contribution; pressing it chooses its layer."""

    def __init__(self, share: Share, theme: Theme) -> None:
        super().__init__()
        self.share = share
        self._theme = theme
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{share.title}, {self._where()}")
        if share.layers:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip("Click to choose the layer; again for the next one")
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setToolTip(share.words)

    def _where(self) -> str:
        count = len(self.share.layers)
        layers = f"{count} layers" if count > 1 else "1 layer" if count else ""
        return " · ".join(words for words in (self.share.words, layers) if words)

    def sizeHint(self) -> QSize:
        """A line of a list."""
        return QSize(200, 26)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the pointer."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw dot, title, place and level."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.share.layers and (self.underMouse() or self.hasFocus()):
            painter.setPen(theme.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        color = group_color(theme, self.share.group)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(6, 9, 8, 8), 2, 2)
        bar = QRectF(self.width() - BAR - 6, 11, BAR, 4)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(bar.x(), bar.y(), BAR * min(1, self.share.level), 4), 2, 2)
        painter.setFont(font(12, strong=True))
        painter.setPen(theme.color("text"))
        title = QRectF(22, 0, bar.x() - 34, 26)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.share.title)
        used = painter.fontMetrics().horizontalAdvance(self.share.title) + 10
        painter.setFont(font(12))
        painter.setPen(theme.color("muted"))
        rest = title.adjusted(used, 0, 0, 0)
        words = painter.fontMetrics().elidedText(
            self._where(), Qt.TextElideMode.ElideRight, max(0, int(rest.width()))
        )
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


class BudgetBar(Panel):
    """Where regularization sits and how much it is. `layer_selected` carries a layer's index."""

    layer_selected = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT_THEME
        self._shares: tuple[Share, ...] = ()
        self._last: tuple[Share, int] | None = None
        self._verdict = QLabel()
        self._verdict.setWordWrap(True)
        self._sum = _Sum()
        self._rows: list[ShareRow] = []
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 4, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        scroll = scrolled(body)
        scroll.setMinimumHeight(52)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._verdict)
        layout.addWidget(self._sum)
        layout.addWidget(scroll, 1)

    def set_experiment(self, experiment: Experiment) -> None:
        """Show what regularizes this experiment."""
        found = shares(experiment)
        sentence, tone = verdict(found)
        self._verdict.setText(sentence)
        if self._verdict.property("tone") != tone:
            self._verdict.setProperty("tone", tone)
            self._verdict.style().unpolish(self._verdict)
            self._verdict.style().polish(self._verdict)
        self._sum.show_shares(found)
        if found != self._shares:
            self._shares = found
            self._build()

    def set_theme(self, theme: Theme) -> None:
        """Colour the bars."""
        self._theme = theme
        self._sum.set_theme(theme)
        self._build()

    @property
    def rows(self) -> tuple[ShareRow, ...]:
        """One row for each contribution."""
        return tuple(self._rows)

    def _build(self) -> None:
        for row in self._rows:
            self._grid.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [ShareRow(share, self._theme) for share in self._shares]
        for row in self._rows:
            row.clicked.connect(self._pressed)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where there is room."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        columns = 2 if self.width() >= TWO_COLUMNS else 1
        for number, row in enumerate(self._rows):
            self._grid.addWidget(row, number // columns, number % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)
        for number in range(self._grid.rowCount()):
            self._grid.setRowStretch(number, 0)
        self._grid.setRowStretch(-(-len(self._rows) // columns), 1)

    def _pressed(self) -> None:
        row = self.sender()
        if not isinstance(row, ShareRow) or not row.share.layers:
            return
        share, place = row.share, 0
        if self._last is not None and self._last[0] == share:
            place = (self._last[1] + 1) % len(share.layers)
        self._last = (share, place)
        self.layer_selected.emit(share.layers[place])
