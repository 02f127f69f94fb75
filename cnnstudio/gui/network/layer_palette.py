"""Every kind of layer, to click or to drag into the network."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.icons import icon
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.member import members

KIND = "application/x-cnnstudio-layer-kind"
NARROWEST = 196
"""Pixels that the longest name takes, with its icon and a scroll bar."""


class PaletteEntry(QToolButton):
    """One kind of layer."""

    def __init__(self, kind: type[Layer]) -> None:
        super().__init__()
        self.kind = kind
        self._press = QPoint()
        self.setProperty("role", "row")
        self.setText(f" {kind.title()}")  # a little room beside the icon
        self.setAccessibleName(f"Add {kind.title()}")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{kind.summary()}\n\nClick to add it below the chosen layer, or drag it.")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag may begin."""
        self._press = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        moved = event.position().toPoint() - self._press
        if not event.buttons() & Qt.MouseButton.LeftButton or moved.manhattanLength() < 8:
            return
        data = QMimeData()
        data.setData(KIND, str(self.kind.model_fields["kind"].default).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._press)
        self.setDown(False)
        drag.exec(Qt.DropAction.CopyAction)


class LayerPalette(Panel):
    """The catalogue by groups. `add_requested` carries the kind that a person clicked."""

    add_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, PaletteEntry] = {}
        groups: dict[str, list[str]] = {}
        kinds = members(Layer)
        for name, kind in kinds.items():
            groups.setdefault(kind.group, []).append(name)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for number, (group, names) in enumerate(groups.items()):
            heading = QLabel(group)
            heading.setProperty("role", "caption")
            heading.setContentsMargins(8, 10 if number else 0, 0, 4)
            column.addWidget(heading)
            for name in names:
                entry = PaletteEntry(kinds[name])
                entry.clicked.connect(lambda _=False, name=name: self.add_requested.emit(name))
                column.addWidget(entry)
                self.entries[name] = entry
        column.addStretch(1)
        hint = QLabel("Click adds below the chosen layer; or drag into the list.")
        hint.setProperty("role", "caption")
        hint.setWordWrap(True)
        hint.setContentsMargins(8, 0, 0, 0)
        scroll = scrolled(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(hint)
        self.setMinimumWidth(NARROWEST)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icons."""
        for entry in self.entries.values():
            entry.setIcon(icon(entry.kind.icon, theme))
