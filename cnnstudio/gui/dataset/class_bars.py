"""How many images each class and each part of the dataset has, as bars that filter when clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.dataset.collection import SPLIT_NAMES
from cnnstudio.gui.dataset.image_filter import ImageFilter
from cnnstudio.gui.fonts import font
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.facts import SPLITS
from cnnstudio.spec.problems import Problem, without_images

if TYPE_CHECKING:
    from cnnstudio.spec.facts import DatasetFacts, SplitName

SPLIT_COLORS = {"train": "training", "validation": "validation", "test": "rate"}
"""Names of theme colours: a part has the colour of its curve."""

HEIGHT = 34
"""Pixels of a bar with its line of words."""

KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Bar(QAbstractButton):
    """A name, a number, and below them a bar in the colours of its parts."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.name = name
        self.setText(words)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._parts: tuple[tuple[str, int], ...] = ()
        self._scale = 1
        self.short = ""
        """Words for where there is no room for all of them; empty: they end in an ellipsis."""
        self._note = ""
        self._dot = ""
        self._ring = False
        self._theme: Theme = LIGHT

    def show_parts(
        self, parts: tuple[tuple[str, int], ...], scale: int, note: str, dot: str = ""
    ) -> None:
        """(theme colour, count) from left to right; `scale` is the count of a full bar."""
        self._parts, self._scale, self._note, self._dot = parts, max(1, scale), note, dot
        self.setAccessibleName(f"{self.text()}, {note}")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of a list."""
        return QSize(120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Names are shortened in a narrow pane."""
        return QSize(60, HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the pointer."""
        super().enterEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus only to those who move it by the keyboard."""
        self._ring = event.reason() in KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it again."""
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, words and bar."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(ground, 6, 6)
        elif self.underMouse():
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(ground, 6, 6)
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        line = QRectF(8, 2, self.width() - 16, 20)
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(self._dot))
            painter.drawRoundedRect(QRectF(8, 8, 8, 8), 2, 2)
            line.setLeft(22)
        painter.setFont(font(12, tabular=True))
        painter.setPen(theme.color("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, right, self._note)
        room = int(line.width()) - painter.fontMetrics().horizontalAdvance(self._note) - 8
        painter.setFont(font(13, strong=self.isChecked()))
        painter.setPen(theme.color("text"))
        metrics = painter.fontMetrics()
        whole = self.text()
        if self.short and metrics.horizontalAdvance(whole) > room:
            whole = self.short
        words = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, room)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, left, words)
        self._paint_bar(painter, QRectF(8, 23, self.width() - 16, 6))
        painter.end()

    def _paint_bar(self, painter: QPainter, track: QRectF) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("border"))
        painter.drawRoundedRect(track, 3, 3)
        x = track.left()
        for color, count in self._parts:
            width = track.width() * count / self._scale
            if width <= 0:
                continue
            painter.setBrush(theme.color(color))
            painter.drawRoundedRect(QRectF(x, track.top(), max(2.0, width - 1), 6), 2, 2)
            x += width


class ClassBars(Panel):
    """The parts of the dataset above, its classes below; each bar filters the browser.

    `class_clicked` and `split_clicked` carry the name of the bar that a person pressed.
    """

    class_clicked = Signal(str)
    split_clicked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._bars: dict[str, Bar] = {}
        self._parts: dict[str, Bar] = {}
        self._filter = ImageFilter()
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        for split in SPLITS:
            bar = Bar(split, SPLIT_NAMES[split].capitalize())
            bar.setToolTip(_SPLIT_HELP[split] + "\nClick to show only these.")
            bar.clicked.connect(self._split_pressed)
            top.addWidget(bar)
            self._parts[split] = bar
        self._heading = QLabel("Classes")
        self._heading.setProperty("role", "strong")
        self._heading.setContentsMargins(8, 8, 0, 4)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._list)
        column.addStretch(1)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._heading)
        layout.addWidget(scroll, 1)
        self.setMinimumWidth(178)
        self.set_facts(None)

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Show the counts; nothing while they are unknown."""
        total = facts.images() if facts is not None else 0
        for split, bar in self._parts.items():
            count = facts.images(_split(split)) if facts is not None else 0
            share = f" · {100 * count / total:.0f} %" if total else ""
            color = SPLIT_COLORS[split]
            note = f"{count:,}{share}" if facts is not None else ""
            if split == "test":
                bar.setText("Test, kept apart" if count else "Test")
                bar.short = "Test"
            bar.show_parts(((color, count),), total, note, color)
        names = facts.class_names if facts is not None else ()
        if list(names) != list(self._bars):
            self._build(names)
        self._known = facts is not None
        self._heading.setText(f"{len(names)} classes" if self._known else "Counting…")
        if facts is None:
            return
        largest = max((facts.class_count(name) for name in names), default=1)
        for name, bar in self._bars.items():
            counts = {s: facts.counts.get(s, {}).get(name, 0) for s in SPLITS}
            bar.show_parts(
                tuple((SPLIT_COLORS[s], counts[s]) for s in SPLITS),
                largest,
                f"{sum(counts.values()):,}",
            )
            parts = ", ".join(f"{counts[s]} {SPLIT_NAMES[s]}" for s in SPLITS if counts[s])
            bar.setToolTip(f"{name}: {parts}\nClick to show only this class.")

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Stop counting where there is nothing to count."""
        if not self._known:
            self._heading.setText("No images" if without_images(problems) else "Counting…")

    def set_filter(self, shown: ImageFilter) -> None:
        """Mark the bars that the browser filters by. Never emits."""
        self._filter = shown
        for name, bar in self._bars.items():
            bar.setChecked(name in shown.classes)
        for name, bar in self._parts.items():
            bar.setChecked(name in shown.splits)

    def set_theme(self, theme: Theme) -> None:
        """Colour the bars."""
        self._theme = theme
        for bar in (*self._bars.values(), *self._parts.values()):
            bar.set_theme(theme)

    def bar(self, name: str) -> Bar:
        """The bar of a class, or of a part of the dataset."""
        return self._bars[name] if name in self._bars else self._parts[name]

    def _build(self, names: tuple[str, ...]) -> None:
        for bar in self._bars.values():
            self._list.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self._bars = {}
        for name in names:
            bar = Bar(name, name)
            bar.clicked.connect(self._class_pressed)
            bar.set_theme(self._theme)
            self._list.addWidget(bar)
            self._bars[name] = bar
        self.set_filter(self._filter)

    def _class_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Bar):
            self.class_clicked.emit(sender.name)

    def _split_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Bar):
            self.split_clicked.emit(sender.name)


_SPLIT_HELP = {
    "train": "The network learns from these images; they alone are augmented.",
    "validation": "Watched while training: they show whether the network has learned or memorized.",
    "test": "Set aside: no training, no setting and no choice of weights follows from them.\n"
    "The health check looks at them for damage and copies alone.",
}


def _split(name: str) -> SplitName:
    return next(split for split in SPLITS if split == name)
