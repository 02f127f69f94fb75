"""A window that shows every pixel of one image: zoom by wheel and keys, move by dragging."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cnnstudio.gui.dataset.look import whole_picture
from cnnstudio.gui.dataset.newest_first import NewestFirst, Outcome
from cnnstudio.gui.dataset.pictures import ENLARGED_AS_PIXELS, fitted
from cnnstudio.gui.fonts import font
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.data.index import Sample

STEP, MOST, LEAST = 1.25, 40.0, 0.02
MARGIN = 24.0
HELP = "Wheel or + − to zoom · 0 to fit · 1 for single pixels · ← → for the next · Esc to close"


class ImageViewer(QWidget):
    """One image on a plain ground. Left and right show its neighbours in the grid."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._threads = NewestFirst(self, threads=1)
        self._samples: Sequence[Sample] = ()
        self._place = 0
        self._image: QImage | None = None
        self._words = ""
        self._zoom = 1.0
        self._fits = True
        self._middle = QPointF()
        self._held: QPointF | None = None
        self._theme: Theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.resize(900, 700)

    def show_sample(self, sample: Sample, samples: Sequence[Sample]) -> None:
        """Show an image out of a list, and come to the front."""
        self._samples = samples
        self._place = next((at for at, s in enumerate(samples) if s.key == sample.key), 0)
        self._read()
        if self.isVisible():
            self.raise_()
        self.show()
        self.activateWindow()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    @property
    def zoom(self) -> float:
        """Pixels of the window for each pixel of the image."""
        return self._zoom

    def sizeHint(self) -> QSize:
        """Room for a photo."""
        return QSize(900, 700)

    # ---- reading ----

    def _read(self) -> None:
        if not self._samples:
            return
        sample = self._samples[self._place]
        self.setWindowTitle(Path(sample.key).name)
        self._threads.request("view", partial(whole_picture, sample), partial(self._show, sample))

    def _show(self, sample: Sample, outcome: Outcome[QImage]) -> None:
        if sample != self._samples[self._place]:
            return
        self._image = outcome.value
        self._words = getattr(outcome.error, "sentence", "") if outcome.value is None else ""
        self.fit()

    # ---- zoom ----

    def fit(self) -> None:
        """Show the whole image as large as the window allows."""
        self._fits = True
        if self._image is not None:
            room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - 20)
            place = fitted(QSizeF(self._image.size()), room)
            self._zoom = max(LEAST, place.width() / max(1, self._image.width()))
            self._middle = QPointF(self._image.width() / 2, self._image.height() / 2)
        self.update()

    def set_zoom(self, zoom: float, fixed: QPointF | None = None) -> None:
        """Zoom so that the point `fixed` of the window stays on the same pixel."""
        zoom = min(MOST, max(LEAST, zoom))
        if fixed is not None:
            away = fixed - QRectF(self.rect()).center()
            self._middle += away / self._zoom - away / zoom
        self._zoom, self._fits = zoom, False
        self._hold_in()

    def _hold_in(self) -> None:
        """No part of the window is beyond the image's edge on both sides."""
        if self._image is not None:
            self._middle.setX(min(self._image.width(), max(0.0, self._middle.x())))
            self._middle.setY(min(self._image.height(), max(0.0, self._middle.y())))
        self.update()

    # ---- events ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the image and one line of words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("window"))
        if self._image is not None:
            smooth = self._zoom < ENLARGED_AS_PIXELS
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            size = QSizeF(self._image.size()) * self._zoom
            corner = QRectF(self.rect()).center() - self._middle * self._zoom
            painter.drawImage(QRectF(corner, size), self._image, QRectF(self._image.rect()))
        line = QRectF(0, self.height() - 28, self.width(), 28)
        painter.fillRect(line, self._theme.color("window"))
        painter.setFont(font(12, tabular=True))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(line.adjusted(12, 0, -12, 0), Qt.AlignmentFlag.AlignVCenter, self._line())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self.width() > 780:
            painter.drawText(line.adjusted(12, 0, -12, 0), right, HELP)
        painter.end()

    def _line(self) -> str:
        if self._image is None:
            return self._words
        return f"{self._image.width()} × {self._image.height()} px · {100 * self._zoom:.0f} %"

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        notches = event.angleDelta().y() / 120
        self.set_zoom(self._zoom * STEP**notches, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the image."""
        if self._held is not None:
            self._middle -= (event.position() - self._held) / self._zoom
            self._held = event.position()
            self._fits = False
            self._hold_in()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """From fitted to single pixels, and back."""
        if self._fits:
            self.set_zoom(1.0 if self._zoom != 1.0 else 4.0, event.position())
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted image stays fitted."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, go to a neighbour, close."""
        key = event.key()
        turn = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        if turn and 0 <= self._place + turn < len(self._samples):
            self._place += turn
            self._read()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self._zoom * STEP)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self._zoom / STEP)
        elif key == Qt.Key.Key_1:
            self.set_zoom(1.0)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
