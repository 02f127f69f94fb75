"""The arguments of an ImageDataGenerator by their names, for those who know the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from cnnstudio.gui.forms.editors import Switch

HINTS = {
    "rotation_range": "degrees, such as 20",
    "width_shift_range": "0.2 or whole pixels",
    "height_shift_range": "0.2 or whole pixels",
    "shear_range": "degrees, such as 10",
    "zoom_range": "0.2 or [0.8, 1.2]",
    "channel_shift_range": "levels of 255",
    "brightness_range": "[0.8, 1.2]",
    "cval": "0 to 255",
    "rescale": "1/255",
}
SWITCHES = ("horizontal_flip", "vertical_flip")
FILLS = ("nearest", "constant", "reflect", "wrap")
ORDER = (
    "rotation_range",
    "width_shift_range",
    "height_shift_range",
    "shear_range",
    "zoom_range",
    "channel_shift_range",
    "brightness_range",
    "horizontal_flip",
    "vertical_flip",
    "fill_mode",
    "cval",
    "rescale",
)


class ArgumentForm(QWidget):
    """One field an argument; empty fields say nothing. `changed` follows every gesture."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit] = {}
        self.switches: dict[str, Switch] = {}
        self.fill = QComboBox()
        self.fill.addItems(list(FILLS))
        self.fill.setAccessibleName("fill_mode")
        self.fill.activated.connect(self.changed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(ORDER):
            words = QLabel(name)
            words.setProperty("role", "muted")
            grid.addWidget(words, row, 0)
            grid.addWidget(self._editor(name), row, 1)
        grid.setRowStretch(len(ORDER), 1)

    def text(self) -> str:
        """The arguments that are filled in, a line each."""
        lines = []
        for name in ORDER:
            if name in self.fields:
                said = self.fields[name].text().strip()
            elif name in self.switches:
                said = "True" if self.switches[name].isChecked() else ""
            else:
                said = f'"{self.fill.currentText()}"' if self.fill.currentIndex() else ""
            if said:
                lines.append(f"{name}={said}")
        return "\n".join(lines)

    def fill_in(self, sources: Mapping[str, str]) -> None:
        """Show arguments as they are written elsewhere; others become empty. Never emits."""
        for name, field in self.fields.items():
            field.setText(sources.get(name, ""))
        for name, switch in self.switches.items():
            switch.setChecked(sources.get(name) in ("True", "1"))
        said = sources.get("fill_mode", "").strip("'\"")
        self.fill.setCurrentIndex(max(0, self.fill.findText(said)))

    def _editor(self, name: str) -> QWidget:
        if name in SWITCHES:
            switch = Switch()
            switch.setAccessibleName(name)
            switch.clicked.connect(self.changed)
            self.switches[name] = switch
            return switch
        if name == "fill_mode":
            return self.fill
        field = QLineEdit()
        field.setPlaceholderText(HINTS[name])
        field.setAccessibleName(name)
        field.textEdited.connect(self.changed)
        self.fields[name] = field
        return field
