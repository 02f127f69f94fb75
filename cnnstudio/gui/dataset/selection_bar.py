"""What can be done with the chosen images: exclude, relabel, move to a part, tag."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from cnnstudio.gui.dataset.edit_menus import Chosen, Put, fill_classes, fill_parts, fill_tags
from cnnstudio.gui.icons import icon

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.edits import Edits

Fill = Callable[[QMenu, Chosen, Put], None]
NOTHING = "Choose images in the grid first."


class SelectionBar(QWidget):
    """A row below the grid. `wanted` carries the edits of the dataset as a person wants them."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._chosen: Chosen | None = None
        self._count = self._shown = 0
        self._words = QLabel()
        self._words.setProperty("role", "muted")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._exclude = _button("Exclude", "Leave these images out of the dataset, or take them in")
        self._exclude.clicked.connect(self.exclude)
        self._menus: dict[str, tuple[QToolButton, str]] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._words, 1)
        row.addWidget(self._exclude)
        fills: tuple[tuple[str, str, str, str, Fill], ...] = (
            ("Class", "pencil", "C", "Give these images another class", fill_classes),
            ("Part", "split", "P", "Move these images to training, validation or test", fill_parts),
            ("Tag", "tag", "T", "Mark these images with a word of your own", fill_tags),
        )
        for title, drawing, key, help, fill in fills:
            button = _button(title, f"{help} ({key})")
            menu = QMenu(button)
            menu.aboutToShow.connect(lambda m=menu, f=fill: self._fill(m, f))
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            row.addWidget(button)
            self._menus[key] = (button, drawing)
        self.set_chosen(None, 0)

    def set_chosen(self, chosen: Chosen | None, shown: int) -> None:
        """These images are chosen out of so many that are shown."""
        self._chosen = chosen if chosen is not None and chosen.samples else None
        count = len(self._chosen.samples) if self._chosen is not None else 0
        self._count, self._shown = count, shown
        self._tell()
        back = self._chosen is not None and self._chosen.all_excluded
        self._exclude.setText(" Include" if back else " Exclude")
        tip = "Take these images into the dataset again" if back else _EXCLUDE_HELP
        self._exclude.setToolTip(f"{tip} (Del)" if count else NOTHING)
        for button in (self._exclude, *(button for button, _ in self._menus.values())):
            button.setEnabled(bool(count))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say it in fewer words where the bar is narrow."""
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        count, metrics = self._count, self._words.fontMetrics()
        whole, few = f"{count:,} of {self._shown:,} chosen", f"{count:,} chosen"
        layout = self.layout()
        if layout is not None:
            layout.activate()
        fits = metrics.horizontalAdvance(whole) <= self._words.width()
        self._words.setText((whole if fits else few) if count else "")
        self._words.setToolTip(whole if count else "")

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        self._exclude.setIcon(icon("ban", theme))
        for button, drawing in self._menus.values():
            button.setIcon(icon(drawing, theme))

    def exclude(self) -> None:
        """Exclude the chosen images, or include them where all are excluded."""
        if self._chosen is not None:
            self.wanted.emit(self._chosen.excluded_or_back())

    def open_menu(self, key: str) -> bool:
        """Open the menu that belongs to a key; false when there is none."""
        if self._chosen is None or key not in self._menus:
            return False
        self._menus[key][0].showMenu()
        return True

    def menu(self, key: str) -> QMenu:
        """The menu that belongs to a key, filled for the chosen images."""
        menu = self._menus[key][0].menu()
        menu.aboutToShow.emit()
        return menu

    def _fill(self, menu: QMenu, fill: Fill) -> None:
        menu.clear()
        if self._chosen is not None:
            fill(menu, self._chosen, self._put)

    def _put(self, edits: Edits) -> None:
        self.wanted.emit(edits)


_EXCLUDE_HELP = "Leave these images out of the dataset; the files stay where they are"


def _button(words: str, help: str) -> QToolButton:
    button = QToolButton()
    button.setText(f" {words}")
    button.setToolTip(help)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
