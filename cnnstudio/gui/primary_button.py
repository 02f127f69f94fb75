"""The one primary button of the window, and the rule for what it says and does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QApplication, QPushButton

from cnnstudio.gui.actions import Actions

WIDTH = 148
NARROW = 124
"""Wide enough for every word that it says while a network trains."""

Work = Literal["", "train", "diagnose", "export"]


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the primary button depends on.

    `has_run` says that a run is shown, `has_model` that it kept weights, `changed` that the
    experiment is no longer the one of that run, or of the one that goes on (then the next thing
    is to train), `has_remedy` that the doctor has proven a fix for it.
    """

    stage: str = ""
    has_experiment: bool = False
    problems: int = 0
    work: Work = ""
    stopping: bool = False
    pausing: bool = False
    paused: bool = False
    has_run: bool = False
    has_model: bool = False
    changed: bool = False
    has_remedy: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """Words on the button, and the action behind it; with a reason it is disabled.

    `tip` explains it where the action's own tooltip says something else.
    """

    text: str
    action: str
    reason: str = ""
    tip: str = ""


def verb(situation: Situation) -> Verb:
    """What the primary button says now: it follows the state first, and then the stage."""
    if situation.work:
        if situation.stopping:
            return Verb("Stopping…", "run.stop", "It stops as soon as the current step is done.")
        if situation.paused:
            return Verb("Resume", "run.pause")
        words = {"train": "Stop", "diagnose": "Stop looking", "export": "Cancel export"}
        return Verb(words[situation.work], "run.stop")
    if not situation.has_experiment:
        return Verb("Open images", "images.open")
    if situation.stage == "diagnose" and situation.has_run and not situation.changed:
        if situation.has_remedy:
            return Verb("Try this fix", "remedy.try")
        return Verb("Find out why", "run.diagnose")
    if situation.stage == "export" and situation.has_model:
        return Verb("Export and verify", "run.export")
    if situation.problems == 1:
        return Verb("Show 1 problem", "problems.show")
    if situation.problems:
        return Verb(f"Show {situation.problems} problems", "problems.show")
    return Verb("Train", "run.start")


class PrimaryButton(QPushButton):
    """Always at the same place and of the same width; `requested` carries the action's id."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "primary")
        self.setObjectName("primary")
        self.setMinimumWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._verb = Verb("", "")
        self._clicked_for = ""
        self._since_click = QElapsedTimer()
        self.clicked.connect(self._on_clicked)

    def set_narrow(self, narrow: bool) -> None:
        """Take less room in narrow windows."""
        self.setMinimumWidth(NARROW if narrow else WIDTH)

    @property
    def verb(self) -> Verb:
        """What it says and does now."""
        return self._verb

    def show_verb(self, new: Verb, actions: Actions) -> None:
        """Take other words; the tooltip is the action's, or the reason why not."""
        self._verb = new
        action = actions[new.action]
        keys = action.shortcut().toString()
        self.setText(f"{new.text}   {keys}" if new.action == "run.start" else new.text)
        reason = new.reason or actions.reason(new.action)
        self.setEnabled(not reason)
        self.setToolTip(reason or action.toolTip())

    def _on_clicked(self) -> None:
        action, changed = self._verb.action, self._verb.action != self._clicked_for
        again = self._since_click.isValid()
        if again and changed and self._since_click.elapsed() < QApplication.doubleClickInterval():
            return  # the second click of a double click was meant for the words of the first
        self._clicked_for = action
        self._since_click.start()
        self.requested.emit(action)
