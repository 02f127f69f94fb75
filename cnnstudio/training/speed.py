"""The training step timed under other settings, on images made up for it; no run is touched."""

import statistics
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cnnstudio.augment.batches import Batch
from cnnstudio.data.cache import PartPixels
from cnnstudio.data.stopping import Stopped
from cnnstudio.runs.events import Event, PhaseChanged, SpeedMeasured
from cnnstudio.runs.speed import SpeedVariant, sentence
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.patch import apply
from cnnstudio.spec.shapes import walk
from cnnstudio.training.build import PixelStatistics, seed
from cnnstudio.training.dataset import training_batches
from cnnstudio.training.distribution import build_on, choose
from cnnstudio.training.engine import devices, tf
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.schedule import RateTable, rates

PREPARING, MEASURING = 25.0, 12.0
"""Seconds after which no further variant is prepared, and that all rounds together may take."""

_TURN = 0.3  # seconds of one variant in one round
_FEWEST_ROUNDS, _MOST_ROUNDS = 3, 9
_MOST_STEPS = 50  # in one turn
_OUT_OF_THE_RACE = 1.6  # times as long for a step as set: no round will make up for that
_BATCHES = 4  # different ones, which come again and again
_MOST_BYTES = 2**28
_BRAIN_FLOATS = {"avx512_bf16", "amx_bf16"}
_HOPELESS = 8.0  # times as long for a convolution: no step needs to be tried

Emit = Callable[[Event], None]


def measure(
    experiment: Experiment,
    emit: Emit,
    should_stop: Callable[[], bool],
    preparing: float = PREPARING,
    measuring: float = MEASURING,
) -> SpeedMeasured:
    """Times warm training steps of the experiment's network as set, and under other settings.

    Precision, XLA, and the devices where there are several. The images are made up, of the right
    size and augmented as the experiment says: how long a step takes does not depend on what they
    show. All take turns, so that a machine that is busy for a while slows them alike. A step that
    is slower by far is timed a few times only. Emits what it finds and returns it.

    Raises:
        Stopped: `should_stop`, asked between steps and before each variant, returned true.
    """
    with _batches(experiment) as batches:
        bench = _Bench(experiment, batches, emit, should_stop)
        bench.prepare(preparing)
        bench.compare(measuring)
        measured = bench.result()
    emit(measured)
    return measured


