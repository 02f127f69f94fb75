"""One operation in the list: its switch, its settings, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.operation_words import in_order, summary
from cnnstudio.gui.augmentation.range_line import BUTTON, RangeLine
from cnnstudio.gui.forms.editor import WheelGuard, narrow
from cnnstudio.gui.forms.editors import Switch, spoken
from cnnstudio.gui.icons import icon, pixmap
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.cards import Card
from cnnstudio.spec.operations.operation import Operation

INSET = 20
DRAG_DISTANCE = 8


class OperationRow(QWidget):
    """Shows one operation. `edited` carries a field's name and value.

    `moved` carries -1 or 1, `removed` nothing, `dragged` where the row was taken. Numbers are
    sliders. Seldom settings are hidden until they are asked for
    or away from their default; a folded row is its title and its settings in a line.
    """

    edited = Signal(str, object)
    moved = Signal(int)
    removed = Signal()
    dragged = Signal(QPoint)
    fold_all_requested = Signal(bool)

    def __init__(self, operation: Operation, guard: WheelGuard) -> None:
        super().__init__()
        self.operation = operation
        self._theme: Theme = LIGHT
        self._press: QPoint | None = None
        self._more_wanted = False
        self.folded = False
        self._cards = in_order(operation)
        self.lines: dict[str, RangeLine] = {}
        self.switches: dict[str, Switch] = {}
        self.lists: dict[str, QComboBox] = {}
        self._labels: list[QLabel] = []
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
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(INSET, 0, 0, 0)
        body.setSpacing(0)
        for card in self._cards:
            if card.shape == "switch":
                body.addWidget(self._make_switch(card))
            elif card.shape == "choice":
                body.addLayout(self._make_list(card, guard))
            else:
                body.addWidget(self._make_line(card, guard))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 3, 0, 3)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._body)
        self.actions_by_name = self._menu()
        self.show_operation(operation)
        self.set_folded(False)

    def show_operation(self, operation: Operation) -> None:
        """Show the settings of an operation of the same kind. Never emits."""
        self.operation = operation
        self.switch.setChecked(operation.enabled)
        for name, line in self.lines.items():
            line.show_value(getattr(operation, name))
            line.setEnabled(operation.enabled)
        for name, switch in self.switches.items():
            switch.setChecked(getattr(operation, name))
            switch.setEnabled(operation.enabled)
        for card in self._cards:
            if card.name in self.lists:
                combo = self.lists[card.name]
                combo.setCurrentIndex(card.choices.index(getattr(operation, card.name)))
                combo.setEnabled(operation.enabled)
        self._title.setEnabled(operation.enabled)
        self._arrange()
        self._summarize()

    def set_folded(self, folded: bool) -> None:
        """Show the title and a summary alone, or everything."""
        self.folded = folded
        self._body.setVisible(not folded and bool(self._shown_lines()))
        self._summarize()
        words = "Show the settings" if folded else "Fold the settings away"
        self.fold.setToolTip(words)
        self.fold.setAccessibleName(f"{self.operation.title()}: {words.lower()}")
        self._paint_fold()

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
        for line in self.lines.values():
            line.set_theme(theme)
        for name, drawing in (
            ("up", "arrow-up"),
            ("down", "arrow-down"),
            ("more", "sliders-horizontal"),
            ("remove", "trash-2"),
        ):
            self.actions_by_name[name].setIcon(icon(drawing, theme))

    # ---- parts ----

    def _make_list(self, card: Card, guard: WheelGuard) -> QHBoxLayout:
        combo = QComboBox()
        combo.addItems([spoken(choice) for choice in card.choices])
        combo.setAccessibleName(f"{self.operation.title()}: {card.title}")
        combo.setToolTip(card.help or card.title)
        narrow(combo)
        guard.watch(combo)
        combo.activated.connect(lambda at, card=card: self.edited.emit(card.name, card.choices[at]))
        self.lists[card.name] = combo
        label = QLabel(card.title)
        label.setProperty("role", "muted")
        label.setToolTip(card.help)
        self._labels.append(label)
        line = QHBoxLayout()
        line.setContentsMargins(0, 2, BUTTON + 6, 2)
        line.setSpacing(6)
        line.addWidget(label)
        line.addWidget(combo, 1)
        return line

    def _make_switch(self, card: Card) -> Switch:
        switch = Switch(card.title)
        switch.setToolTip(card.help or card.title)
        switch.setAccessibleName(f"{self.operation.title()}: {card.title}")
        switch.clicked.connect(lambda on, card=card: self.edited.emit(card.name, bool(on)))
        self.switches[card.name] = switch
        return switch

    def _make_line(self, card: Card, guard: WheelGuard) -> RangeLine:
        line = RangeLine(card, guard, of=self.operation.title())
        line.edited.connect(lambda value, card=card: self.edited.emit(card.name, value))
        self.lines[card.name] = line
        return line

    def _menu(self) -> dict[str, QAction]:
        menu = QMenu(self._menu_button)
        up = menu.addAction("Move up   Alt+↑")
        down = menu.addAction("Move down   Alt+↓")
        menu.addSeparator()
        more = menu.addAction("More settings")
        more.setCheckable(True)
        more.setVisible(any(card.advanced for card in self._cards))
        fold, unfold = menu.addAction("Fold all"), menu.addAction("Unfold all")
        menu.addSeparator()
        remove = menu.addAction("Remove   Del")
        up.triggered.connect(lambda: self.moved.emit(-1))
        down.triggered.connect(lambda: self.moved.emit(1))
        more.triggered.connect(self._want_more)
        fold.triggered.connect(lambda: self.fold_all_requested.emit(True))
        unfold.triggered.connect(lambda: self.fold_all_requested.emit(False))
        remove.triggered.connect(self.removed)
        self._menu_button.setMenu(menu)
        return {"up": up, "down": down, "more": more, "remove": remove}

    # ---- folding ----

    def _shown_lines(self) -> list[Card]:
        """The cards of the settings below the title, as long as the row is not folded."""
        return [
            card
            for card in self._cards
            if not card.advanced
            or self._more_wanted
            or getattr(self.operation, card.name) != card.default
        ]

    def _arrange(self) -> None:
        shown = self._shown_lines()
        names = {card.name for card in shown}
        titled = [card for card in shown if card.shape != "switch"]
        metrics = self.fontMetrics()
        label = max((metrics.horizontalAdvance(card.title) + 4 for card in titled), default=0)
        # One range alone needs no name: its ± or ≤ says what it is.
        named = len(titled) > 1 or any(card.shape != "range" for card in titled)
        for words in self._labels:
            words.setFixedWidth(label)
        for name, line in self.lines.items():
            line.set_label_width(label if named else 0)
            line.setVisible(name in names)
        for name, switch in self.switches.items():
            switch.setVisible(name in names)
        self.actions_by_name["more"].setChecked(any(card.advanced for card in shown))
        self.fold.setVisible(bool(shown))
        self._body.setVisible(not self.folded and bool(shown))

    def _want_more(self, on: bool) -> None:
        self._more_wanted = on
        if on and self.folded:
            self.set_folded(False)
        self._arrange()

    def _summarize(self) -> None:
        # Empty when unfolded, but in its place: it takes the room that is left of the line.
        words = summary(self.operation) if self.folded else ""
        self._summary.setText(words)
        self._summary.setToolTip(words)

    def _paint_fold(self) -> None:
        name = "chevron-right" if self.folded else "chevron-down"
        self.fold.setIcon(icon(name, self._theme.muted))

    # ---- gestures ----

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
