"""The controls above the preview: what it shows, from which epoch, and the next ones."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QWidget

from cnnstudio.gui.forms.editors import Segments
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme

FRESH, AS_TRAINED, ENDS = 0, 1, 2
MODES = ("Fresh draws", "As in training", "Extremes")
TIPS = (
    "Other random draws each time, to judge ranges",
    "Exactly the pixels that the network gets from this image, epoch by epoch",
    "Each operation alone at the ends of its range: is the worst case still a good example?",
)
NEXT = ("Draw again", "Next epochs", "More")
NEXT_TIPS = (
    "Draw other values (Space)",
    "Show the epochs that follow (Space)",
    "Show the ends that did not fit (Space)",
)
WIDE = 540
"""Pixels from which on the button for the next draws has words."""


class PreviewBar(QWidget):
    """`mode_changed`, `epoch_changed` and `again` are a person's gestures."""

    mode_changed = Signal(int)
    epoch_changed = Signal(int)
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode = Segments(MODES)
        self._mode.choose(FRESH)
        for mode, tip in enumerate(TIPS):
            self._mode.group.button(mode).setToolTip(tip)
        self._epoch = QSpinBox()
        self._epoch.setRange(1, 1)
        self._epoch.setPrefix("epoch ")
        self._epoch.setFixedWidth(104)
        self._epoch.lineEdit().setTextMargins(6, 0, 0, 0)
        self._epoch.setAccessibleName("First epoch shown")
        self._epoch.setToolTip("The first epoch that is shown")
        self._again = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mode)
        row.addWidget(self._epoch)
        row.addStretch(1)
        row.addWidget(self._again)
        self._mode.group.idClicked.connect(self._switched)
        self._epoch.valueChanged.connect(self.epoch_changed)
        self._again.clicked.connect(self.again)
        self._show_mode()

    @property
    def mode(self) -> int:
        """`FRESH`, `AS_TRAINED` or `ENDS`."""
        return self._mode.group.checkedId()

    @property
    def epoch(self) -> int:
        """The first epoch shown as in training, from 1."""
        return self._epoch.value()

    @property
    def epochs(self) -> int:
        """How many epochs there are to choose from."""
        return self._epoch.maximum()

    def choose(self, mode: int) -> None:
        """Switch the mode as a click does."""
        self._mode.choose(mode)
        self._switched()

    def set_epoch(self, epoch: int) -> None:
        """Go to an epoch, counted from 1."""
        self._epoch.setValue(epoch)

    def set_epochs(self, epochs: int) -> None:
        """Limit the choice; no signal follows."""
        self._epoch.blockSignals(True)
        self._epoch.setMaximum(epochs)
        self._epoch.blockSignals(False)

    def set_more(self, more: bool) -> None:
        """Whether there is something that does not fit on the wall of extremes."""
        self._again.setVisible(more or self.mode != ENDS)

    def set_theme(self, theme: Theme) -> None:
        """Colour the icon."""
        self._again.setIcon(icon("shuffle", theme))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words on the button where there is room."""
        super().resizeEvent(event)
        self._show_mode()

    def _switched(self) -> None:
        self._show_mode()
        self.set_more(False)
        self.mode_changed.emit(self.mode)

    def _show_mode(self) -> None:
        mode = self.mode
        self._epoch.setVisible(mode == AS_TRAINED)
        self._again.setText(f"  {NEXT[mode]}   Space" if self.width() >= WIDE else "")
        self._again.setToolTip(NEXT_TIPS[mode])
        self._again.setAccessibleName(NEXT[mode])
