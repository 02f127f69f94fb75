"""The small buttons beside the primary one while a network trains: hold, stop, queue another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnnstudio.gui.actions import Actions
from cnnstudio.gui.primary_button import Situation, Verb

QUEUE_TIP = "Train these settings in a new run, as soon as the one under way has ended (F5)"


def beside(situation: Situation) -> tuple[Verb, ...]:
    """What stands beside the primary button, from left to right.

    The primary button stops a run that goes on, and lets a paused one go on; the other of the two
    stands here. A changed experiment can be queued.
    """
    if situation.work != "train":
        return ()
    found = []
    if situation.changed and not situation.problems:
        found.append(Verb("Queue", "run.start", tip=QUEUE_TIP))
    if situation.paused:
        found.append(Verb("Stop", "run.stop"))
    elif situation.pausing:
        found.append(Verb("Pausing…", "run.pause", "It holds as soon as it has saved."))
    elif not situation.stopping:
        found.append(Verb("Pause", "run.pause"))
    return tuple(found)


class RunGroup(QWidget):
    """As many buttons as there are verbs; `requested` carries an action's id."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._verbs: tuple[Verb, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._buttons: list[QPushButton] = []
        self.hide()

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """What stands there now."""
        return self._verbs

    def show_verbs(self, verbs: Sequence[Verb], actions: Actions) -> None:
        """Take other buttons; the tooltip is the action's, or the reason why not."""
        self._verbs = tuple(verbs)
        while len(self._buttons) < len(verbs):
            self._add(len(self._buttons))
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(verbs))
            if index < len(verbs):
                verb = verbs[index]
                reason = verb.reason or actions.reason(verb.action)
                button.setText(verb.text)
                button.setObjectName(f"beside.{verb.action}")
                button.setEnabled(not reason)
                button.setToolTip(reason or verb.tip or actions[verb.action].toolTip())
        self.setVisible(bool(verbs))

    def _add(self, index: int) -> None:
        button = QPushButton()
        button.clicked.connect(lambda _on=False: self.requested.emit(self._verbs[index].action))
        self._buttons.append(button)
        self._row.addWidget(button)
