"""One training run from the first image to the last word, told in events."""

import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    Extended,
    LogLine,
    Phase,
    PhaseChanged,
    RunFinished,
    RunStarted,
)
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.orders import Orders
from cnnstudio.spec import patch
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import PercentileWindow
from cnnstudio.spec.plan import steps_per_epoch
from cnnstudio.training.build import Network, PixelStatistics, seed
from cnnstudio.training.dataset import TrainingData, prepare
from cnnstudio.training.distribution import build_on, choose
from cnnstudio.training.engine import versions
from cnnstudio.training.failure import last_word
from cnnstudio.training.holding import Holding
from cnnstudio.training.loop import Loop
from cnnstudio.training.policy import best_epoch, decide, keeping
from cnnstudio.training.progress import Progress
from cnnstudio.training.saving import Saving
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.snapshot import Checkpoints, Snapshot, restore, size
from cnnstudio.training.tensorboard import AlsoForTensorBoard
from cnnstudio.training.words import completed, extended, left_out, other_images

Emit = Callable[[Event], None]
ShouldStop = Callable[[], bool]

_TOLD_EVERY = 0.1  # seconds between two words about the progress of a phase
_NAMED_CLASSES = 10


def conduct(
    experiment: Experiment,
    folder: RunFolder,
    emit: Emit,
    should_stop: ShouldStop,
    resume: bool = False,
    orders: Orders | None = None,
    epochs: int | None = None,
) -> RunFinished:
    """Trains `experiment` into `folder`; the last event, also returned, says how it ended.

    Mistakes and faults are not raised: they become `RunFinished(reason="errored")`.
    `should_stop` is asked between images, batches and phases; a stop keeps the model. With
    `resume` the run goes on from its newest checkpoint, to the same weights as if it had never
    been cut; with `epochs` to so many in all. `orders` may pause, let go on and extend; a disk
    that is full pauses too. When `emit` raises for want of room, it must keep the event.
    """
    if experiment.training.tensorboard:
        emit = AlsoForTensorBoard(emit, folder, experiment)
    session = _Session(experiment, folder, emit, should_stop, orders or Orders())
    try:
        last = session.run(resume, epochs)
    except Stopped:
        last = session.canceled()
    except Exception as error:
        session.rescue()
        last = session.failed(error)
    try:
        session.say(last)
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
        self,
        experiment: Experiment,
        folder: RunFolder,
        emit: Emit,
        should_stop: ShouldStop,
        orders: Orders,
    ) -> None:
        self._experiment = experiment
        self._folder = folder
        self._should_stop = should_stop
        self._orders = orders
        self._holding = Holding(
            folder, emit, should_stop, orders, lambda: (self._epoch_now(), self.progress.step)
        )
        self._checkpoints = Checkpoints(folder)
        self._saving = Saving(self._checkpoints, self._told)
        self._ready: _Ready | None = None
        self._devices = choose(experiment)
        self.progress = Progress()

    def run(self, resume: bool, epochs: int | None) -> RunFinished:
        more = 0 if epochs is None else epochs - self._experiment.training.epochs
        if more < 0:
            sentence = "The epochs of a run that goes on cannot be lowered."
            raise UserError(sentence, place=str(self._folder.path))
        if more:
            self._extend(self._longer(more))
        self._checkpoints.tidy()
        self.say(PhaseChanged(phase="reading images"))
        told = tell_progress(self.say, "reading images")
        data = prepare(self._experiment, told, self._stopping)
        self._look()
        self.say(PhaseChanged(phase="building"))
        ready = self._ready = self._build(data, self._snapshot(resume, data.class_names))
        self._look()
        self._begin(ready)
        return self._train(ready, extended=more > 0)

    def canceled(self) -> RunFinished:
        """The last word of a run that was stopped, with its weights kept."""
        if self._ready is None or self.progress.step == 0:
            return RunFinished(reason="canceled", sentence="Stopped before the first step.")
        try:
            self._keep(self._ready)
        except Exception as error:  # the stop itself has worked; what it could not keep is told
            return self.failed(error)
        return RunFinished(
            reason="canceled",
            sentence=f"Stopped in epoch {self._epoch_now()}; the model is kept.",
            epochs=self.progress.epoch,
            best_epoch=best_epoch(self._experiment, self.progress),
        )

    def failed(self, error: Exception) -> RunFinished:
        """The last word of a run that an error ended."""
        best = best_epoch(self._experiment, self.progress)
        return last_word(error, self._experiment, self.progress.epoch, best)

    def rescue(self) -> None:
        """Keeps the best epoch of a run that breaks, if it is not kept already."""
        with contextlib.suppress(UserError):
            self._saving.keep_best()

    def say(self, event: Event) -> None:
        """Emits an event, as soon as there is room for it."""
        self._holding.say(event)

    def _epoch_now(self) -> int:
        under_way = 1 if self.progress.batch else 0
        return self.progress.epoch + under_way

    def _look(self) -> None:
        """Does what was ordered meanwhile; raises `Stopped`."""
        if self._should_stop():
            raise Stopped
        self._take_epochs()
        if self._orders.pausing():
            if self._ready is not None and self.progress.step:
                self._keep(self._ready)
            self._holding.asked(self._take_epochs)
            if self._should_stop():
                raise Stopped

    def _stopping(self) -> bool:
        try:
            self._look()
        except Stopped:
            return True
        return False

    def _take_epochs(self) -> None:
        more = self._orders.take_epochs()
        if more:
            try:
                longer = self._longer(more)
            except UserError as error:
                # What cannot be had is no reason to end what is under way.
                self.say(LogLine(level="warning", text=error.sentence))
            else:
                self._extend(longer)

    def _longer(self, more: int) -> Experiment:
        """The experiment with more epochs; raises `UserError` when those are too many."""
        total = self._experiment.training.epochs + more
        return patch.replace(self._experiment, "training.epochs", total)

    def _extend(self, after: Experiment) -> None:
        before, total = self._experiment, after.training.epochs
        if self._ready is not None and self.progress.step:
            # What follows the checkpoint has the new rates, after a crash too.
            self._keep(self._ready)
        self._holding.write(lambda: self._folder.extend(total), 0)
        self._experiment = after
        if self._ready is not None:
            self._ready.loop.extend(after)
        self.say(Extended(epochs=total, sentence=extended(before, after)))

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
            self.say(LogLine(level="warning", text=text))
        return snapshot

    def _build(self, data: TrainingData, snapshot: Snapshot | None) -> _Ready:
        experiment = self._experiment
        if snapshot is None:
            statistics = data.statistics(experiment)
        else:
            statistics, self.progress = snapshot.statistics, snapshot.progress
        changed = other_images(self.progress, data.train)
        if changed:
            self.say(LogLine(level="warning", text=changed))
        seed(experiment.training.seed)
        steps = steps_per_epoch(len(data.train), experiment.dataset.batch_size)
        whole = experiment.training.epochs * steps
        schedule = experiment.training.optimizer.learning_rate.resolved(whole)
        table = RateTable(rates(schedule, 0, steps))
        network = build_on(self._devices, experiment, table, statistics)
        if snapshot is not None:
            restore(network, snapshot)
        loop = Loop(network, table, experiment, data, self.progress)
        return _Ready(data, statistics, network, loop)

    def _begin(self, ready: _Ready) -> None:
        data, experiment = ready.data, self._experiment
        used = self._devices.device
        self._folder.write_labels(data.class_names)
        if isinstance(experiment.dataset.intensity, PercentileWindow) and data.window is not None:
            self._folder.write_window(data.window)
        environment = {"versions": versions(), "device": used.name, "device_note": used.note}
        self._folder.write_environment(json.loads(json.dumps(environment)))
        self.say(
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
        if self._devices.reason:
            self.say(LogLine(level="warning", text=self._devices.reason))
        if data.unreadable:
            self.say(LogLine(level="warning", text=left_out(data.unreadable)))
        step = self.progress.step
        initial = None if step else Snapshot.of(ready.network, ready.statistics)
        self._holding.write(lambda: self._saving.begin(initial, step), size(ready.network))

    def _train(self, ready: _Ready, extended: bool) -> RunFinished:
        ends = ""
        if self.progress.epoch and self.progress.batch == 0 and not extended:
            # After an extension a policy that had ended the run looks at one epoch more.
            ends = decide(self._experiment, self.progress).ends
        while True:
            if not ends:
                ends = self._pull(ready)
            self._keep(ready)
            planned = self._experiment.training.epochs
            self._take_epochs()
            if self._experiment.training.epochs == planned:
                break
            ends = ""
        best = best_epoch(self._experiment, self.progress)
        kept = best if keeping(self._experiment) is not None else None
        epochs, planned = self.progress.epoch, self._experiment.training.epochs
        sentence = completed(epochs, planned, ends, kept)
        return RunFinished(reason="completed", sentence=sentence, epochs=epochs, best_epoch=best)

    def _pull(self, ready: _Ready) -> str:
        """Trains to the end; returns why it comes before the last epoch, or nothing."""
        events = ready.loop.events()
        try:
            while True:
                self._look()
                event = next(events, self)
                if event is self:
                    return ""
                if isinstance(event, Event):
                    self.say(event)
                if isinstance(event, EpochEnded):
                    ends = self._epoch_ended(ready)
                    if ends:
                        return ends
                sound = isinstance(event, BatchEnded) and math.isfinite(event.loss)
                if sound and self._saving.due(epoch_ended=False):
                    self._keep(ready)
        finally:
            events.close()

    def _epoch_ended(self, ready: _Ready) -> str:
        """Keeps what the epoch brought; returns why the run ends here, empty when it goes on."""
        decision = decide(self._experiment, self.progress)
        if decision.best_epoch == self.progress.epoch:
            self._saving.remember(lambda: self._taken(ready, optimizer=False))
        if self._saving.due(epoch_ended=True):
            self._keep(ready)
        return decision.ends

    def _taken(self, ready: _Ready, optimizer: bool = True) -> Snapshot:
        return Snapshot.of(ready.network, ready.statistics, self.progress, optimizer)

    def _keep(self, ready: _Ready) -> None:
        """Has on the disk where the run stands and its best epoch; holds where there is no room."""
        self._holding.write(
            lambda: self._saving.keep(lambda: self._taken(ready), self.progress.step),
            2 * size(ready.network),
        )

    def _told(self, path: Path, snapshot: Snapshot, best: bool) -> None:
        progress = snapshot.progress
        self.say(
            CheckpointSaved(
                epoch=progress.epoch + (1 if progress.batch else 0),
                step=progress.step,
                file=f"{self._folder.checkpoints.name}/{path.name}",
                best=best,
            )
        )
