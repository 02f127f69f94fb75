"""Asks how images are labelled that do not say it by themselves, with a preview of the answer."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnnstudio.gui.dataset.source_form import SourceForm
from cnnstudio.gui.dialogs import label
from cnnstudio.gui.theme import Theme
from cnnstudio.spec.sources import NamedFiles, Source

NAMES = "Do the file names tell the class?"
PARENTHESES = "The pattern puts the part of the name that tells it into parentheses."
COLUMNS = "Which columns hold path and label?"


class SourceDialog(QDialog):
    """`source` is the answer; `sentence` says why it is asked."""

    def __init__(self, source: Source, sentence: str, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("CNN Studio")
        self.setFixedWidth(460)
        self.source = source
        named = isinstance(source, NamedFiles)
        self._form = SourceForm(label_width=64)
        self._form.edited.connect(self._edited)
        self._form.set_theme(theme)
        self._go = QPushButton("Open the images")
        self._go.setProperty("role", "primary")
        self._go.setDefault(True)
        self._go.setEnabled(False)
        self._go.clicked.connect(self._accept)
        self._form.complete_changed.connect(self._set_complete)
        close = QPushButton("Cancel")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(4)
        layout.addWidget(label(NAMES if named else COLUMNS, "section", wrap=True))
        layout.addWidget(label(PARENTHESES if named else sentence, "muted", wrap=True))
        layout.addSpacing(12)
        layout.addWidget(self._form)
        layout.addStretch(1)
        if named:
            layout.addSpacing(8)
            layout.addWidget(label(sentence, "caption", wrap=True))
        layout.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._go)
        layout.addLayout(row)
        self.setMinimumHeight(420)
        self._form.show_source(source, "source")

    @property
    def form(self) -> SourceForm:
        """The pattern or the columns."""
        return self._form

    @property
    def go(self) -> QPushButton:
        """The button that opens the images; grey until the answer finds two classes."""
        return self._go

    def _edited(self, path: str, value: object) -> None:
        self.source = self.source.with_fields(**{path.rpartition(".")[2]: value})
        self._form.show_source(self.source, "source")

    def _accept(self) -> None:
        # A click need not take the focus off the line, whose text is what the preview shows.
        if isinstance(self.source, NamedFiles):
            self.source = self.source.with_fields(pattern=self._form.names.pattern)
        self.accept()

    def _set_complete(self, complete: bool) -> None:
        self._go.setEnabled(complete)
        self._go.setToolTip("" if complete else "Two classes at least must be found.")
