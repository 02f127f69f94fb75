"""A run's events as TensorBoard shows them: its curves in files that `tensorboard` reads.

`train`, `validation` and `clean-train` are runs of TensorBoard with Keras's tags, `epoch_accuracy`
and `epoch_loss` over epochs, so that they share a chart. `train/batches` has an axis of its own,
the steps, because a run that is resumed takes back what it said by the place on the axis.
"""

from collections.abc import Iterable
from pathlib import Path

from cnnstudio.runs.events import BatchEnded, EpochEnded, Event, RunFinished, RunStarted, Scores
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.tfevents import framed, scalars, start, text, version
from cnnstudio.runs.writing import plainly
from cnnstudio.spec import files

BATCHES, TRAIN, VALIDATION, CLEAN = "train/batches", "train", "validation", "clean-train"
HOLD = 1.0
"""Seconds for which the numbers of batches may wait to be written together."""

_MARK = "cnnstudio"  # ends the names of our files


class TensorBoardFiles:
    """Writes what a run says into `folder`, in order; other kinds of events are passed over.

    Each start of a run begins new files that are named after its time. `settings` are shown as
    text, once.
    """

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self._settings = settings
        self._name = ""
        self._begun: set[str] = set()
        self._waiting: dict[str, list[bytes]] = {}
        self._written = 0.0

    def add(self, event: Event) -> None:
        """Takes in the next event. Raises `OSError` when the files cannot be written."""
        match event:
            case RunStarted():
                self.flush()
                self._begin(event.time)
                if self._settings:
                    block = "".join(f"    {line}\n" for line in self._settings.splitlines())
                    self._say(TRAIN, event.time, 0, text(event.time, 0, "experiment", block))
                    self._settings = ""
            case BatchEnded():
                self._add_batch(event)
            case EpochEnded():
                rate = (("epoch_learning_rate", event.learning_rate),)
                self._add_scores(TRAIN, event, event.training, rate)
                self._add_scores(VALIDATION, event, event.validation)
                self._add_scores(CLEAN, event, event.clean_training)
                self.flush()
            case RunFinished():
                self.flush()
            case _:
                pass

    def flush(self) -> None:
        """Writes what waits; raises `OSError`."""
        for run, messages in self._waiting.items():
            if messages:
                path = self.folder / run / self._name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(framed(messages))
                messages.clear()

    def _begin(self, time: float) -> None:
        self._name = f"events.out.tfevents.{time:.3f}.{_MARK}"
        self._begun.clear()

    def _add_batch(self, event: BatchEnded) -> None:
        values = (
            ("batch_loss", event.loss),
            ("batch_accuracy", event.accuracy),
            ("batch_learning_rate", event.learning_rate),
        )
        self._say(BATCHES, event.time, event.step, scalars(event.time, event.step, values))
        if event.time - self._written >= HOLD:
            self._written = event.time
            self.flush()

    def _add_scores(
        self,
        run: str,
        event: EpochEnded,
        scores: Scores | None,
        more: tuple[tuple[str, float], ...] = (),
    ) -> None:
        if scores is not None:
            values = (("epoch_loss", scores.loss), ("epoch_accuracy", scores.accuracy), *more)
            self._say(run, event.time, event.epoch, scalars(event.time, event.epoch, values))

    def _say(self, run: str, time: float, step: int, message: bytes) -> None:
        if not self._name:
            self._begin(time)
        waiting = self._waiting.setdefault(run, [])
        if run not in self._begun:
            self._begun.add(run)
            # What an earlier start told of this place and later ones is told again.
            waiting += (version(), start(time, step))
        waiting.append(message)


def write(run: RunFolder, out: Path) -> None:
    """Writes the files of a run into `out`, in place of those that an earlier call made there.

    Raises:
        UserError: the run cannot be read, or `out` cannot be written.
    """
    settings = files.dumps(run.experiment(), run.path)
    write_events(run.events(), out, settings)


def write_events(events: Iterable[Event], out: Path, settings: str = "") -> None:
    """The same of events that are at hand; raises `UserError` when `out` cannot be written."""
    with plainly(out, "The TensorBoard files could not be written"):
        for old in sorted(out.rglob(f"events.out.tfevents.*.{_MARK}")):
            old.unlink()
        made = TensorBoardFiles(out, settings)
        for event in events:
            made.add(event)
        made.flush()