@dataclass(slots=True)
class _Contender:
    """A variant that is ready: its compiled step, and seconds of a step in each of its turns."""

    variant: SpeedVariant
    step: TrainingStep
    warm: float
    turns: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What a step takes."""
        return statistics.median(self.turns) if self.turns else self.warm


class _Bench:
    def __init__(
        self,
        experiment: Experiment,
        batches: Iterator[Batch],
        emit: Emit,
        should_stop: Callable[[], bool],
    ) -> None:
        self._experiment = experiment
        self._batches = batches
        self._emit = emit
        self._should_stop = should_stop
        self._ready: list[_Contender] = []
        self._tried: list[SpeedVariant] = []
        self._waited = self._worked = 0.0

    def prepare(self, seconds: float) -> None:
        """Builds and traces the variants, the likeliest first, until so many seconds are gone."""
        ends = time.monotonic() + seconds
        as_set = SpeedVariant.of(self._experiment.training)
        plain = [as_set.model_copy(update={"precision": name}) for name in _precisions(as_set)]
        total = len(plain) + 2
        for variant in plain:
            self._prepare(variant, ends, total)
        if not self._ready:
            return
        # With XLA, or without it, only what may win: it takes the longest to compile.
        fastest = min(self._ready, key=lambda one: one.seconds).variant
        for variant in dict.fromkeys((as_set, fastest)):
            other = variant.model_copy(update={"jit_compile": not as_set.jit_compile})
            self._prepare(other, ends, total)
        if len(devices()) > 1:
            shared = "one" if as_set.devices == "all" else "all"
            self._prepare(as_set.model_copy(update={"devices": shared}), ends, total + 1)

    def _prepare(self, variant: SpeedVariant, ends: float, total: int) -> None:
        self._pause()
        done = len(self._tried)
        # In this phase a stop need not wait for native code.
        self._emit(PhaseChanged(phase="tracing", done=min(done, total), total=total))
        failed = ""
        if done and time.monotonic() > ends:
            failed = "There was no time left to prepare it."
        else:
            try:
                failed = _slow(variant.precision) or self._make(variant)
            except (MemoryError, tf.errors.ResourceExhaustedError):
                failed = "There is not enough memory for it."
            except tf.errors.OpError as error:
                failed = f"TensorFlow cannot do it here: {type(error).__name__}."
        self._tried.append(variant.model_copy(update={"failed": failed}))
        self._emit(PhaseChanged(phase="measuring", done=0, total=0))

    def _make(self, variant: SpeedVariant) -> str:
        """Adds a contender; returns why there is none, or nothing."""
        experiment = apply(self._experiment, variant.changes)
        chosen = choose(experiment)
        if chosen.reason and variant.devices != self._experiment.training.devices:
            return chosen.reason
        seed(experiment.training.seed)
        schedule = experiment.training.optimizer.learning_rate.resolved(1000)
        channels = experiment.input_shape[-1]
        statistics = PixelStatistics((127.0,) * channels, (64.0,) * channels)
        network = build_on(chosen, experiment, RateTable(rates(schedule, 0, 1000)), statistics)
        classes = _classes(experiment)
        weighted = experiment.training.class_weights != "none"
        step = TrainingStep(network, experiment, classes, np.ones(classes) if weighted else None)
        step(*next(self._batches))
        if step.note:
            return step.note
        contender = _Contender(variant, step, 0.0)
        contender.warm = self._turn(contender, 2)
        self._ready.append(contender)
        return ""

    def compare(self, seconds: float) -> None:
        """Lets those that may win take turns."""
        if not self._ready:
            return
        race = [c for c in self._ready if c.warm < _OUT_OF_THE_RACE * self._ready[0].warm]
        steps = [int(np.clip(_TURN / one.warm, 1, _MOST_STEPS)) for one in race]
        round_takes = sum(n * one.warm for n, one in zip(steps, race, strict=True))
        rounds = int(np.clip(seconds / round_takes, _FEWEST_ROUNDS, _MOST_ROUNDS))
        self._waited = self._worked = 0.0
        for number in range(rounds):
            self._emit(PhaseChanged(phase="measuring", done=number, total=rounds))
            for one, turn in zip(race, steps, strict=True):
                one.turns.append(self._turn(one, turn))

    def _turn(self, one: _Contender, steps: int) -> float:
        """Seconds of a step, the wait for its images included, over so many steps."""
        waited = 0.0
        began = time.perf_counter()
        for _ in range(steps):
            self._pause()
            asked = time.perf_counter()
            batch = next(self._batches)
            waited += time.perf_counter() - asked
            one.step(*batch)
        took = time.perf_counter() - began
        if self._ready and one is self._ready[0]:
            self._waited += waited
            self._worked += took
        return took / steps

    def result(self) -> SpeedMeasured:
        """All that were tried, in that order: as it is set comes first."""
        size = self._experiment.dataset.batch_size
        found = {one.variant: one for one in self._ready}
        as_set = found.get(self._tried[0])
        variants = []
        for tried in self._tried:
            one = found.get(tried)
            if one is None:
                variants.append(tried)
                continue
            figures = {
                "images_per_second": size / one.seconds,
                "ratio": as_set.seconds / one.seconds if as_set is not None else 0.0,
                # Beside the turns of the same rounds: what slowed all alike is no noise.
                "noise": _noise(
                    [a / b for a, b in zip(self._ready[0].turns, one.turns, strict=False)]
                ),
            }
            variants.append(tried.model_copy(update=figures))
        waiting = self._waited / self._worked if self._worked else 0.0
        return SpeedMeasured(
            variants=tuple(variants),
            batch_size=size,
            device=choose(self._experiment).device.name,
            waiting=waiting,
            sentence=sentence(variants, waiting),
        )

    def _pause(self) -> None:
        if self._should_stop():
            raise Stopped


def _noise(ratios: list[float]) -> float:
    """Half of what lies between the quartiles, as a share of the median."""
    if len(ratios) < 2:
        return 0.0
    low, middle, high = np.percentile(ratios, (25, 50, 75))
    return float((high - low) / 2 / middle)


def _precisions(as_set: SpeedVariant) -> list[str]:
    """The precisions worth a try, that of the settings first."""
    brain = ["mixed_bfloat16"] if _computes_brain_floats() else []
    return list(dict.fromkeys((as_set.precision, "float32", *brain, "mixed_float16")))


def _slow(precision: str) -> str:
    """Why a step need not be tried in a precision, as a sentence; else empty.

    On a processor TensorFlow computes the gradient of a convolution in halves number by number:
    a step would take minutes, and nothing could stop it.
    """
    if precision == "float32":
        return ""
    name = precision.removeprefix("mixed_")
    times = _convolution(name) / _convolution("float32")
    if times < _HOPELESS:
        return ""
    return f"A convolution in {name} takes {times:.0f} times as long here as one in float32."


def _convolution(name: str) -> float:
    """Seconds of a small convolution and its gradient in numbers of this kind, the best of four."""
    images = tf.cast(tf.random.stateless_uniform((4, 16, 16, 16), (0, 0)), name)
    kernel = tf.cast(tf.random.stateless_uniform((3, 3, 16, 16), (0, 1)), name)
    best = float("inf")
    for _ in range(4):
        began = time.perf_counter()
        with tf.GradientTape() as tape:
            tape.watch((images, kernel))
            outputs = tf.nn.conv2d(images, kernel, 1, "SAME")
        for gradient in tape.gradient(outputs, (images, kernel)):
            gradient.numpy()
        best = min(best, time.perf_counter() - began)
    return best


def _computes_brain_floats() -> bool:
    """Whether bfloat16 is more than a longer way to float32 on what trains here."""
    cards = tf.config.list_physical_devices("GPU")
    if cards:
        details = tf.config.experimental.get_device_details(cards[0])
        return bool(details.get("compute_capability", (0, 0)) >= (8, 0))
    try:
        return not _BRAIN_FLOATS.isdisjoint(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return False


def _classes(experiment: Experiment) -> int:
    """As many classes as the network tells apart."""
    if experiment.training.loss.target == "binary":
        return 2
    shape = walk(experiment).layers[-1].output_shape
    return max(2, shape[-1] if shape else 2)


@contextmanager
def _batches(experiment: Experiment) -> Iterator[Iterator[Batch]]:
    """Whole batches of made-up images without end, augmented like the experiment's own."""
    size, shape = experiment.dataset.batch_size, experiment.input_shape
    images = size * max(1, min(_BATCHES, _MOST_BYTES // (size * int(np.prod(shape)))))
    dice = np.random.default_rng(0)
    pixels = dice.integers(0, 256, (images, *shape), np.uint8)
    labels = np.arange(images, dtype=np.int64) % _classes(experiment)
    keys = tuple(f"{number}.png" for number in range(images))
    source = training_batches(experiment, PartPixels(pixels, np.arange(images), keys, labels))

    def endless() -> Generator[Batch, None, None]:
        epoch = 0
        while True:
            yield from source.epoch(epoch)
            epoch += 1

    made = endless()
    try:
        yield made
    finally:
        made.close()
        source.close()
