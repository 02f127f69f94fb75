"""One operation in the list: its switch, its ranges, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.range_line import RangeLine
from cnnstudio.gui.forms.editor import WheelGuard
from cnnstudio.gui.forms.editors import Switch, spoken
from cnnstudio.gui.forms.spec_form import SpecForm
from cnnstudio.gui.icons import icon, pixmap
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.operations.operation import Operation

MIME = "application/x-cnnstudio-operation"
LABEL = 44
FORM_LABEL = 92


class OperationRow(QWidget):
    """Shows one operation. `edited` carries a field's name and value.

    `moved` carries -1 or 1, `removed` nothing. Fields with a range are sliders, a choice stands
    beside the title; the rest is folded away and unfolds by itself when it is not at its default.
    """

    edited = Signal(str, object)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, operation: Operation, guard: WheelGuard) -> None:
        super().__init__()
        self.operation = operation
        self.index = 0
        self._theme: Theme = LIGHT
        self._press = QPoint()
        known = {card.name: card for card in cards(type(operation))}
        ranges = [c for c in known.values() if _is_range(c)]
        choices = [c for c in known.values() if c.shape == "choice" and not c.advanced]
        used = {c.name for c in (*ranges, *choices)} | {"enabled"}
        self._extra = [name for name in known if name not in used]
        self.switch = Switch()
        self.switch.setFixedSize(self.switch.sizeHint())
        self.switch.setAccessibleName(f"{operation.title()} on")
        self.switch.setToolTip("Switch this operation on or off, and keep its settings")
        self._icon = QLabel()
        self._icon.setFixedWidth(18)
        self._title = QLabel(operation.title())
        self._title.setToolTip(type(operation).summary())
        self._grip = QLabel()
        self._grip.setToolTip("Drag to change the order")
        self._grip.setCursor(Qt.CursorShape.SizeVerCursor)
        self._menu_button = QToolButton()
        self._menu_button.setProperty("role", "reset")
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setToolTip("Move, remove, more settings")
        self._menu_button.setAccessibleName(f"{operation.title()}: more")
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._grip)
        head.addWidget(self.switch)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        self._lists: dict[str, QComboBox] = {}
        for card in choices:
            combo = QComboBox()
            combo.addItems([spoken(choice) for choice in card.choices])
            combo.setAccessibleName(card.title)
            combo.setToolTip(card.help or card.title)
            combo.setMaximumWidth(140)
            guard.watch(combo)
            combo.activated.connect(
                lambda at, card=card: self.edited.emit(card.name, card.choices[at])
            )
            head.addWidget(combo)
            self._lists[card.name] = combo
        head.addWidget(self._menu_button)
        self.lines: dict[str, RangeLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(0)
        column.addLayout(head)
        for card in ranges:
            line = RangeLine(card, guard, LABEL if len(ranges) > 1 else 0)
            line.edited.connect(lambda value, name=card.name: self.edited.emit(name, value))
            inset = QHBoxLayout()
            inset.setContentsMargins(20, 0, 0, 0)
            inset.addWidget(line)
            column.addLayout(inset)
            self.lines[card.name] = line
        self._form = SpecForm(only=self._extra, label_width=FORM_LABEL)
        self._form.edited.connect(lambda path, value: self.edited.emit(path, value))
        self._form.setVisible(False)
        inset = QHBoxLayout()
        inset.setContentsMargins(20, 0, 0, 0)
        inset.addWidget(self._form)
        column.addLayout(inset)
        self._actions = self._menu()
        self.switch.clicked.connect(lambda on: self.edited.emit("enabled", on))
        self.show_operation(operation)

    def show_operation(self, operation: Operation) -> None:
        """Show the fields of an operation of the same kind. Never emits."""
        self.operation = operation
        self.switch.setChecked(operation.enabled)
        for name, line in self.lines.items():
            line.show_value(getattr(operation, name))
            line.setEnabled(operation.enabled)
        for name, combo in self._lists.items():
            card = next(c for c in cards(type(operation)) if c.name == name)
            combo.setCurrentIndex(card.choices.index(getattr(operation, name)))
            combo.setEnabled(operation.enabled)
        self._title.setEnabled(operation.enabled)
        self._form.show_value(operation, "")
        defaults = {c.name: c.default for c in cards(type(operation))}
        if any(getattr(operation, name) != defaults[name] for name in self._extra):
            self._unfold(True)

    def place(self, index: int, count: int) -> None:
        """Tell the row where it stands."""
        self.index = index
        up, down = self._actions["up"], self._actions["down"]
        up.setEnabled(index > 0)
        down.setEnabled(index < count - 1)

    def set_theme(self, theme: Theme) -> None:
        """Colour icons and the form."""
        self._theme = theme
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self.operation.icon, theme.muted, 16, ratio))
        self._grip.setPixmap(pixmap("grip-vertical", theme.control, 14, ratio))
        self._menu_button.setIcon(icon("ellipsis", theme.muted))
        self._form.set_theme(theme)
        for name, drawing in (
            ("up", "arrow-up"),
            ("down", "arrow-down"),
            ("more", "sliders-horizontal"),
            ("remove", "trash-2"),
        ):
            self._actions[name].setIcon(icon(drawing, theme))

    def _menu(self) -> dict[str, QAction]:
        menu = QMenu(self._menu_button)
        up = menu.addAction("Move up   Alt+↑")
        down = menu.addAction("Move down   Alt+↓")
        menu.addSeparator()
        more = menu.addAction("More settings")
        more.setCheckable(True)
        more.setVisible(bool(self._extra))
        remove = menu.addAction("Remove")
        up.triggered.connect(lambda: self.moved.emit(-1))
        down.triggered.connect(lambda: self.moved.emit(1))
        more.toggled.connect(self._unfold)
        remove.triggered.connect(self.removed)
        self._menu_button.setMenu(menu)
        return {"up": up, "down": down, "more": more, "remove": remove}

    def _unfold(self, on: bool) -> None:
        self._form.setVisible(on)
        self._actions["more"].setChecked(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the operation, Delete removes it."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif alt and event.key() == Qt.Key.Key_Down:
            self.moved.emit(1)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        self._press = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag by the grip or the title."""
        moved = event.position().toPoint() - self._press
        if not event.buttons() & Qt.MouseButton.LeftButton or moved.manhattanLength() < 8:
            return
        data = QMimeData()
        data.setData(MIME, str(self.index).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._press)
        drag.exec(Qt.DropAction.MoveAction)


def _is_range(card: Card) -> bool:
    return (
        card.shape == "number"
        and not card.advanced
        and card.minimum is not None
        and card.maximum is not None
    )
