"""The runs that wait for their turn, the next one first, each with a way to take it out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dialogs import label, line
from cnnstudio.gui.run.queue import Queued


class QueueList(QWidget):
    """Takes no room while nothing waits; `removed` carries the number of a queued run."""

    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    def show_waiting(self, waiting: Sequence[Queued]) -> None:
        """List these instead."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, one in enumerate(waiting):
            self._column.addWidget(self._row(place, one))
        if waiting:
            self._column.addWidget(line())
        self.setVisible(bool(waiting))

    def _row(self, place: int, one: Queued) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("Next" if place == 0 else "Then", "muted"))
        row.addWidget(label(one.title, "strong"))
        row.addWidget(label(_about(one), "muted"))
        row.addStretch(1)
        remove = QPushButton("Remove")
        remove.setObjectName(f"unqueue.{one.number}")
        remove.setProperty("role", "link")
        remove.setToolTip(f"{one.title} is not trained then")
        remove.clicked.connect(lambda: self.removed.emit(one.number))
        row.addWidget(remove)
        return made


def _about(one: Queued) -> str:
    if one.experiment is None:
        return "goes on" if one.epochs is None else f"goes on to {one.epochs} epochs"
    epochs = one.experiment.training.epochs
    return f"queued · {epochs} epoch{'s' * (epochs != 1)}"
