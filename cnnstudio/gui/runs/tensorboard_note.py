"""Writes a run's curves for TensorBoard beside the window, and says how to see them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from cnnstudio.gui.background import Background, Progress, Stop
from cnnstudio.spec.errors import UserError


class _Writing(Background):
    mistake = "The TensorBoard files could not be written."

    def write(self, path: Path) -> None:
        """Write the files of the run in `path`; `finished` carries the path."""
        self.start(partial(_write, path))


class TensorBoardNote(QLabel):
    """A few words about the files of one run; empty until a person asks for them."""

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self._writing = _Writing(self)
        self._writing.finished.connect(self._tell)
        self._writing.failed.connect(lambda error: self._say(error.sentence))
        self.setWordWrap(True)
        self.setProperty("role", "muted")
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.hide()

    def write(self, path: Path) -> None:
        """Write the files of the run in `path` now, into its own folder."""
        self._path = path
        self._say("Writing TensorBoard files …")
        self._writing.write(path)

    def show_for(self, path: Path | None) -> None:
        """Another run is in sight, about which there is nothing to say."""
        if path != self._path:
            self._path = None
            self._writing.cancel()
            self.hide()

    def close_threads(self) -> None:
        """Wait for what is being written."""
        self._writing.shutdown()

    def _tell(self, path: Path) -> None:
        command = f'tensorboard --logdir "{path}"'
        self._say(f"Its TensorBoard files are written. See them with: {command}")

    def _say(self, words: str) -> None:
        self.setText(words)
        self.show()


def _write(path: Path, _progress: Progress, _stop: Stop) -> Path:
    from cnnstudio.runs.control_file import is_alive
    from cnnstudio.runs.folder import RunFolder
    from cnnstudio.runs.tensorboard import write

    run = RunFolder(path)
    if is_alive(path):
        # It may be writing these very files.
        raise UserError("The run is at work. Stop it first, or wait until it is done.", str(path))
    write(run, run.tensorboard)
    return run.tensorboard
