"""ImageDataGenerator as an entry: paste its call, see what it really does, take it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.argument_form import ArgumentForm
from cnnstudio.gui.augmentation.note_list import Note, NoteList
from cnnstudio.gui.augmentation.operation_words import summary
from cnnstudio.gui.pane import scrolled
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.patch import Change

if TYPE_CHECKING:
    from cnnstudio.augment.generator_arguments import Imported
    from cnnstudio.spec.experiment import Experiment

PASTE, NAMES = 0, 1
EXAMPLE = """ImageDataGenerator(
    rotation_range=20,
    width_shift_range=0.2,
    height_shift_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
    rescale=1/255)"""
SCALINGS = {
    "none": "not at all",
    "unit": "to 0 … 1",
    "signed": "to −1 … 1",
    "standardize": "to mean 0 and deviation 1",
}


class ImportDialog(QDialog):
    """Text or fields at the left, what they mean at the right. `taken` carries the changes."""

    taken = Signal(object)

    def __init__(self, experiment: Experiment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._imported: Imported | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Import ImageDataGenerator arguments")
        self.resize(860, 560)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Paste")
        self.tabs.addTab("Fill in names")
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "entry")
        self.text.setPlaceholderText(EXAMPLE)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("A call, a dictionary, or lines of name = value")
        self.text.setTabChangesFocus(True)
        self.form = ArgumentForm()
        self._entries = QStackedWidget()
        self._entries.addWidget(self.text)
        self._entries.addWidget(scrolled(self.form))
        self.notes = NoteList(theme)
        self.scaling = QCheckBox()
        self.scaling.setChecked(True)
        self.scaling.hide()
        self.apply = QPushButton("Use these operations")
        self.apply.setProperty("role", "primary")
        self.apply.clicked.connect(self._take)
        close = QPushButton("Cancel")
        close.clicked.connect(self.reject)
        left, right = QWidget(), QWidget()
        entry = QVBoxLayout(left)
        entry.setContentsMargins(0, 0, 0, 0)
        entry.setSpacing(8)
        entry.addWidget(self.tabs)
        entry.addWidget(self._entries, 1)
        meaning = QVBoxLayout(right)
        meaning.setContentsMargins(0, 0, 0, 0)
        meaning.setSpacing(8)
        heading = QLabel("What it does")
        heading.setProperty("role", "section")
        meaning.addWidget(heading)
        meaning.addWidget(self.notes, 1)
        meaning.addWidget(self.scaling)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(20)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setSizes([400, 420])
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(parts, 1)
        layout.addLayout(buttons)
        self.tabs.currentChanged.connect(self._switch)
        self.text.textChanged.connect(self._read)
        self.form.changed.connect(self._read)
        self._read()
        self.text.setFocus()

    # ---- reading ----

    def _switch(self, tab: int) -> None:
        if tab == NAMES and not self.form.text():
            self._fill_form()
        self._entries.setCurrentIndex(tab)
        self._read()

    def _fill_form(self) -> None:
        """Begin with what was pasted, as far as it can be read."""
        from cnnstudio.augment.generator_text import arguments

        try:
            given = arguments(self.text.toPlainText())
        except UserError:
            return
        self.form.fill_in({name: value.source for name, value in given.items()})

    def _read(self) -> None:
        from cnnstudio.augment.generator_arguments import read

        pasting = self.tabs.currentIndex() == PASTE
        said = self.text.toPlainText() if pasting else self.form.text()
        self._imported = None
        self.scaling.hide()
        if not said.strip():
            self._wait(
                "Paste the call from your script, the whole script, a dictionary of arguments, "
                "or lines such as rotation_range=20. It is read, never run."
                if pasting
                else "Fill in the arguments that you know; the others vary nothing."
            )
            return
        try:
            self._imported = read(said)
        except UserError as error:
            where = f" ({error.place})" if error.place else ""
            self._refuse(f"{error.sentence}{where}")
            return
        self._show(self._imported)

    def _wait(self, words: str) -> None:
        self.notes.show_notes(("", [Note(words, "info")]))
        self._allow("There is nothing to take yet.")

    def _refuse(self, words: str) -> None:
        self.notes.show_notes(("", [Note(words, "circle-x", "error")]))
        self._allow(words)

    def _allow(self, reason: str = "") -> None:
        self.apply.setEnabled(not reason)
        self.apply.setToolTip(reason or "Replace all operations; one undo brings them back")

    def _show(self, imported: Imported) -> None:
        augmentation = imported.augmentation
        operations = [
            Note(f"{operation.title()}  {summary(operation)}", operation.icon)
            for operation in augmentation.operations
        ]
        if not operations:
            operations = [Note("Nothing varies.", "circle-slash")]
        level = f" with {augmentation.fill_value}" if augmentation.fill_mode == "constant" else ""
        operations.append(Note(f"Fill mode: {augmentation.fill_mode}{level}", "image"))
        self.notes.show_notes(
            ("", operations),
            ("Worth knowing", [Note(n, "triangle-alert", "warn") for n in imported.notes]),
        )
        if self._scales(imported):
            here, there = self._experiment.model.input_scaling, imported.input_scaling or ""
            self.scaling.setText(
                f"Scale pixel values {SCALINGS[there]} too (now: {SCALINGS[here]})"
            )
            self.scaling.show()
        self._allow()

    def _scales(self, imported: Imported) -> bool:
        """Whether the arguments scale pixel values in another way than the experiment does."""
        said = imported.input_scaling
        return said is not None and said != self._experiment.model.input_scaling

    # ---- taking ----

    def _take(self) -> None:
        imported = self._imported
        if imported is None:
            return
        changes = [Change(path="augmentation", value=imported.augmentation)]
        if self._scales(imported) and self.scaling.isChecked():
            changes.append(Change(path="model.input_scaling", value=imported.input_scaling))
        self.taken.emit(tuple(changes))
        self.accept()
