"""The values that the files hold, with the ends of the intensity window, which can be dragged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.forms.numbers import plain_number
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.intensities import EightBit, FixedWindow

if TYPE_CHECKING:
    from cnnstudio.data.picture import Picture
    from cnnstudio.data.stored import Stored
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.spec.experiment import Dataset

HEIGHT = 56
GRIP = 8
"""Pixels around an end where the mouse takes hold of it."""


class ValuesChart(QWidget):
    """How often each value occurs, what the window cuts off shaded; `dragged` carries its ends."""

    dragged = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._stored: Stored | None = None
        self._window = (0.0, 1.0)
        self._held: int | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stored values and the intensity window")
        self.setToolTip("Values as stored; drag an end to set what is black and white")

    def show_values(self, stored: Stored, window: tuple[float, float]) -> None:
        """Show these values with a window; a drag that goes on is not disturbed."""
        self._stored = stored
        if self._held is None:
            self._window = window
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(220, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the bars and the ends."""
        stored, theme = self._stored, self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mixed("surface", "text", 0.05)))
        painter.drawRoundedRect(room, 6, 6)
        if stored is not None:
            # The root keeps rare values visible beside a peak.
            heights = stored.counts**0.5
            heights = heights / max(1.0, float(heights.max())) * (room.height() - 10)
            low, high = (self._place(end) for end in self._window)
            step = (room.width() - 8) / len(heights)
            for at, height in enumerate(heights.tolist()):
                left = 4 + at * step
                within = low <= left + step / 2 <= high
                color = theme.muted if within else theme.mixed("surface", "text", 0.25)
                painter.setBrush(QColor(color))
                painter.drawRect(QRectF(left, room.height() - 3 - height, step, height))
            painter.setPen(QPen(theme.color("accent"), 2))
            for end in (low, high):
                painter.drawLine(QPointF(end, 2), QPointF(end, room.height() - 2))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the nearer end."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._end_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the end that is held; show where there is one to hold."""
        x = event.position().x()
        if self._held is None:
            over = self._end_at(x) is not None
            shape = Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            return
        low, high = self._window
        value = self._value(x)
        self._window = (min(value, high), high) if self._held == 0 else (low, max(value, low))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: the window is set."""
        held, self._held = self._held, None
        low, high = self._window
        if held is not None and low < high:
            self.dragged.emit(low, high)

    def _end_at(self, x: float) -> int | None:
        away = [abs(x - self._place(end)) for end in self._window]
        nearest = away.index(min(away))
        return nearest if self._stored is not None and away[nearest] <= GRIP else None

    def _place(self, value: float) -> float:
        """Where a value stands, at most at the border."""
        if self._stored is None:
            return 0.0
        share = (value - self._stored.low) / (self._stored.high - self._stored.low)
        return 4 + min(1.0, max(0.0, share)) * (self.width() - 8)

    def _value(self, x: float) -> float:
        """The value at a place, with as many digits as a pixel tells apart."""
        assert self._stored is not None
        low, high = self._stored.low, self._stored.high
        value = low + min(1.0, max(0.0, (x - 4) / (self.width() - 8))) * (high - low)
        return float(round(value)) if high - low >= 100 else float(f"{value:.4g}")


class WindowView(QWidget):
    """The chart with a sentence below it; hidden while images are read as they are.

    `edited` carries a `FixedWindow` that a person dragged.
    """

    edited = Signal(object)
    looked = Signal()

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self._collection = collection
        self._dataset: Dataset | None = None
        self._stored: Stored | None = None
        self._asked: object = None
        self._threads = NewestFirst(self, threads=1)
        self._chart = ValuesChart()
        self._words = QLabel()
        self._words.setProperty("role", "caption")
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 6)
        column.setSpacing(4)
        column.addWidget(self._chart)
        column.addWidget(self._words)
        self._chart.dragged.connect(lambda a, b: self.edited.emit(FixedWindow(low=a, high=b)))
        collection.index_changed.connect(lambda _index: self._look())
        self.hide()

    @property
    def chart(self) -> ValuesChart:
        """The values and the ends."""
        return self._chart

    @property
    def stored(self) -> Stored | None:
        """What the files hold, None while unknown."""
        return self._stored

    def window_of(self) -> tuple[float, float] | None:
        """The ends in use: the fixed ones, those that were measured, or those of 8 bits."""
        if self._dataset is not None and isinstance(self._dataset.intensity, FixedWindow):
            return self._dataset.intensity.low, self._dataset.intensity.high
        everything = self._collection.everything
        # Images that were read without a window have 8 bits.
        return everything[0].reading.window or (0.0, 255.0) if everything else None

    def show_dataset(self, dataset: Dataset) -> None:
        """Show the window of this dataset. Never emits."""
        self._dataset = dataset
        self._look()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._chart.set_theme(theme)

    def _look(self) -> None:
        dataset = self._dataset
        everything = self._collection.everything
        if dataset is None or isinstance(dataset.intensity, EightBit) or not everything:
            self.hide()
            return
        reading = everything[0].reading
        asked = dataset.source, dataset.color, reading.page, reading.channels, len(everything)
        if asked != self._asked:
            self._asked, self._stored = asked, None
            work = partial(_read, [sample.picture for sample in everything], dataset.color)
            self._threads.request("look", work, partial(self._show, asked))
        self._tell()

    def _show(self, asked: object, outcome: Outcome[Stored | None]) -> None:
        if asked == self._asked:
            self._stored = outcome.value
            self._tell()
            self.looked.emit()

    def _tell(self) -> None:
        stored, window = self._stored, self.window_of()
        shown = stored is not None and window is not None
        self.setVisible(shown)
        if stored is None or window is None:
            return
        self._chart.show_values(stored, window)
        low, high = (plain_number(float(f"{end:.4g}")) for end in window)
        words = [f"Black at {low}, white at {high}"]
        cut = stored.outside(window)
        words.append(
            f"{cut * 100:.0f} % of the values cut off" if cut >= 0.005 else "hardly any cut off"
        )
        held = [stored.kind] if stored.kind else []
        if stored.channels > 1:
            held.append(f"{stored.channels} channels")
        if stored.pages > 1:
            held.append(f"{stored.pages} pages")
        files = f" Files: {', '.join(held)}." if held else ""
        more = stored.channels > 3 or stored.channels == 2 or stored.pages > 1
        choose = " Page and channels are chosen under More." if more else ""
        self._words.setText(", ".join(words) + "." + files + choose)


def _read(pictures: list[Picture], color: Literal["rgb", "grayscale"]) -> Stored | None:
    from cnnstudio.data.stored import stored

    return stored(pictures, color)
