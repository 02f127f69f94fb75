"""The augmentation as Python, to copy into a script of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.gui.augmentation.note_list import Note, NoteList
from cnnstudio.gui.icons import icon
from cnnstudio.gui.theme import Theme

if TYPE_CHECKING:
    from cnnstudio.augment.code import Code
    from cnnstudio.spec.experiment import Experiment

KERAS, GENERATOR = 0, 1
COPIED = 1600
"""Milliseconds for which the button says that it has copied."""


class CodeDialog(QDialog):
    """A tab for each way to write it, the code, and what could not be said in it."""

    def __init__(self, experiment: Experiment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from cnnstudio.augment.code import generator_call, keras_pipeline

        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Augmentation as code")
        self.resize(780, 580)
        self._codes: tuple[Code, ...] = (keras_pipeline(experiment), generator_call(experiment))
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("Keras pipeline")
        self.tabs.addTab("ImageDataGenerator arguments")
        self.tabs.setTabToolTip(KERAS, "Layers of Keras 3 in a tf.data pipeline")
        self.tabs.setTabToolTip(GENERATOR, "For scripts that read their images with it")
        self.text = QPlainTextEdit()
        self.text.setProperty("role", "entry")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Code")
        self.notes = NoteList(theme)
        self.copy = QPushButton("  Copy")
        self.copy.setProperty("role", "primary")
        self.copy.setIcon(icon("copy", theme.on_accent))
        self.copy.setDefault(True)
        self.copy.clicked.connect(self._copy)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(8)
        parts.addWidget(self.text)
        parts.addWidget(self.notes)
        parts.setStretchFactor(0, 1)
        parts.setSizes([360, 130])
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.tabs)
        layout.addWidget(parts, 1)
        layout.addLayout(buttons)
        self.tabs.currentChanged.connect(self._show)
        self._show(KERAS)

    def _show(self, tab: int) -> None:
        code = self._codes[tab]
        self.text.setPlainText(code.text)
        notes = [Note(note, "info", "warn") for note in code.notes]
        if not notes:
            notes = [Note("This says all that trains here.", "circle-check", "good")]
        self.notes.show_notes(("What differs from training here" if code.notes else "", notes))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("  Copied")
        QTimer.singleShot(COPIED, self, lambda: self.copy.setText("  Copy"))
