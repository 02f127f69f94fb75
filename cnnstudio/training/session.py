"""One training run from the first image to the last word, told in events."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import (
    CheckpointSaved,
    EpochEnded,
    Event,
    LogLine,
    Phase,
    PhaseChanged,
    RunFinished,
    RunStarted,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import PercentileWindow
from cnnstudio.spec.plan import steps_per_epoch
from cnnstudio.training.build import Network, PixelStatistics, build, seed
from cnnstudio.training.dataset import TrainingData, prepare
from cnnstudio.training.engine import device, versions
from cnnstudio.training.failure import last_word
from cnnstudio.training.loop import Loop
from cnnstudio.training.policy import best_epoch, decide, keeping
from cnnstudio.training.progress import Progress
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.snapshot import Checkpoints, Snapshot, restore

Emit = Callable[[Event], None]
ShouldStop = Callable[[], bool]

_TOLD_EVERY = 0.1  # seconds between two words about the progress of a phase
# Of a large network not every epoch is kept: saving stays below 5 % of the time.
_SAVE_SHARE = 20
_NAMED_FILES = 5
_NAMED_CLASSES = 10


def conduct(
    experiment: Experiment,
    folder: RunFolder,
    emit: Emit,
    should_stop: ShouldStop,
    resume: bool = False,
) -> RunFinished:
    """Trains `experiment` into `folder`; the last event, also returned, says how it ended.

    Mistakes and faults are not raised: they become `RunFinished(reason="errored")`.
    `should_stop` is asked between images, batches and phases; a stop keeps the model. With
    `resume` the run goes on from its newest checkpoint, to the same weights as if it had never
    been cut.
    """
    session = _Session(experiment, folder, emit, should_stop)
    try:
        last = session.run(resume)
    except Stopped:
        last = session.canceled()
    except Exception as error:
        last = last_word(
            error, experiment, session.progress.epoch, best_epoch(experiment, session.progress)
        )
    try:
        emit(last)
    except UserError as error:
        # The file of events itself cannot be written: whoever called hears it from the return.
        return last_word(error, experiment, last.epochs, last.best_epoch)
    return last


def tell_progress(emit: Emit, phase: Phase) -> Callable[[int, int], None]:
    """A progress function that tells of `phase`, at most ten times a second."""
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TOLD_EVERY or done == total:
            told = now
            emit(PhaseChanged(phase=phase, done=done, total=total))

    return progress


@dataclass(frozen=True, slots=True)
class _Ready:
    """Everything a run needs, built."""

    data: TrainingData
    statistics: PixelStatistics | None
    network: Network
    loop: Loop


class _Session:
    def __init__(
        self, experiment: Experiment, folder: RunFolder, emit: Emit, should_stop: ShouldStop
    ) -> None:
        self._experiment = experiment
        self._folder = folder
        self._emit = emit
        self._should_stop = should_stop
        self._checkpoints = Checkpoints(folder)
        self._ready: _Ready | None = None
        self._saved_step = -1
        self._next_save = 0.0
        self.progress = Progress()

    def run(self, resume: bool) -> RunFinished:
        self._emit(PhaseChanged(phase="reading images"))
        data = prepare(
            self._experiment, tell_progress(self._emit, "reading images"), self._should_stop
        )
        self._pause()
        self._emit(PhaseChanged(phase="building"))
        ready = self._ready = self._build(data, self._snapshot(resume, data.class_names))
        self._pause()
        self._begin(ready)
        return self._train(ready)

    def canceled(self) -> RunFinished:
        """The last word of a run that was stopped, with its weights kept."""
        if self._ready is None or self.progress.step == 0:
            return RunFinished(reason="canceled", sentence="Stopped before the first step.")
        best = best_epoch(self._experiment, self.progress)
        try:
            self._keep(self._ready)
        except Exception as error:  # the stop itself has worked; what it could not keep is told
            return last_word(error, self._experiment, self.progress.epoch, best)
        return RunFinished(
            reason="canceled",
            sentence=f"Stopped in epoch {self._epoch_now()}; the model is kept.",
            epochs=self.progress.epoch,
            best_epoch=best,
        )

    def _epoch_now(self) -> int:
        under_way = 1 if self.progress.batch else 0
        return self.progress.epoch + under_way

    def _pause(self) -> None:
        if self._should_stop():
            raise Stopped

    def _snapshot(self, resume: bool, class_names: tuple[str, ...]) -> Snapshot | None:
        if not resume:
            self._checkpoints.clear()
            return None
        snapshot = self._checkpoints.last()
        if snapshot is not None and self._folder.has_other_labels(class_names):
            raise UserError(
                "The classes were changed since this run began, and its outputs stand for the "
                f"earlier ones ({', '.join(self._folder.labels()[:_NAMED_CLASSES])}): train anew.",
                place=str(self._folder.path),
            )
        if snapshot is None:
            text = "There is no checkpoint to go on from; the run starts anew."
            self._emit(LogLine(level="warning", text=text))
        return snapshot

    def _build(self, data: TrainingData, snapshot: Snapshot | None) -> _Ready:
        experiment = self._experiment
        if snapshot is None:
            statistics = data.statistics(experiment)
        else:
            statistics, self.progress = snapshot.statistics, snapshot.progress
        seed(experiment.training.seed)
        steps = steps_per_epoch(len(data.train), experiment.dataset.batch_size)
        whole = experiment.training.epochs * steps
        schedule = experiment.training.optimizer.learning_rate.resolved(whole)
        table = RateTable(rates(schedule, 0, steps))
        network = build(experiment, table, statistics)
        if snapshot is not None:
            restore(network, snapshot)
            self._saved_step = self.progress.step
        loop = Loop(network, table, experiment, data, self.progress)
        return _Ready(data, statistics, network, loop)

    def _begin(self, ready: _Ready) -> None:
        data, experiment = ready.data, self._experiment
        used = device()
        self._folder.write_labels(data.class_names)
        if isinstance(experiment.dataset.intensity, PercentileWindow) and data.window is not None:
            self._folder.write_window(data.window)
        environment = {"versions": versions(), "device": used.name, "device_note": used.note}
        self._folder.write_environment(json.loads(json.dumps(environment)))
        self._emit(
            RunStarted(
                name=experiment.name,
                epochs=experiment.training.epochs,
                steps_per_epoch=steps_per_epoch(len(data.train), experiment.dataset.batch_size),
                batch_size=experiment.dataset.batch_size,
                training_images=len(data.train),
                validation_images=len(data.validation),
                test_images=len(data.test),
                class_names=data.class_names,
                majority_share=data.majority_share,
                device=used.name,
                device_note=used.note,
                parameters=int(ready.network.count_params()),
                versions=versions(),
            )
        )
        if data.unreadable:
            self._emit(LogLine(level="warning", text=_left_out(data)))
        if self.progress.step == 0:
            self._checkpoints.save_initial(ready.network, ready.statistics)

    def _train(self, ready: _Ready) -> RunFinished:
        ends = ""
        events = ready.loop.events()
        try:
            if self.progress.epoch and self.progress.batch == 0:
                ends = decide(self._experiment, self.progress).ends
            while not ends:
                self._pause()
                event = next(events, self)
                if event is self:
                    break
                if isinstance(event, Event):
                    self._emit(event)
                if isinstance(event, EpochEnded):
                    ends = self._epoch_ended(ready)
        finally:
            events.close()
        self._keep(ready)
        return self._completed(ends)

    def _epoch_ended(self, ready: _Ready) -> str:
        """Keeps what the epoch brought; returns why the run ends here, empty when it goes on."""
        decision = decide(self._experiment, self.progress)
        if decision.best_epoch == self.progress.epoch:
            path = self._checkpoints.save_best(ready.network, self.progress, ready.statistics)
            self._told(path.name, best=True)
        if time.monotonic() > self._next_save:
            self._keep(ready)
        return decision.ends

    def _keep(self, ready: _Ready) -> None:
        if self._saved_step == self.progress.step:
            return
        began = time.monotonic()
        path = self._checkpoints.save_last(ready.network, self.progress, ready.statistics)
        self._saved_step = self.progress.step
        ended = time.monotonic()
        self._next_save = ended + _SAVE_SHARE * (ended - began)
        self._told(path.name, best=False)

    def _told(self, name: str, best: bool) -> None:
        self._emit(
            CheckpointSaved(
                epoch=self._epoch_now(),
                step=self.progress.step,
                file=f"{self._folder.checkpoints.name}/{name}",
                best=best,
            )
        )

    def _completed(self, ends: str) -> RunFinished:
        epochs, best = self.progress.epoch, best_epoch(self._experiment, self.progress)
        planned = self._experiment.training.epochs
        many = f"{epochs} epoch{'s' * (epochs != 1)}"
        sentence = f"Done after {many}"
        if ends and epochs < planned:
            sentence = f"Done after {epochs} of {planned} epochs: {ends}"
        if best is not None and keeping(self._experiment) is not None:
            sentence += f". The weights of epoch {best}, the best, are kept"
        return RunFinished(
            reason="completed", sentence=f"{sentence}.", epochs=epochs, best_epoch=best
        )


def _left_out(data: TrainingData) -> str:
    files = data.unreadable
    named = "; ".join(f"{item.key} {item.reason}" for item in files[:_NAMED_FILES])
    more = f"; and {len(files) - _NAMED_FILES} more" if len(files) > _NAMED_FILES else ""
    return f"Left out {len(files)} file{'s' * (len(files) != 1)}: {named}{more}."
