"""A stage of the work (Data, Augment, …): what the rail shows of it, and the page it builds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cnnstudio.gui.detaching import Detachable
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.panel import Panel

if TYPE_CHECKING:
    from cnnstudio.gui.theme import Theme
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

WINDOW = "window."
"""Begins the names under which the windows of detached panes persist."""


class StagePage(Panel):
    """A page of panes beside each other: setters go to all of its panels, their edits come out.

    A stage builds one, adds its panels with `add_panel`, and sets them with `set_columns`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._panels: list[Panel] = []
        self._panes: list[Pane] = []
        self._splitters: dict[str, QSplitter] = {}
        self.detachables: dict[str, Detachable] = {}
        """Panes that can be put into a window of their own, by name."""
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)

    def add_panel(self, panel: Panel) -> None:
        """Let this panel see every experiment, and pass on what the person edits in it."""
        self._panels.append(panel)
        panel.edited.connect(self.edited)
        panel.action_requested.connect(self.action_requested)

    def set_columns(self, *columns: tuple[QWidget, int]) -> QSplitter:
        """Set widgets beside each other, each with its width at 1440 px; the widest one grows."""
        splitter = self.splitter("columns", Qt.Orientation.Horizontal, *columns)
        self._layout.addWidget(splitter, 1)
        return splitter

    def splitter(
        self, name: str, orientation: Qt.Orientation, *parts: tuple[QWidget, int]
    ) -> QSplitter:
        """A splitter whose sizes persist under `name`; parts are (widget, size in px)."""
        splitter = QSplitter(orientation)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        largest = max(size for _, size in parts)
        for widget, size in parts:
            splitter.addWidget(widget)
            # The widest part takes most of what a resize gives or takes.
            splitter.setStretchFactor(splitter.count() - 1, 4 if size == largest else 1)
            if isinstance(widget, Pane):
                self._panes.append(widget)
        splitter.setSizes([size for _, size in parts])
        self._splitters[name] = splitter
        return splitter

    def make_detachable(self, name: str, pane: Pane) -> None:
        """Let a pane of a splitter be put into a window of its own, whose place persists."""
        self.detachables[name] = Detachable(pane)

    def splitter_states(self) -> dict[str, str]:
        """The sizes of every splitter and of detached panes' windows, for the settings file."""
        states = {
            name: bytes(splitter.saveState().toHex().data()).decode("ascii")
            for name, splitter in self._splitters.items()
        }
        windows = {f"{WINDOW}{name}": one.state for name, one in self.detachables.items()}
        return states | {name: state for name, state in windows.items() if state}

    def restore_splitters(self, states: dict[str, str]) -> None:
        """Take back sizes from `splitter_states`; unknown names and broken values are ignored."""
        for name, splitter in self._splitters.items():
            if name in states:
                splitter.restoreState(QByteArray.fromHex(states[name].encode("ascii", "replace")))
        for name, detachable in self.detachables.items():
            detachable.geometry = states.get(f"{WINDOW}{name}", "")

    def set_experiment(self, experiment: Experiment) -> None:
        """Pass the experiment to every panel."""
        for panel in self._panels:
            panel.set_experiment(experiment)

    def set_facts(self, facts: DatasetFacts | None) -> None:
        """Pass the facts to every panel."""
        for panel in self._panels:
            panel.set_facts(facts)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Pass the problems to every panel."""
        for panel in self._panels:
            panel.set_problems(problems)

    def set_theme(self, theme: Theme) -> None:
        """Colour every pane and panel."""
        for pane in self._panes:
            pane.set_theme(theme)
        for panel in self._panels:
            panel.set_theme(theme)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the rail. `factory` builds the page the first time it is needed."""

    id: str
    title: str
    icon: str
    factory: Callable[[], StagePage]
