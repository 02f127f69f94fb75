"""The button that replaces all operations by a ready-made set, or by somebody's arguments."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from cnnstudio.gui.actions import ACTIONS
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.presets import presets

BELOW = ("augmentation.import", "augmentation.code")


class PresetMenu(QToolButton):
    """Shows the preset in use, and all of them. `chosen` carries the augmentation of one.

    `requested` carries the id of an action that stands below them.
    """

    chosen = Signal(object)
    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("Replace all operations by a ready-made set")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setText("Presets")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        # Only the button has its arrow at the right.
        menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.entries: dict[str, QAction] = {}
        for preset in presets():
            action = menu.addAction(preset.name)
            action.setCheckable(True)
            action.setToolTip(preset.help)
            action.triggered.connect(
                lambda _checked=False, preset=preset: self.chosen.emit(preset.augmentation)
            )
            self.entries[preset.name] = action
        menu.addSeparator()
        self.others: dict[str, QAction] = {}
        for spec in ACTIONS:
            if spec.id in BELOW:
                action = menu.addAction(spec.text)
                action.setToolTip(spec.tip)
                action.triggered.connect(lambda _checked=False, id=spec.id: self.requested.emit(id))
                self.others[spec.id] = action
        self.setMenu(menu)

    def show_name(self, name: str) -> None:
        """Tick the preset of this name; another name only stands on the button."""
        self.setText(name)
        for known, action in self.entries.items():
            action.setChecked(known == name)

    def set_theme(self, theme: Theme) -> None:
        """Colour the arrow."""
        self.setIcon(icon("chevron-down", theme, 14))
        for spec in ACTIONS:
            if spec.id in self.others:
                self.others[spec.id].setIcon(icon(spec.icon, theme))
