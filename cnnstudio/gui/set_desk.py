"""Sets of Keras in the window: offered on demand, and where an experiment lacks its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.gui.document import Document
from cnnstudio.gui.main_window import MainWindow
from cnnstudio.gui.run.set_fetching import SetFetching
from cnnstudio.spec.keras_sets import KerasSet, SetName, keras_set
from cnnstudio.spec.sources import KerasDataset

if TYPE_CHECKING:
    from cnnstudio.gui.dataset.keras_sets import KerasSetsDialog


class SetDesk(QObject):
    """Shows the dialog of the sets; `open_set` makes a new experiment of the one chosen."""

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        open_set: Callable[[KerasSet], None],
        command: Sequence[str] | None = None,
    ) -> None:
        """`command` starts the worker that downloads; None means this program's own."""
        super().__init__(window)
        self._window = window
        self._document = document
        self._open_set = open_set
        self.fetching = SetFetching(command, self)
        self._dialog: KerasSetsDialog | None = None
        window.commands.connect_to("sets.open", lambda: self.show(self._lacking()))
        document.opened.connect(self._on_opened)

    def show(self, name: SetName | None = None) -> None:
        """Offer the sets; with a name, the one that the experiment on the table lacks."""
        from cnnstudio.gui.dataset.keras_sets import KerasSetsDialog

        if self._dialog is not None:
            return
        dialog = KerasSetsDialog(self.fetching, self._window.theme, self._window, name)
        dialog.chosen.connect(self._on_chosen)
        dialog.finished.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    def close(self) -> None:
        """End a download and wait for its process."""
        self.fetching.shutdown()

    def _lacking(self) -> SetName | None:
        """The set that the experiment on the table needs and that is not on this computer."""
        experiment = self._document.experiment
        if experiment is None or not isinstance(experiment.dataset.source, KerasDataset):
            return None
        from cnnstudio.data.keras_files import is_here

        name = experiment.dataset.source.name
        return None if is_here(name) else name

    def _on_opened(self) -> None:
        name = self._lacking()
        if name is not None:
            self.show(name)

    def _on_chosen(self, name: str) -> None:
        experiment = self._document.experiment
        one = keras_set(name)
        waits = experiment is not None and experiment.dataset.source == KerasDataset(name=one.name)
        if waits and self._document.index is None:
            self._document.read_images()
        else:
            self._open_set(one)

    def _forget(self) -> None:
        self._dialog = None
