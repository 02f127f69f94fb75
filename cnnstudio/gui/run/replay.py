"""Reads an earlier run back from its folder, beside the window."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import Event, ExportFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.log import read
from cnnstudio.runs.probes import ProbeHistory
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything that a run folder says: what the live run said, folded by the same code.

    Whoever receives it owns the histories.
    """

    folder: RunFolder
    experiment: Experiment
    history: RunHistory
    probes: ProbeHistory
    exported: ExportFinished | None


def replay(path: Path) -> Replay:
    """Reads the run folder `path`; raises `UserError` when it is none or cannot be read."""
    folder = RunFolder(path)
    return replay_events(folder, folder.events(), is_alive(path))


def replay_events(folder: RunFolder, events: Iterable[Event], alive: bool) -> Replay:
    """The run in `folder`, whose training said `events` and goes on if it is `alive`.

    Raises `UserError` when the folder is none of a run or cannot be read.
    """
    experiment = folder.experiment()
    history = RunHistory()
    for event in events:
        history.add(event)
    if not alive:
        history.lose()
    probes = ProbeHistory()
    for event in read(folder.diagnosis / "events.jsonl"):
        probes.add(event)
    if not is_alive(folder.diagnosis):
        probes.lose()
    exports = [e for e in read(folder.export / "events.jsonl") if isinstance(e, ExportFinished)]
    return Replay(folder, experiment, history, probes, exports[-1] if exports else None)


class ReplayThread(QThread):
    """Replays one run folder: tens of thousands of events take longer than a frame may."""

    replayed = Signal(object)
    """The `Replay`."""
    failed = Signal(object)
    """The `UserError`."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path

    def run(self) -> None:
        """Reads the folder; called by Qt on the new thread."""
        try:
            self.replayed.emit(replay(self._path))
        except UserError as error:
            self.failed.emit(error)
        except Exception as error:
            sentence = f"The run {self._path.name} could not be read: {error}"
            self.failed.emit(UserError(sentence, str(self._path), traceback.format_exc()))
