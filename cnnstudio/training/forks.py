"""The doctor's forks: short runs from one snapshot at equal steps, each with one suspect removed.

All forks and controls start from the same weights and optimizer state, and those of one seed see
the same images in the same order. They hold the rate constant (`doctor.forks` says why). A fork
that changes only data, seed or rate reuses the compiled step of the controls.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from cnnstudio.augment.batches import Batch
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PartPixels
from cnnstudio.data.facts import facts
from cnnstudio.data.health import check
from cnnstudio.data.health.report import HealthReport
from cnnstudio.data.index import ImageIndex, index
from cnnstudio.data.stopping import Stopped
from cnnstudio.doctor.diagnose import diagnose
from cnnstudio.doctor.evidence import Evidence
from cnnstudio.doctor.forks import Fork, planned_forks
from cnnstudio.doctor.trial import STUCK, learned
from cnnstudio.runs.events import (
    DiagnosisReady,
    FindingRaised,
    LogLine,
    PhaseChanged,
    ProbeEnded,
    ProbeProgress,
    ProbeStarted,
    RunFinished,
)
from cnnstudio.runs.findings import Diagnosis, ForkResult
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import apply, replace
from cnnstudio.training import clean
from cnnstudio.training.build import PixelStatistics, build, seed
from cnnstudio.training.dataset import TrainingData, class_weights, prepare, training_batches
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.schedule import RateTable, rates
from cnnstudio.training.session import Emit, ShouldStop, tell_progress
from cnnstudio.training.snapshot import Checkpoints, Snapshot, reseed, restore

BUDGET_SECONDS = 90.0
FEWEST_STEPS, MOST_STEPS = 40, 150

_TIMED_STEPS = 8
_TOLD_EVERY = 0.1


def diagnose_run(
    folder: RunFolder,
    emit: Emit,
    should_stop: ShouldStop,
    budget_seconds: float | None = None,
) -> Diagnosis:
    """Runs the forks that the doctor plans for a run, and returns (and emits) what they prove.

    They start from the run's last checkpoint, or from its first weights if it never learned or was
    never trained. As many steps are run as the budget allows, at least 40 and at most 150. When
    stopped, the diagnosis holds the forks so far and says so.

    Raises:
        UserError: the folder is no run, or its images or experiment have something wrong.
    """
    began = time.monotonic()
    experiment = folder.experiment()
    results: list[ForkResult] = []
    try:
        emit(PhaseChanged(phase="diagnosing"))
        history = _history(folder)
        tell = tell_progress(emit, "reading images")
        listed = index(experiment.dataset)
        known = facts(experiment.dataset, listed, tell, should_stop)
        health = _health(experiment, listed, should_stop)
        data = prepare(experiment, tell, should_stop)
        forks = planned_forks(experiment)
        if forks:
            budget = BUDGET_SECONDS if budget_seconds is None else budget_seconds
            left = budget - (time.monotonic() - began)
            bench = _Bench(experiment, data, _start(folder, history), emit, should_stop)
            for result in bench.run(forks, left):
                results.append(result)
        diagnosis = diagnose(experiment, Evidence(known, history, tuple(results), health))
    except Stopped:
        sentence = "The diagnosis was stopped before it was done."
        emit(RunFinished(reason="canceled", sentence=sentence))
        return Diagnosis(sentence=sentence, forks=tuple(results))
    emit(DiagnosisReady(diagnosis=diagnosis))
    for finding in diagnosis.findings:
        emit(FindingRaised(finding=finding))
    emit(RunFinished(reason="completed", sentence=diagnosis.sentence))
    return diagnosis


def _health(
    experiment: Experiment, listed: ImageIndex, should_stop: ShouldStop
) -> HealthReport | None:
    """What a health check of these images found; None where nobody made one."""
    examined = check.known(experiment.dataset.source.path, listed, should_stop)
    return check.report(experiment, listed, examined) if examined is not None else None


def _history(folder: RunFolder) -> RunHistory | None:
    """What the run told so far; None when it was never started."""
    if not folder.events_file.is_file():
        return None
    history = RunHistory()
    for event in folder.events():
        history.add(event)
    return history


def _start(folder: RunFolder, history: RunHistory | None) -> Snapshot | None:
    """The snapshot to fork from; None: fresh weights from the experiment's seed.

    A run that never learned may have broken its weights on the way (dead units, weights shrunk to
    nothing), from which no fork recovers: the first weights are the fair start.
    """
    checkpoints = Checkpoints(folder)
    if history is None or history.started is None or not checkpoints.trained():
        return checkpoints.initial()
    guess = max(history.chance or 0.0, history.started.majority_share)
    reached = [
        accuracy
        for name in ("training_accuracy", "clean_accuracy")
        for accuracy in history.curve(name)[1].tolist()
        if isfinite(accuracy)
    ]
    if learned(max(reached, default=0.0), guess) < STUCK:
        return checkpoints.initial()
    return checkpoints.last()


@dataclass(frozen=True, slots=True)
class _Apparatus:
    """A compiled network with its step, and what measures it."""

    table: RateTable
    step: TrainingStep
    measure: Callable[[], float]
    reset: Callable[[int], None]


class _Bench:
    """Runs forks one after another."""

    def __init__(
        self,
        experiment: Experiment,
        data: TrainingData,
        snapshot: Snapshot | None,
        emit: Emit,
        should_stop: ShouldStop,
    ) -> None:
        # A fork has too few steps to pay for what XLA takes to compile each of its networks.
        self._experiment = replace(experiment, "training.jit_compile", False)
        self._data = data
        self._emit = emit
        self._should_stop = should_stop
        self._part: PartPixels = clean.sample(data.train, experiment.training.seed)
        self._built: dict[str, _Apparatus] = {}
        self._snapshot = snapshot
        self._statistics: PixelStatistics | None = (
            data.statistics(experiment) if snapshot is None else snapshot.statistics
        )
        self._before = nan
        self._epoch = 0 if snapshot is None else snapshot.progress.epoch
        self._steps_done = 0 if snapshot is None else snapshot.progress.step

    def run(self, forks: tuple[Fork, ...], seconds: float) -> Iterator[ForkResult]:
        """The results of the forks, as they end."""
        steps = self._steps(forks, seconds)
        for number, fork in enumerate(forks):
            self._emit(PhaseChanged(phase="diagnosing", done=number, total=len(forks)))
            self._emit(ProbeStarted(probe=fork.probe, title=fork.title, steps=steps))
            result = self._run(fork, steps)
            self._emit(ProbeEnded(probe=fork.probe, title=fork.title, result=result))
            yield result

    def _steps(self, forks: tuple[Fork, ...], seconds: float) -> int:
        """How many steps each fork can have, measured on the first one's network."""
        began = time.monotonic()
        experiment = self._changed(forks[0])
        apparatus = self._apparatus(experiment)
        apparatus.reset(forks[0].seed)
        self._before = apparatus.measure()
        batches = self._batches(experiment)
        apparatus.step(*next(batches))  # traces
        traced = time.monotonic()
        for _ in range(_TIMED_STEPS):
            self._pause()
            apparatus.step(*next(batches))
        one = (time.monotonic() - traced) / _TIMED_STEPS
        batches.close()
        measured = time.monotonic()
        apparatus.measure()
        measuring = time.monotonic() - measured
        kinds = {self._key(self._changed(fork)) for fork in forks}
        ready = (len(kinds) - 1) * (traced - began) + len(forks) * measuring
        left = seconds - (time.monotonic() - began) - ready
        steps = int(np.clip(left / len(forks) / one, FEWEST_STEPS, MOST_STEPS))
        text = f"A step takes {1000 * one:.0f} ms: {len(forks)} forks of {steps} steps each."
        self._emit(LogLine(level="info", text=text))
        return steps

    def _run(self, fork: Fork, steps: int) -> ForkResult:
        experiment = self._changed(fork)
        apparatus = self._apparatus(experiment)
        apparatus.reset(fork.seed)
        schedule = experiment.training.optimizer.learning_rate.resolved(steps)
        apparatus.table.load(rates(schedule, 0, steps), self._steps_done)
        told = time.monotonic()
        losses, accuracies = np.full(steps, nan), np.full(steps, nan)
        failed, news = None, 0
        batches = self._batches(experiment)
        try:
            for number in range(steps):
                self._pause()
                losses[number], accuracies[number], _ = apparatus.step(*next(batches))
                if not isfinite(losses[number]):
                    failed = f"The loss is no number any more since step {number + 1}."
                    break
                if time.monotonic() - told >= _TOLD_EVERY or number + 1 == steps:
                    told = time.monotonic()
                    self._emit(
                        ProbeProgress(
                            probe=fork.probe,
                            step=number + 1,
                            steps=steps,
                            loss=float(losses[news : number + 1].mean()),
                            accuracy=float(accuracies[news : number + 1].mean()),
                        )
                    )
                    news = number + 1
        finally:
            batches.close()
        # Single batches are too few images to tell anything by.
        few = max(1, steps // 4)
        return ForkResult(
            probe=fork.probe,
            title=fork.title,
            changes=fork.changes,
            steps=steps,
            seed=fork.seed,
            accuracy_before=float(np.nanmean(accuracies[: min(5, steps)])),
            accuracy_after=float(accuracies[-few:].mean()),
            clean_before=self._before,
            clean_after=nan if failed else apparatus.measure(),
            loss_after=float(losses[-few:].mean()),
            samples=len(self._part),
            failed=failed,
        )

    def _changed(self, fork: Fork) -> Experiment:
        return replace(apply(self._experiment, fork.changes), "training.seed", fork.seed)

    def _key(self, experiment: Experiment) -> str:
        """What a compiled step depends on: equal keys may share it."""
        optimizer = experiment.training.optimizer.model_dump_json(exclude={"learning_rate"})
        # Mixed images need targets of another form.
        mixes = SampleMaker(experiment).mixes
        return f"{experiment.model.model_dump_json()} {optimizer} {mixes}"

    def _apparatus(self, experiment: Experiment) -> _Apparatus:
        key = self._key(experiment)
        if key not in self._built:
            self._built[key] = self._make(experiment)
        return self._built[key]

    def _make(self, experiment: Experiment) -> _Apparatus:
        data, part = self._data, self._part
        seed(self._experiment.training.seed)
        table = RateTable(np.zeros(1))
        network = build(experiment, table, self._statistics)
        step = TrainingStep(network, experiment, data.classes, class_weights(experiment, data))
        if self._snapshot is None:
            self._snapshot = Snapshot.of(network, self._statistics)
        snapshot = self._snapshot
        judge = clean.CleanEvaluator(network, experiment, data.classes, len(part))

        def reset(value: int) -> None:
            restore(network, snapshot)
            reseed(network, value)

        return _Apparatus(table, step, lambda: judge.measure(part).scores.accuracy, reset)

    def _batches(self, experiment: Experiment) -> Generator[Batch, None, None]:
        """Training batches without end, from the epoch of the snapshot on."""
        batches = training_batches(experiment, self._data.train)
        epoch = self._epoch
        try:
            while True:
                yield from batches.epoch(epoch)
                epoch += 1
        finally:
            batches.close()

    def _pause(self) -> None:
        if self._should_stop():
            raise Stopped
