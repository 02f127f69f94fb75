"""The dialog that offers the sets of Keras: what they hold, whether they are here, the download."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.data.keras_files import is_here
from cnnstudio.gui.dialogs import label
from cnnstudio.gui.forms.editor import tint
from cnnstudio.gui.icons import pixmap
from cnnstudio.gui.progress_line import ProgressLine
from cnnstudio.gui.run.set_fetching import SetFetching
from cnnstudio.gui.telling import PHASES
from cnnstudio.gui.theme import Theme
from cnnstudio.gui.training.numbers import duration
from cnnstudio.gui.welcome import Card
from cnnstudio.runs.events import PhaseChanged, RunFinished
from cnnstudio.spec.keras_sets import KERAS_SETS, KerasSet, SetName, keras_set

NAMES_SHOWN = 6
WIDTH = 560
SPEED_AFTER = 2.0
"""Seconds of download before the time that is left is worth telling."""


class KerasSetsDialog(QDialog):
    """Choose a set; one that is not here is downloaded first. `chosen` carries its name."""

    chosen = Signal(str)

    def __init__(
        self,
        fetching: SetFetching,
        theme: Theme,
        parent: QWidget | None = None,
        name: SetName | None = None,
    ) -> None:
        """`name` is the set that an experiment asks for, chosen from the start."""
        super().__init__(parent)
        self.setWindowTitle("Sets of Keras")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self._fetching = fetching
        self._theme = theme
        self._began = 0.0
        self._canceled = False
        self._one = keras_set(name) if name is not None else KERAS_SETS[0]
        self._cards = {one.name: SetCard(one, theme) for one in KERAS_SETS}
        self._words = label("", wrap=True)
        self._words.setObjectName("sets.words")
        self._line = ProgressLine()
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("sets.cancel")
        self._cancel.clicked.connect(self.reject)
        self._open = QPushButton()
        self._open.setObjectName("sets.open")
        self._open.setProperty("role", "primary")
        self._open.setDefault(True)
        self._open.clicked.connect(self._on_open)
        about = (
            f"This experiment trains on {self._one.title}, which is not on this computer yet."
            if name is not None
            else "Small images that books and papers measure networks by. Keras downloads a set "
            "once; afterwards it opens without a network."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(label("Sets of Keras", "page"))
        layout.addWidget(label(about, "muted", wrap=True))
        layout.addSpacing(4)
        for card in self._cards.values():
            card.clicked.connect(lambda _on=False, one=card.one: self._choose(one))
            layout.addWidget(card)
        layout.addSpacing(4)
        layout.addWidget(self._words)
        layout.addWidget(self._line)
        layout.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._open)
        layout.addLayout(row)
        fetching.progressed.connect(self._on_progress)
        fetching.ended.connect(self._on_end)
        self._say("")
        self._choose(self._one)
        self._open.setFocus()

    def reject(self) -> None:
        """Cancel the download; without one, close."""
        if not self._fetching.busy:
            super().reject()
        elif not self._canceled:
            self._canceled = True
            self._cancel.setEnabled(False)
            self._say("Canceling the download")
            self._line.set_progress(0, 0)
            self._fetching.cancel()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave together with the download."""
        self._fetching.cancel()
        super().closeEvent(event)

    def _choose(self, one: KerasSet) -> None:
        self._one = one
        for name, card in self._cards.items():
            card.set_chosen(name == one.name)
        size = f"{one.download / 1e6:.0f} MB"
        self._open.setText("Open" if is_here(one.name) else f"Download and open ({size})")
        if not self._fetching.busy:
            self._say("")

    def _on_open(self) -> None:
        if is_here(self._one.name):
            self._leave()
            return
        self._canceled = False
        self._began = 0.0
        self._fetching.start(self._one.name)
        self._working(True)
        self._say(PHASES["importing"])

    def _leave(self) -> None:
        self.chosen.emit(self._one.name)
        self.accept()

    def _on_progress(self, phase: PhaseChanged) -> None:
        if self._canceled:
            return
        words = PHASES[phase.phase]
        if phase.total:
            if not self._began:
                self._began = time.monotonic()
            words += f": {phase.done / 1e6:.0f} of {phase.total / 1e6:.0f} MB"
            passed = time.monotonic() - self._began
            if phase.done and passed > SPEED_AFTER:
                words += f" · {duration(passed * (phase.total / phase.done - 1))} left"
        self._say(words)
        self._line.set_progress(phase.done, phase.total)

    def _on_end(self, last: RunFinished | None) -> None:
        self._working(False)
        if is_here(self._one.name):
            self._cards[self._one.name].tell_place()
            if not self._canceled:
                self._leave()
                return
            self._say("")
        elif last is not None and last.reason == "errored":
            self._say(last.sentence, "error", last.details)
            self._open.setText("Try again")
        else:
            self._say("The download was canceled; nothing was kept.")

    def _working(self, on: bool) -> None:
        for card in self._cards.values():
            card.setEnabled(not on)
        self._open.setEnabled(not on)
        self._cancel.setEnabled(True)
        self._cancel.setText("Cancel download" if on else "Cancel")
        self._line.set_progress(0, 0)
        self._line.setVisible(on)

    def _say(self, words: str, tone: str = "", details: str = "") -> None:
        self._words.setText(words)
        self._words.setToolTip(details)
        tint(self._words, tone)
        self._words.setVisible(bool(words))
        if not self._fetching.busy:
            self._line.hide()
        self.adjustSize()


class SetCard(Card):
    """One set: name, contents, classes, and whether it is here or how large its download is."""

    def __init__(self, one: KerasSet, theme: Theme) -> None:
        super().__init__(one.title)
        self.one = one
        self.setObjectName(f"set.{one.name}")
        self._theme = theme
        self._place = QLabel()
        self._place.setProperty("role", "muted")
        self._mark = QLabel()
        self._mark.setFixedSize(16, 16)
        names = ", ".join(one.class_names[:NAMES_SHOWN])
        classes = len(one.class_names)
        words = QVBoxLayout()
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(one.title, "strong"))
        head.addWidget(label(one.about, "muted"))
        head.addStretch(1)
        head.addWidget(self._mark)
        head.addWidget(self._place)
        words.addLayout(head)
        words.addWidget(
            label(
                f"{one.images:,} images of {one.side}×{one.side}, {one.test:,} of them for the "
                f"test, in {classes} classes: {names} …",
                "caption",
                wrap=True,
            )
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 12, 10)
        row.addLayout(words)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tell_place()

    def tell_place(self) -> None:
        """Say anew whether the set is on this computer."""
        here = is_here(self.one.name)
        size = f"{self.one.download / 1e6:.0f} MB to download"
        self._place.setText("Already here" if here else size)
        name, color = ("check", self._theme.ok) if here else ("download", self._theme.muted)
        self._mark.setPixmap(pixmap(name, color, 16, self.devicePixelRatioF()))

    def set_chosen(self, chosen: bool) -> None:
        """Show that this is the one."""
        self.setProperty("chosen", "true" if chosen else "false")
        self.style().unpolish(self)
        self.style().polish(self)
