"""One operation in the list: its switch, its settings, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.operation_body import OperationBody
from cnnstudio.gui.augmentation.operation_words import in_order, summary
from cnnstudio.gui.augmentation.range_line import in_tab_order
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.editors import Switch
from cnnstudio.gui.icons import icon, pixmap
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import Card
from cnnstudio.spec.operations.operation import Operation

DRAG_DISTANCE = 8
MENU_ICONS = {
    "up": "arrow-up",
    "down": "arrow-down",
    "more": "sliders-horizontal",
    "back": "rotate-ccw",
    "remove": "trash-2",
}


class OperationRow(QWidget):
    """Shows one operation. `edited` carries a field's name and value.

    `moved` carries -1 or 1, `removed` and `reset` (to the defaults) nothing, `dragged` where the
    row was taken. Numbers are sliders. Seldom settings are hidden until they are asked for or away
    from their default; a folded row is its title and its settings in a line.
    """

    edited = Signal(str, object)
    moved = Signal(int)
    removed = Signal()
    reset = Signal()
    dragged = Signal(QPoint)
    fold_all_requested = Signal(bool)

    def __init__(self, operation: Operation, guard: WheelGuard, folded: bool = False) -> None:
        super().__init__()
        self.operation = operation
        self._theme: Theme = LIGHT
        self._press: QPoint | None = None
        self._more_wanted = False
        self.folded = folded
        self._cards = in_order(operation)
        title = operation.title()
        self.switch = Switch()
        self.switch.setFixedSize(self.switch.sizeHint())
        self.switch.setAccessibleName(f"{title} on")
        self.switch.setToolTip("Switch this operation on or off, and keep its settings")
        self.switch.clicked.connect(lambda on: self.edited.emit("enabled", on))
        self._icon = QLabel()
        self._icon.setFixedWidth(18)
        self._title = QLabel(title)
        self._title.setToolTip(type(operation).summary())
        self._summary = _Summary()
        self._grip = QLabel()
        self._grip.setToolTip("Drag to change the order, or press Alt with ↑ or ↓")
        self._grip.setCursor(Qt.CursorShape.SizeVerCursor)
        self.fold = _small_button()
        self.fold.clicked.connect(lambda: self.set_folded(not self.folded))
        self._menu_button = _small_button()
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setToolTip("Move, remove, more settings")
        self._menu_button.setAccessibleName(f"{title}: more")
        head = QHBoxLayout()
        head.setSpacing(6)
        for widget in (self._grip, self.switch, self._icon, self._title):
            head.addWidget(widget)
        head.addWidget(self._summary, 1)
        head.addWidget(self.fold)
        head.addWidget(self._menu_button)
        self.body = OperationBody(operation, self._cards, guard)
        self.body.edited.connect(self.edited)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 3)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.body)
        self.actions_by_name = self._menu()
        self.show_operation(operation)

    def show_operation(self, operation: Operation) -> None:
        """Show the settings of an operation of the same kind. Never emits."""
        self.operation = operation
        self.switch.setChecked(operation.enabled)
        self._title.setEnabled(operation.enabled)
        self._arrange()

    def stops(self) -> tuple[QWidget, ...]:
        """What the Tab key visits, in order."""
        return (self.switch, self.fold, self._menu_button, *self.body.stops())

    @property
    def defaults(self) -> Operation:
        """The operation with every setting at its default, on or off as it is."""
        return type(self.operation)(enabled=self.operation.enabled)

    def set_folded(self, folded: bool) -> None:
        """Show the title and a summary alone, or everything."""
        if folded != self.folded:
            self.folded = folded
            self._arrange()

    def allow(self, up: bool, down: bool) -> None:
        """Tell the row where it can be moved within its group."""
        self.actions_by_name["up"].setEnabled(up)
        self.actions_by_name["down"].setEnabled(down)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        self._theme = theme
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self.operation.icon, theme.muted, 16, ratio))
        self._grip.setPixmap(pixmap("grip-vertical", theme.control, 14, ratio))
        self._menu_button.setIcon(icon("ellipsis", theme.muted))
        self._paint_fold()
        self.body.set_theme(theme)

    def _menu(self) -> dict[str, QAction]:
        menu = QMenu(self._menu_button)
        up = menu.addAction("Move up   Alt+↑")
        down = menu.addAction("Move down   Alt+↓")
        menu.addSeparator()
        more = menu.addAction("More settings")
        more.setCheckable(True)
        more.setVisible(any(card.advanced for card in self._cards))
        back = menu.addAction("Back to the defaults")
        menu.addSeparator()
        fold, unfold = menu.addAction("Fold all"), menu.addAction("Unfold all")
        menu.addSeparator()
        remove = menu.addAction("Remove   Del")
        up.triggered.connect(lambda: self.moved.emit(-1))
        down.triggered.connect(lambda: self.moved.emit(1))
        more.triggered.connect(self._want_more)
        back.triggered.connect(self.reset)
        fold.triggered.connect(lambda: self.fold_all_requested.emit(True))
        unfold.triggered.connect(lambda: self.fold_all_requested.emit(False))
        remove.triggered.connect(self.removed)
        menu.aboutToShow.connect(self._paint_menu)
        self._menu_button.setMenu(menu)
        return {"up": up, "down": down, "more": more, "back": back, "remove": remove}

    # ---- folding ----

    def _shown(self) -> list[Card]:
        """The settings that stand below the title unless the row is folded."""
        return [
            card
            for card in self._cards
            if not card.advanced
            or self._more_wanted
            or getattr(self.operation, card.name) != card.default
        ]

    def _arrange(self) -> None:
        shown = self._shown()
        if not self.folded:
            before = len(self.body.stops())
            self.body.show_settings(self.operation, shown)
            if len(self.body.stops()) != before:
                in_tab_order(self.stops())
        self.body.setVisible(not self.folded and bool(shown))
        # Empty when unfolded, but in its place: it takes the room that is left of the line.
        self._summary.setText(summary(self.operation) if self.folded else "")
        self._summary.setToolTip(self._summary.text())
        words = "Show the settings" if self.folded else "Fold the settings away"
        self.fold.setToolTip(words)
        self.fold.setAccessibleName(f"{self.operation.title()}: {words.lower()}")
        self.fold.setVisible(bool(shown))
        self._paint_fold()
        self.actions_by_name["back"].setEnabled(self.operation != self.defaults)
        self.actions_by_name["more"].setChecked(any(card.advanced for card in shown))

    def _want_more(self, on: bool) -> None:
        self._more_wanted = on
        self.folded = self.folded and not on
        self._arrange()

    def _paint_fold(self) -> None:
        name = "chevron-right" if self.folded else "chevron-down"
        self.fold.setIcon(icon(name, self._theme.muted))

    def _paint_menu(self) -> None:
        for name, drawing in MENU_ICONS.items():
            self.actions_by_name[name].setIcon(icon(drawing, self._theme))

    # ---- gestures ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the operation; the list takes Alt with an arrow."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What the button with the three dots offers."""
        self._menu_button.menu().popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin: on the title line, never on a control.

        A control that is off lets its presses through to the row; those begin nothing either.
        """
        place = event.position().toPoint()
        handles = (self._grip, self._icon, self._title, self._summary)
        free = self.childAt(place) in handles
        self._press = place if free and event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Forget the press."""
        self._press = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold by the title."""
        if self.childAt(event.position().toPoint()) in (self._title, self._summary, self._icon):
            self.set_folded(not self.folded)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, if the press was one that can."""
        begun = self._press
        if begun is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - begun).manhattanLength() >= DRAG_DISTANCE:
            self._press = None
            self.dragged.emit(begun)


class _Summary(QLabel):
    """Muted words at the right, cut off where the room ends.

    They are cut while they are drawn: a label whose text changes as it is resized may resize the
    list again, without end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), side, words)
        painter.end()


def _small_button() -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "reset")
    button.setFixedSize(22, 22)
    return button
