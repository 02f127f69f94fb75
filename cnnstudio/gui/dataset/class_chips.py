"""The classes of the compact browser: chips while they are few, a list once they are many."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.chips import Chips

AT_MOST = 6


class ClassChips(QWidget):
    """Filters by class; `filtered` carries the frozenset of wanted names, empty for all."""

    filtered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pressed: frozenset[str] = frozenset()
        self._chips = Chips("Show only “{}” (press several to show several)")
        self._list = QComboBox()
        self._list.setObjectName("classes")
        self._list.setAccessibleName("Class")
        self._list.setToolTip("Show only one class")
        self._list.setMinimumContentsLength(8)
        self._list.activated.connect(self._listed)
        self._chips.toggled.connect(lambda name: self.filtered.emit(self._pressed ^ {name}))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._chips)
        layout.addWidget(self._list)
        self.set_counts(())

    def set_counts(self, counts: Sequence[tuple[str, int]]) -> None:
        """Show these classes with their numbers of images."""
        few = len(counts) <= AT_MOST
        self._chips.set_counts([(name, name, count) for name, count in counts] if few else ())
        self._list.clear()
        if not few:
            self._list.addItem(f"All {len(counts)} classes", "")
            for name, count in counts:
                self._list.addItem(f"{name}  ·  {count}", name)
        self.setVisible(bool(counts))
        self._chips.setVisible(few)
        self._list.setVisible(not few)
        self.set_pressed(self._pressed)

    def set_pressed(self, names: Names[str]) -> None:
        """Show what is filtered by. Never emits."""
        self._pressed = frozenset(names)
        self._chips.set_pressed(names)
        chosen = next(iter(self._pressed)) if len(self._pressed) == 1 else ""
        self._list.setCurrentIndex(self._list.findData(chosen))

    def _listed(self, place: int) -> None:
        name = str(self._list.itemData(place))
        self.filtered.emit(frozenset({name}) if name else frozenset[str]())
