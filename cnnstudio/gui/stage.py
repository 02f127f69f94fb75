"""A stage of the work (Data, Augment, …): what the rail shows of it, and the page it builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cnnstudio.gui.detaching import Detachable
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.panel import Panel
from cnnstudio.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from cnnstudio.spec.experiment import Experiment
    from cnnstudio.spec.facts import DatasetFacts
    from cnnstudio.spec.problems import Problem

P = TypeVar("P", bound=Panel)

WINDOW = "window."
"""Begins the names under which the windows of detached panes persist."""


class StagePage(Panel):
    """A page of panes beside each other: setters go to all of its panels, their edits come out.

    It is empty until `steps` have been taken to their end. `build` first sets empty panes beside
    each other with `set_columns`, then fills one after the other: a widget that is put into a
    place of the window is restyled with all that it holds, so each should move once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._panels: list[Panel] = []
        self._panes: list[Pane] = []
        self._splitters: dict[str, QSplitter] = {}
        self._sizes: dict[str, list[int]] = {}
        self._theme: Theme = LIGHT
        self.detachables: dict[str, Detachable] = {}
        """Panes that can be put into a window of their own, by name."""
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 8)
        self._layout.setSpacing(8)

    @property
    def in_sight(self) -> bool:
        """Whether somebody can see any of it: the page, or a pane in a window of its own."""
        return any(pane.isVisible() for pane in self._panes)

    def build(self) -> Iterator[None]:
        """Make the page in steps, between which the event loop may go on; this one is empty."""
        yield from ()

    def steps(self, theme: Theme) -> Iterator[Self]:
        """The page, empty at first, and once more after each step of its building."""
        self._theme = theme
        yield self
        for _ in self.build():
            yield self
        for name, splitter in self._splitters.items():
            splitter.setSizes(self._sizes[name])

    def warming(self) -> Iterator[None]:
        """Lay the hidden page out and paint it to nowhere, a pane at a time.

        Otherwise all that Qt does once for each widget would hold up the moment it is shown.
        """
        self.grab(QRect(0, 0, 1, 1))
        yield
        for pane in self._panes:
            pane.grab()
            yield

    def fill(self, pane: Pane, panel: P) -> P:
        """Put a panel into its pane, and let it see every experiment."""
        pane.set_content(panel)
        self.add_panel(panel)
        pane.set_theme(self._theme)
        panel.set_theme(self._theme)
        return panel

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
        self._splitters[name] = splitter
        self._sizes[name] = [size for _, size in parts]
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

    def showing(self, experiment: Experiment) -> Iterator[None]:
        """Pass the experiment to one panel after the other."""
        for panel in self._panels:
            yield from panel.showing(experiment)

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
        """Colour every pane and panel; those that are still to come take it, too."""
        self._theme = theme
        for pane in self._panes:
            pane.set_theme(theme)
        for panel in self._panels:
            panel.set_theme(theme)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the rail. `steps` makes the page: see `StagePage.steps`."""

    id: str
    title: str
    icon: str
    steps: Callable[[Theme], Iterator[StagePage]]
