"""The room for one draw: back to the wall, pin, and the picture to wipe over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.augmentation.tiles import Tile
from cnnstudio.gui.augmentation.wipe_view import WipeView
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import LIGHT, Theme


class CloserLook(QWidget):
    """Follows its draw through edits and pins; `pin` carries the draw's number on the wall."""

    back = Signal()
    pin = Signal(int)
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tiles: Sequence[Tile] = ()
        self._number = 0
        self._theme: Theme = LIGHT
        self._back = QPushButton("  All draws   Esc")
        self._back.setToolTip("Back to the wall (Esc)")
        self._pin = QPushButton()
        self._where = QLabel()
        self._where.setProperty("role", "muted")
        self.wipe = WipeView()
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._back)
        bar.addStretch(1)
        bar.addWidget(self._where)
        bar.addWidget(self._pin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.wipe, 1)
        self._back.clicked.connect(self.back)
        self._pin.clicked.connect(self._ask_pin)
        self.wipe.back.connect(self.back)
        self.wipe.pin.connect(self._ask_pin)
        self.wipe.again.connect(self.again)
        self.wipe.stepped.connect(self._step)

    def show_tiles(self, tiles: Sequence[Tile], number: int) -> None:
        """Show one of these draws."""
        self._tiles, self._number = tiles, number
        self._show()

    def follow(self, tiles: Sequence[Tile]) -> None:
        """The wall has changed: show the same draw again, else the one in its place."""
        if not self._tiles:
            return
        if not tiles:
            self._tiles = ()
            self.back.emit()
            return
        shown = self._tiles[self._number]
        same = [
            number
            for number, tile in enumerate(tiles)
            if (tile.sample.key, tile.epoch) == (shown.sample.key, shown.epoch)
            and tile.epoch is not None
        ]
        self._tiles = tiles
        self._number = same[0] if same else min(self._number, len(tiles) - 1)
        self._show()

    def set_exact(self, exact: bool) -> None:
        """Show single pixels."""
        self.wipe.set_exact(exact)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.wipe.set_theme(theme)
        self._back.setIcon(icon("arrow-left", theme))
        self._show_pin()

    def _show(self) -> None:
        self.wipe.show_tile(self._tiles[self._number])
        self._where.setText(f"{self._number + 1} of {len(self._tiles)}")
        self._show_pin()

    def _show_pin(self) -> None:
        tile = self._tiles[self._number] if self._tiles else None
        self._pin.setVisible(tile is not None and tile.epoch is not None)
        pinned = tile is not None and tile.pinned
        self._pin.setText("  Unpin   P" if pinned else "  Pin   P")
        self._pin.setToolTip(
            "Let this draw go" if pinned else "Keep this draw on the wall while settings change"
        )
        self._pin.setIcon(icon("pin-off" if pinned else "pin", self._theme))

    def _step(self, by: int) -> None:
        if self._tiles:
            self._number = (self._number + by) % len(self._tiles)
            self._show()

    def _ask_pin(self) -> None:
        if self._tiles:
            self.pin.emit(self._number)
