"""What trains, as a small button in the header; pressed, it says why, and what would be faster."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dialogs import label

WIDTH = 340
NOT_YET = "It is known as soon as a network has been trained."
ADVICE = (
    "A graphics card of NVIDIA is used on Linux, and on Windows inside WSL2, once TensorFlow is "
    "installed with its libraries: pip install tensorflow[and-cuda]. "
    "Without one, smaller images and fewer filters are what saves most time."
)


class DeviceChip(QPushButton):
    """`CPU · 2 cores · why?`; hidden until `tell`."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "chip")
        self.setObjectName("device")
        self._device = ""
        self._reason = NOT_YET
        self.clicked.connect(lambda: self.explain())
        self.hide()

    def tell(self, device: str, reason: str) -> None:
        """Say what trains, and why it is this."""
        self._device, self._reason = device, reason
        self.setText(f"{device} · why?" if device.startswith("CPU") else device)
        self.setToolTip(self._reason)

    def explain(self, beside: QWidget | None = None) -> DevicePopover:
        """Open the explanation below the button, or below another widget when it is hidden."""
        popover = DevicePopover(self._device, self._reason, self.window())
        anchor = self if self.isVisible() else beside or self
        corner = anchor.mapToGlobal(QPoint(anchor.width() - popover.width(), anchor.height() + 4))
        popover.move(corner)
        popover.show()
        return popover


class DevicePopover(QFrame):
    """The device, the reason in a sentence, and what would change it; a click elsewhere closes."""

    def __init__(self, device: str, reason: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(label(device or "What trains", "strong", wrap=True))
        if reason:
            column.addWidget(label(reason, wrap=True))
        if not device or device.startswith("CPU"):
            column.addWidget(label(ADVICE, "muted", wrap=True))
        self.ensurePolished()
        for child in self.findChildren(QWidget):
            child.ensurePolished()
        self.setFixedHeight(column.heightForWidth(WIDTH))
