"""The line of the browser's controls: words, size, order."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from cnnstudio.gui.dataset.image_filter import SizeRange
from cnnstudio.gui.dataset.image_order import ORDERS, TITLES, Order
from cnnstudio.gui.dataset.search_line import SearchLine
from cnnstudio.gui.theme import Theme

SIZES = (
    SizeRange("below 32 px", 1, 32),
    SizeRange("32 to 63 px", 32, 64),
    SizeRange("64 to 127 px", 64, 128),
    SizeRange("128 to 255 px", 128, 256),
    SizeRange("256 to 511 px", 256, 512),
    SizeRange("512 px and more", 512),
)


class FilterRow(QWidget):
    """Emits `size_chosen` (a SizeRange or None) and `order_chosen` (an Order)."""

    size_chosen = Signal(object)
    order_chosen = Signal(str)

    def __init__(self, line: SearchLine) -> None:
        super().__init__()
        self._line = line
        self.sizes = QComboBox()
        self.sizes.setAccessibleName("Size")
        self.sizes.setToolTip("Show only images whose shorter side is this long")
        self.sizes.activated.connect(self._size)
        self.orders = QComboBox()
        self.orders.setAccessibleName("Order")
        self.orders.setToolTip("The order of the images")
        for order in ORDERS:
            self.orders.addItem(TITLES[order], order)
        self.orders.activated.connect(lambda at: self.order_chosen.emit(self.orders.itemData(at)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(line, 1)
        line.setMinimumWidth(130)
        for combo in (self.sizes, self.orders):
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(9)
            combo.view().setMinimumWidth(180)
            row.addWidget(combo)
        self.set_input(0)

    def set_input(self, side: int) -> None:
        """The shorter side of the network's input in pixels: smaller images can be looked for."""
        chosen = self.sizes.currentIndex()
        self.sizes.clear()
        self.sizes.addItem("Any size", None)
        if side > 1:
            self.sizes.addItem(f"below {side} px (input)", SizeRange("below the input", 1, side))
        for size in SIZES:
            self.sizes.addItem(size.title, size)
        self.sizes.setCurrentIndex(max(0, chosen))

    def show_size(self, size: SizeRange | None) -> None:
        """Show what is filtered by. Never emits."""
        found = (at for at in range(self.sizes.count()) if self.sizes.itemData(at) == size)
        self.sizes.setCurrentIndex(next(found, 0))

    def show_order(self, order: Order) -> None:
        """Show the order. Never emits."""
        self.orders.setCurrentIndex(ORDERS.index(order))

    def set_theme(self, theme: Theme) -> None:
        """Colour the search line."""
        self._line.set_theme(theme)

    def _size(self, place: int) -> None:
        self.size_chosen.emit(self.sizes.itemData(place))
