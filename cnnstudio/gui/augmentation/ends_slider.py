"""A slider with one handle or two: the ends of a range."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from cnnstudio.gui.augmentation.places import PLACES, Places
from cnnstudio.gui.forms.editor import WheelGuard

HANDLE = 14
TRACK = 4


class Handle(QSlider):
    """One end. It takes the keys and tells a screen reader its value; its slider has the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.places: Places | None = None
        self.setRange(0, PLACES)
        self.setPageStep(PLACES // 20)
        self.setFixedSize(HANDLE + 2, 20)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.actionTriggered.connect(self._act)

    def turn(self, event: QWheelEvent) -> None:
        """Go to the next value by the wheel, as by an arrow key."""
        steps = event.angleDelta().y()
        if steps and self.places is not None:
            self.setValue(self.places.stepped(self.value(), steps))

    def _act(self, action: int) -> None:
        """Let an arrow key always reach another value, however fine the places are."""
        steps = {
            QSlider.SliderAction.SliderSingleStepAdd.value: 1,
            QSlider.SliderAction.SliderSingleStepSub.value: -1,
        }.get(action)
        if steps is not None and self.places is not None:
            self.setSliderPosition(self.places.stepped(self.value(), steps))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring; filled while it has the focus."""
        colors, role = self.palette(), QPalette.ColorRole
        edge = colors.color(role.Accent) if self.isEnabled() else _track(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = HANDLE - 2
        ring = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setPen(edge)
        painter.setBrush(edge)
        painter.drawEllipse(ring)
        if not self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color(role.Base))
            painter.drawEllipse(ring.adjusted(2, 2, -2, -2))
        painter.end()


class EndsSlider(QWidget):
    """Places of a lower and an upper end, or of one number when `apart` is off.

    `moved` carries which end (0 lower, 1 upper) and its place, and is emitted on a person's
    gesture only. A lower end never passes the upper one.
    """

    moved = Signal(int, int)

    def __init__(self, guard: WheelGuard) -> None:
        super().__init__()
        self.low, self.high = Handle(self), Handle(self)
        self._apart = False
        self._showing = False
        self._held: int | None = None
        self._begun = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(48)
        for end, handle in enumerate((self.low, self.high)):
            guard.watch(handle)
            handle.valueChanged.connect(lambda place, end=end: self._changed(end, place))
        self.low.hide()

    @property
    def apart(self) -> bool:
        """Whether there are two handles."""
        return self._apart

    def set_places(self, places: Places, apart: bool) -> None:
        """Take another axis, with one handle or two."""
        self._apart = apart
        self.low.places = self.high.places = places
        self.low.setVisible(apart)
        self.update()

    def show_places(self, lower: int, upper: int) -> None:
        """Put the handles there. Never emits."""
        self._showing = True
        self.low.setValue(lower)
        self.high.setValue(upper)
        self._showing = False
        self._arrange()

    def sizeHint(self) -> QSize:
        """As high as a line of fields."""
        return QSize(120, 26)

    # ---- gestures ----

    def _changed(self, end: int, place: int) -> None:
        if self._showing:
            return
        handle = (self.low, self.high)[end]
        if self._apart:
            at = min(place, self.high.value()) if end == 0 else max(place, self.low.value())
            if at != place:
                self._showing = True
                handle.setValue(at)
                self._showing = False
        self._arrange()
        self.moved.emit(end, handle.value())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the nearest handle to the mouse, and hold it."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.accept()
            return
        self._begun = event.position().x()
        self._held = self._nearest(self._begun)
        if self._held is not None:
            self._take(self._held, self._begun)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle; of two on one spot, the one that can go there."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        if self._held is None and abs(x - self._begun) >= 1:
            self._held = 1 if x > self._begun else 0
        if self._held is not None:
            self._take(self._held, x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel turns a handle that has the focus; otherwise it scrolls the pane."""
        for handle in (self.low, self.high):
            if handle.hasFocus():
                handle.turn(event)
                return
        event.ignore()

    def _take(self, end: int, x: float) -> None:
        handle = (self.low, self.high)[end]
        handle.setFocus(Qt.FocusReason.MouseFocusReason)
        handle.setValue(self._place_at(x))

    def _nearest(self, x: float) -> int | None:
        """The end to move from here; None while two on one spot await a direction."""
        if not self._apart:
            return 1
        lower, upper = self._x(self.low.value()), self._x(self.high.value())
        if upper - lower < 1 and abs(x - lower) <= HANDLE / 2:
            return None
        return 0 if abs(x - lower) < abs(x - upper) or x < lower else 1

    # ---- drawing ----

    def _x(self, place: int) -> float:
        return HANDLE / 2 + 1 + place / PLACES * (self.width() - HANDLE - 2)

    def _place_at(self, x: float) -> int:
        share = (x - HANDLE / 2 - 1) / max(1, self.width() - HANDLE - 2)
        return round(PLACES * min(1.0, max(0.0, share)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the handles at their places."""
        self._arrange()

    def _arrange(self) -> None:
        for handle in (self.low, self.high):
            x = self._x(handle.value()) - handle.width() / 2
            handle.move(round(x), (self.height() - handle.height()) // 2)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track, what lies between the ends, and where zero is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        left = self._x(0)
        track = QRectF(left, middle - TRACK / 2, self._x(PLACES) - left, TRACK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_track(self))
        painter.drawRoundedRect(track, TRACK / 2, TRACK / 2)
        places = self.high.places
        if self._apart and places is not None and 0 < places.zero < 1:
            x = left + places.zero * track.width()
            painter.fillRect(QRectF(x - 0.5, middle - 6, 1, 12), _track(self))
        if self.isEnabled():
            begin = self._x(self.low.value()) if self._apart else left
            between = QRectF(track)
            between.setLeft(begin)
            between.setRight(self._x(self.high.value()))
            painter.setBrush(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRoundedRect(between, TRACK / 2, TRACK / 2)
        painter.end()

    def handle_center(self, end: int) -> QPointF:
        """The middle of a handle in this widget."""
        return QPointF((self.low, self.high)[end].geometry().center())


def _track(widget: QWidget) -> QColor:
    color = QColor(widget.palette().color(QPalette.ColorRole.Dark))
    color.setAlphaF(0.35)
    return color
