"""The Runs stage: a project's runs, the marked ones over each other, and one of them closely."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnstudio.gui.pane import Pane, ToolButton
from cnnstudio.gui.run.queue import Queued
from cnnstudio.gui.run.replay import Replay
from cnnstudio.gui.runs.overlay import RunOverlay
from cnnstudio.gui.runs.queue_list import QueueList
from cnnstudio.gui.runs.run_details import RunDetails
from cnnstudio.gui.runs.run_list import RunList
from cnnstudio.gui.runs.run_table import RunTable
from cnnstudio.gui.stage import StagePage
from cnnstudio.gui.theme import Theme
from cnnstudio.runs.catalog import RunSummary

MOST_DRAWN = 12
KEPT = 24
"""Replays kept in memory: going back to a run must not read it again."""


class RunsStage(StagePage):
    """Give it the runs' folder with `set_folder`, and replays with `take_replay`.

    `refresh` lists anew (a run began or ended); the page does so by itself when it is shown.
    `close_threads` waits for its threads.
    """

    run_opened = Signal(object)
    """The path of a run to be shown in the Train stage."""
    experiment_chosen = Signal(object)
    """An `Experiment` to go on with."""
    compare_requested = Signal(object)
    """The path of a run whose `Replay` is wanted here."""
    resume_requested = Signal(object)
    """The path of a run that is to go on to its planned end."""
    extend_requested = Signal(object, int)
    """The path of a run that is to have more epochs, and how many it has."""
    rename_requested = Signal(object)
    delete_requested = Signal(object)
    """The path of a run that is to have another name, or to be thrown away."""
    unqueue_requested = Signal(int)
    """The number of a queued run that is to be forgotten."""

    table: RunTable
    overlay: RunOverlay
    details: RunDetails

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._replays: OrderedDict[Path, Replay] = OrderedDict()
        self._asked: set[Path] = set()
        self._states: dict[Path, tuple[str, int]] = {}
        self.list = RunList(self)
        self.list.loaded.connect(self._take_list)
        self.queue = QueueList()
        self._table_pane = Pane("Runs")
        self._details_pane = Pane("Run")

    def build(self) -> Iterator[None]:
        """Table over curves, one run closely."""
        curves = Pane("Curves", note="training solid, validation dashed")
        vertical = Qt.Orientation.Vertical
        left = self.splitter("rows", vertical, (self._table_pane, 280), (curves, 436))
        self.set_columns((left, 1000), (self._details_pane, 440))
        yield
        self._add_table()
        yield
        self.overlay = self.fill(curves, RunOverlay())
        self.overlay.setMinimumHeight(200)
        self.make_detachable("curves", curves)
        yield
        self.details = self.fill(self._details_pane, RunDetails())
        self.details.setMinimumWidth(240)
        self.details.run_opened.connect(self.run_opened)
        self.details.experiment_chosen.connect(self.experiment_chosen)
        self.details.resume_requested.connect(self.resume_requested)
        self.details.extend_requested.connect(self.extend_requested)
        self.details.rename_requested.connect(self.rename_requested)
        self.details.delete_requested.connect(self.delete_requested)

    def _add_table(self) -> None:
        self.table = RunTable()
        self.table.setMinimumHeight(110)
        self.table.run_opened.connect(self.run_opened)
        self.table.selection_changed.connect(lambda _paths: self._show_selected())
        self.queue.removed.connect(self.unqueue_requested)
        reload = ToolButton("refresh-cw", "Read the list of runs again")
        reload.clicked.connect(self.refresh)
        listed = QWidget()
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.queue)
        rows.addWidget(self.table, 1)
        self._table_pane.set_content(listed)
        self._table_pane.add_tool(reload)
        self.add_panel(self.table)

    def set_folder(self, folder: Path | None) -> None:
        """The folder that holds the runs of the project."""
        if folder != self._folder:
            self._folder = folder
            self._replays.clear()
            self._asked.clear()
            self.refresh()

    def refresh(self) -> None:
        """List the runs again, and ask again for those whose reading came to nothing."""
        self._asked.clear()
        if self._folder is None:
            self._take_list(())
        else:
            self.list.read(self._folder)

    def take_replay(self, replay: Replay) -> None:
        """A run that was asked for with `compare_requested`."""
        path = replay.folder.path
        self._asked.discard(path)
        self._replays[path] = replay
        self._replays.move_to_end(path)
        while len(self._replays) > KEPT:
            self._replays.popitem(last=False)
        self._show_selected()

    def set_queue(self, waiting: tuple[Queued, ...]) -> None:
        """The runs that wait for their turn."""
        self.queue.show_waiting(waiting)

    def set_theme(self, theme: Theme) -> None:
        """Colour every pane and panel."""
        super().set_theme(theme)
        self.table.set_colors(self.overlay.colors)

    def close_threads(self) -> None:
        """Wait for the thread that reads the list, and for what is being written."""
        self.list.wait()
        self.details.tensorboard.close_threads()

    def showEvent(self, event: QShowEvent) -> None:
        """List the runs again whenever the page comes into view."""
        super().showEvent(event)
        self.refresh()

    def _take_list(self, runs: tuple[RunSummary, ...]) -> None:
        for run in runs:
            # A run that went on since it was read is read again.
            state = (run.state, run.epochs)
            if self._states.get(run.path, state) != state:
                self._replays.pop(run.path, None)
            self._states[run.path] = state
        newest = runs[0].path if runs else None
        is_news = newest is not None and newest not in {run.path for run in self.table.runs}
        self.table.show_runs(runs)
        count = len(runs)
        self._table_pane.set_note("" if not count else "1 run" if count == 1 else f"{count} runs")
        if is_news:
            # What a person wants to see of a new run is what it changed.
            self.table.select([run.path for run in runs[:2]])
        else:
            self._show_selected()

    def _show_selected(self) -> None:
        selected = self.table.selected
        drawn = selected[:MOST_DRAWN]
        before: Path | None = None
        if len(selected) == 1:
            before = self._before(selected[0])
        elif len(selected) == 2:
            before = selected[1]
        for path in (*drawn, *((before,) if before is not None else ())):
            readable = (path / "experiment.yaml").is_file()
            if readable and path not in self._replays and path not in self._asked:
                self._asked.add(path)
                self.compare_requested.emit(path)
        known = [path for path in drawn if path in self._replays]
        # Oldest first, so that the earliest run keeps the first colour when more are marked.
        self.overlay.show_runs({path: self._replays[path].history for path in reversed(known)})
        self.table.set_colors(self.overlay.colors)
        self._show_details(selected, before)

    def _show_details(self, selected: tuple[Path, ...], before: Path | None) -> None:
        few = len(selected) in (1, 2)
        self._details_pane.set_title(selected[0].name if few else "Run")
        if not few:
            self.details.show_words("Mark one run to see it closely, or two to see what differs.")
            return
        known = next((run for run in self.table.runs if run.path == selected[0]), None)
        self.details.set_summary(known)
        one = self._replays.get(selected[0])
        earlier = self._replays.get(before) if before is not None else None
        if one is not None and (before is None or earlier is not None):
            self.details.show_run(one, earlier)
        elif one is None and self.details.shown != selected[0]:
            self.details.show_words((known.problem if known is not None else "") or "Reading …")

    def _before(self, path: Path) -> Path | None:
        """The run before this one that can be read."""
        paths = [run.path for run in self.table.runs]
        later = paths[paths.index(path) + 1 :] if path in paths else []
        return next((p for p in later if (p / "experiment.yaml").is_file()), None)
