"""The menu of every operation there is, by group and by search."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from cnnstudio.gui.augmentation.operation_words import GROUPS
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import LIGHT, Theme
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.catalogue import MEMBER_FILES
from cnnstudio.spec.operations.operation import CompoundOperation, Operation

SEVERAL = "Several at once"


class AddMenu(QMenu):
    """A line to search in, then a submenu for each group. `chosen` carries the operation's class.

    While something is typed, what fits by its name, or else by its help, stands in the menu
    itself; Return takes the first.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.setMinimumWidth(220)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search operations")
        self.search.setAccessibleName("Search operations")
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._take_first)
        line = QWidgetAction(self)
        line.setDefaultWidget(self.search)
        self.addAction(line)
        self.groups: dict[str, QMenu] = {}
        self._icons: list[tuple[QAction, str]] = []
        self._theme: Theme = LIGHT
        self._painted_in = ""
        self._found: list[tuple[QAction, type[Operation]]] = []
        headings = {group.stage: group for group in GROUPS}
        for stage, group in headings.items():
            menu = self._submenu(group.title, group.icon)
            menu.aboutToShow.connect(self.paint)
            self.groups[stage] = menu
            self._fill(
                menu,
                [k for k in _kinds() if k.stage == stage and not issubclass(k, CompoundOperation)],
            )
        self._fill(
            self._submenu(SEVERAL, "dices"),
            [kind for kind in _kinds() if issubclass(kind, CompoundOperation)],
        )
        for kind in _kinds():
            action = self._action(self, kind)
            action.setVisible(False)
            self._found.append((action, kind))
        self._nothing = self.addAction("Nothing by that name")
        self._nothing.setEnabled(False)
        self._nothing.setVisible(False)
        self.aboutToShow.connect(self._begin)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons, when they are next seen: there are some seventy."""
        self._theme = theme

    def paint(self) -> None:
        """Give the entries their icons."""
        if self._painted_in != self._theme.name:
            self._painted_in = self._theme.name
            for action, name in self._icons:
                action.setIcon(icon(name, self._theme))

    def found(self) -> list[QAction]:
        """The entries that fit what is typed, best first; none while nothing is."""
        return [action for action, _ in self._found if action.isVisible()]

    def _submenu(self, title: str, drawing: str) -> QMenu:
        menu = self.addMenu(title)
        menu.setToolTipsVisible(True)
        self._icons.append((menu.menuAction(), drawing))
        return menu

    def _fill(self, menu: QMenu, kinds: list[type[Operation]]) -> None:
        for kind in kinds:
            self._action(menu, kind)

    def _action(self, menu: QMenu, kind: type[Operation]) -> QAction:
        action = menu.addAction(kind.title())
        action.setObjectName(kind.__name__)
        action.setToolTip(kind.summary())
        action.triggered.connect(lambda: self.chosen.emit(kind))
        self._icons.append((action, kind.icon))
        return action

    def _begin(self) -> None:
        self.paint()
        self.search.clear()
        self._find("")
        QTimer.singleShot(0, lambda: self.search.setFocus(Qt.FocusReason.PopupFocusReason))

    def _find(self, text: str) -> None:
        wanted = text.casefold().split()
        names = [f"{kind.title()} {kind.__name__}".casefold() for _, kind in self._found]
        texts = [kind.summary().casefold() for _, kind in self._found]
        fits = next(
            (found for found in (_fitting(wanted, names), _fitting(wanted, texts)) if any(found)),
            [False] * len(names),
        )
        for (action, _), fit in zip(self._found, fits, strict=True):
            action.setVisible(fit)
        for menu in self.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            menu.menuAction().setVisible(not wanted)
        self._nothing.setVisible(bool(wanted) and not self.found())

    def _take_first(self) -> None:
        found = self.found()
        if found:
            self.close()
            found[0].trigger()


def _fitting(wanted: list[str], texts: list[str]) -> list[bool]:
    return [bool(wanted) and all(word in text for word in wanted) for text in texts]


def _kinds() -> list[type[Operation]]:
    """Every operation as the catalogue has them, whichever file was imported first."""
    files = [file.__name__ for file in MEMBER_FILES]
    return sorted(members(Operation).values(), key=lambda kind: files.index(kind.__module__))
