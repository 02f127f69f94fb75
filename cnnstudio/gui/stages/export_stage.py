"""The Export stage: what to export and where to, and what the check of it found."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Signal

from cnnstudio.gui.export.export_panel import ExportPanel
from cnnstudio.gui.export.export_results import ExportResults
from cnnstudio.gui.pane import Pane
from cnnstudio.gui.run.store import RunView
from cnnstudio.gui.stage import StagePage


class ExportStage(StagePage):
    """Connect `set_view` to the store's shown run and `set_busy` to the controller.

    `request` asks for the export as it is set, as the window's primary button does.
    """

    export_requested = Signal(str, object)
    """The format (`savedmodel` or `keras`) and the `Path` to write to."""
    train_requested = Signal()
    """There is no model yet, and a person wants one."""

    panel: ExportPanel
    results: ExportResults

    def __init__(self) -> None:
        super().__init__()
        self._view: RunView | None = None
        self._panel_pane = Pane("Export")

    def build(self) -> Iterator[None]:
        """What to export, what came of it."""
        result = Pane("Result")
        self.set_columns((self._panel_pane, 440), (result, 1000))
        yield
        self.panel = self.fill(self._panel_pane, ExportPanel())
        self.panel.setMinimumWidth(300)
        self.panel.export_requested.connect(self.export_requested)
        self.panel.train_requested.connect(self.train_requested)
        yield
        self.results = self.fill(result, ExportResults())
        self.results.setMinimumWidth(360)

    def set_view(self, view: RunView) -> None:
        """The shown run, or what has become of it."""
        if self._view is None or view.folder != self._view.folder:
            self._panel_pane.set_note(view.folder.name if view.folder is not None else "")
        self._view = view
        self.panel.set_run(view.folder, view.history)
        running = view.export_phase if view.export_finished is None else None
        self.panel.set_phase(running)
        self.results.set_result(view.exported, view.export_finished, view.experiment)

    def set_busy(self, reason: str) -> None:
        """Why no job can start now, as a sentence; empty when one can."""
        self.panel.set_busy(reason)

    def request(self) -> None:
        """Ask for the export as it is set."""
        self.panel.request()
