"""TensorBoard files beside a run while it goes on, given up where they cannot be written."""

from collections.abc import Callable

from cnnstudio.runs.events import Event, LogLine
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.tensorboard import TensorBoardFiles
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Experiment


class AlsoForTensorBoard:
    """Emits events as `emit` does, and writes them for TensorBoard, too.

    A run must not wait for these files: where the disk refuses one, a warning says so, once, and
    no more are written. All that is in them is in the run's events as well.
    """

    def __init__(
        self, emit: Callable[[Event], None], folder: RunFolder, experiment: Experiment
    ) -> None:
        self._emit = emit
        # A run that goes on has shown its settings already.
        known = folder.tensorboard.is_dir()
        settings = "" if known else files.dumps(experiment, folder.path)
        self._files: TensorBoardFiles | None = TensorBoardFiles(folder.tensorboard, settings)
        self._warning: LogLine | None = None

    def __call__(self, event: Event) -> None:
        """Emits `event`; raises what `emit` raises."""
        try:
            self._emit(event)
        finally:
            # An event that found no room is kept by whoever emits it, and is not emitted again.
            self._write(event)
        if self._warning is not None:
            warning, self._warning = self._warning, None
            self._emit(warning)

    def _write(self, event: Event) -> None:
        if self._files is None:
            return
        try:
            self._files.add(event)
        except OSError as error:
            self._files = None
            text = (
                f"The TensorBoard files could not be written ({error.strerror}) and end here. "
                "`cnnstudio runs` with --tensorboard writes them from the run, later."
            )
            self._warning = LogLine(level="warning", text=text)
