"""What the window asks about runs: how long, which name, whether to delete, how to leave."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.dialogs import AskDialog, label
from cnnstudio.gui.main_window import MainWindow

Leaving = Literal["stop", "background", "cancel"]

MOST_EPOCHS = 100_000


class RunQuestions:
    """Asks the person; tests answer in their stead. None and "cancel" change nothing."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def epochs_to_add(self, name: str, epochs: int) -> int | None:
        """By how many epochs to lengthen a run that has `epochs`."""
        dialog = ExtendDialog(name, epochs, self._window)
        return dialog.epochs.value() if dialog.exec() else None

    def new_name(self, name: str) -> str | None:
        """Another name for a run."""
        dialog = RenameDialog(name, self._window)
        return dialog.field.text().strip() or None if dialog.exec() else None

    def may_delete(self, name: str, for_good: bool) -> bool:
        """Whether to throw a run away; `for_good`: there is no trash that takes it."""
        if for_good:
            question, words = f"Delete {name} for good?", "Delete for good"
            text = "The trash does not take it. Its weights and curves cannot be brought back."
        else:
            question, words = f"Move {name} to the trash?", "Move to the trash"
            text = "Its weights and curves go with it. The images are not touched."
        choices = (("delete", words), ("cancel", "Cancel"))
        dialog = AskDialog(question, text, choices, self._window)
        dialog.exec()
        return dialog.answer == "delete"

    def leaving(self, busy: str, waiting: int, may_go_on: bool) -> Leaving:
        """What becomes of the job at work when the window closes.

        `busy` says what is at work, `waiting` how many runs are queued; only training can go on
        in the background.
        """
        text = f"{busy} Stopped now, it keeps what was learned so far."
        if may_go_on:
            text += " Kept in the background, it is shown again at the next start."
        if waiting:
            runs = "The queued run is" if waiting == 1 else f"The {waiting} queued runs are"
            text += f" {runs} not started."
        choices = [("stop", "Stop and save"), ("cancel", "Cancel")]
        if may_go_on:
            choices.insert(1, ("background", "Keep running in the background"))
        dialog = AskDialog("Close while a run goes on?", text, choices, self._window)
        dialog.exec()
        if dialog.answer == "stop":
            return "stop"
        return "background" if dialog.answer == "background" else "cancel"


class _Small(QDialog):
    """A question with one field, and what it does on the primary button."""

    def __init__(self, title: str, verb: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("CNN Studio")
        self.setMinimumWidth(380)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 20, 20, 16)
        self._column.setSpacing(12)
        self._column.addWidget(label(title, "section", wrap=True))
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(self._form)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.go = QPushButton(verb)
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        row.addWidget(cancel)
        row.addWidget(self.go)
        self._column.addSpacing(4)
        self._column.addLayout(row)


class ExtendDialog(_Small):
    """So many epochs more; says how many that makes."""

    def __init__(self, name: str, epochs: int, parent: QWidget | None = None) -> None:
        super().__init__(f"Extend {name}", "Extend", parent)
        self._before = epochs
        self.epochs = QSpinBox()
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setValue(max(5, epochs // 2))
        self.epochs.setSuffix(" epochs")
        self.epochs.valueChanged.connect(self._count)
        self.total = label("", "muted", wrap=True)
        self._form.addRow("Add", self.epochs)
        self._form.addRow("", self.total)
        self._count()
        self.epochs.selectAll()

    def _count(self) -> None:
        self.total.setText(f"{self._before + self.epochs.value()} in all; it goes on from its end.")


class RenameDialog(_Small):
    """Another name behind the run's number."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Rename {name}", "Rename", parent)
        number, _, rest = name.partition("-")
        self.field = QLineEdit(rest if number.isdigit() and rest else name)
        self.field.setMaxLength(40)
        self.field.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.field.selectAll()
        self._form.addRow("Name", self.field)
