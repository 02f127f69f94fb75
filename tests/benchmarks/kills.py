"""Kills training at random moments and sees what is left of it; prints JSON.

Each kill is a SIGKILL of the worker, of the program that follows it, or of both, at a moment drawn
over the whole of a run: import, reading, tracing, and any step up to the end. After each the run
folder must be readable, and its run ended in an honest state that says whether it can go on. It
then goes on, and may be killed again; the run that reaches its end must have the weights, to the
bit, of one that nobody touched. `kills` counts them by who was hit, `states` by what was found,
`phases` by where it hit; `failures` are sentences, empty when all is well. Linux only.
Run: `python -m tests.benchmarks.kills [--kills N] [--seed S] [--json FILE]`.
"""

import argparse
import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.runs.catalog import list_runs, summary
from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import BatchEnded, LogLine, PhaseChanged, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import Follower
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation
from cnnstudio.spec.optimizers import Adam
from cnnstudio.spec.schedules import CosineDecay
from cnnstudio.spec.sources import ClassFolders

ROOT = Path(__file__).parents[2]
WHO = ("worker", "program", "both")
EPOCHS = 60
MOST_IN_A_ROW = 4
"""Kills of one run before it is let through to its end."""
EARLY, STARTING = 0.1, 0.25
"""The shares of kills that fall into the import, and then before the first step."""
LATE = 0.03
"""Seconds after the drawn step, at most: within a step, a measurement or the writing of a file."""
PATIENCE = 120.0
"""Seconds after which a process that should be gone by itself is a failure."""

PROGRAM = """
import sys
from pathlib import Path
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request
run, resume = Path(sys.argv[1]), sys.argv[2] == "resume"
engine = Engine()
engine.start()
print("started", engine.pid, flush=True)
engine.wait_ready(120)
print("ready", flush=True)
for events in follow(engine, Request("train", run, run / "events.jsonl", resume=resume)):
    last = events[-1]
print("ended", last.reason, last.sentence, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of the import, seconds from there to the first step, and the steps of a run."""

    importing: float
    starting: float
    steps: int


Weights = dict[str, NDArray[Any]]


@dataclass(slots=True)
class Report:
    """What came of all kills."""

    kills: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    equal: int = 0
    failures: list[str] = field(default_factory=list)


def experiment(images: Path, epochs: int = EPOCHS) -> Experiment:
    """A network of all that has a state: averages, dropout, moments, a rate that moves."""
    layers = (
        Conv2D(filters=4, kernel_size=3, activation="relu"),
        BatchNormalization(momentum=0.5),
        Dropout(rate=0.2),
        GlobalAveragePooling2D(),
        Dense(units=2, activation="softmax"),
    )
    rate = CosineDecay(initial_learning_rate=0.01)
    return Experiment(
        name="killed",
        dataset=Dataset(
            source=ClassFolders(path=str(images)),
            image_size=(16, 16),
            split=Split(validation=0.25, test=0.0),
            batch_size=4,
        ),
        augmentation=Augmentation(operations=(RandomFlip(), RandomRotation())),
        model=Network(layers=layers),
        training=Training(epochs=epochs, optimizer=Adam(learning_rate=rate)),
    )


def pictures(folder: Path) -> None:
    """Light and dark squares, sixteen of each."""
    rng = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 190)):
        (folder / name).mkdir(parents=True)
        for number in range(16):
            pixels = rng.normal(level, 20, (16, 16, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")


class Program:
    """A program that trains in a worker and follows it, as the window does."""

    def __init__(self, run: Path, resume: bool, cache: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(run), "resume" if resume else "anew"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "CNNSTUDIO_CACHE": str(cache)},
        )
        self._worker = int(self.said().split()[1])
        self._gone = os.pidfd_open(self._worker)

    def said(self) -> str:
        """The next line."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def kill(self, who: str) -> None:
        """Kills the worker, the program or both; returns when neither is left."""
        if who != "program":
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                signal.pidfd_send_signal(self._gone, signal.SIGKILL)
        if who != "worker":
            self._process.kill()
        self.close()

    def close(self) -> None:
        """Waits until both are gone; raises `TimeoutError`."""
        try:
            if not select.select([self._gone], [], [], PATIENCE)[0]:
                raise TimeoutError("the worker went on for ever")
            self._process.communicate(timeout=PATIENCE)
        finally:
            os.close(self._gone)


def whole(folder: RunFolder, cache: Path, resume: bool) -> tuple[str, Pace]:
    """Trains to the end: the last word, and how long it took to come to its first step."""
    began = time.time()
    program = Program(folder.path, resume, cache)
    program.said()
    ready = time.time()
    words = program.said().strip()
    program.close()
    batches = [event for event in folder.events() if isinstance(event, BatchEnded)]
    first = next((event.time for event in batches if event.time > ready), ready)
    return words, Pace(ready - began, first - ready, len(batches))


def _wait_for_step(follower: Follower, share: float, steps: int) -> None:
    """Returns when a run has trained this share of the steps that are left, or has ended."""
    target: int | None = None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for event in follower.new():
            if isinstance(event, BatchEnded):
                if target is None:
                    target = event.step + int(share * (steps - event.step))
                if event.step >= target:
                    return
            if isinstance(event, RunFinished):
                return
        time.sleep(0.001)
    raise TimeoutError("no step for a long time")


def weights(folder: RunFolder) -> Weights:
    """The arrays of the newest checkpoint, without its story."""
    newest = max(folder.checkpoints.glob("step-*.npz"))
    with np.load(newest) as file:
        return {key: file[key] for key in file.files if key != "state.json"}


def look(folder: RunFolder) -> list[str]:
    """What is wrong with the folder of a killed run."""
    wrong: list[str] = []
    run = summary(folder.path)
    if run not in list_runs(folder.path.parent):
        wrong.append("it is not listed")
    if is_alive(folder.path):
        wrong.append("it is said to be at work")
    events = list(folder.events())
    if sum(isinstance(event, LogLine) and "cannot be read" in event.text for event in events) > 1:
        wrong.append("more than the line that was being written is torn")
    kept = list(folder.checkpoints.glob("*.npz"))
    for path in kept:
        try:
            with np.load(path) as file:
                assert all(file[key] is not None for key in file.files)
        except Exception as error:
            wrong.append(f"{path.name} is damaged: {error}")
    if run.state in ("lost", "canceled") and kept and not run.resumable:
        wrong.append(f"it has a checkpoint and cannot go on ({run.state})")
    if run.state not in ("new", "lost", "canceled", "completed"):
        wrong.append(f"it is {run.state}: {run.problem}")
    folder.experiment()
    return wrong


def phase(folder: RunFolder) -> str:
    """What the run was about when it was cut."""
    phases = [event.phase for event in folder.events() if isinstance(event, PhaseChanged)]
    return phases[-1] if phases else "before it began"


def trial(kills: int, seed: int, epochs: int = EPOCHS) -> Report:
    """Kills so often, in runs of up to `MOST_IN_A_ROW` kills; the same moments for one `seed`."""
    dice = random.Random(seed)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="kills-") as made:
        images, runs, cache = (Path(made) / name for name in ("images", "runs", "cache"))
        pictures(images)
        spec = experiment(images, epochs)
        untouched = RunFolder.create(runs, spec)
        words, pace = whole(untouched, cache, resume=False)
        assert words.startswith("ended completed"), words
        expected = weights(untouched)
        while sum(report.kills.values()) < kills:
            folder = RunFolder.create(runs, spec)
            report.runs += 1
            left = min(dice.randint(1, MOST_IN_A_ROW), kills - sum(report.kills.values()))
            for number in range(left):
                if not _kill(folder, cache, number > 0, pace, dice, report):
                    break
            if summary(folder.path).state != "completed":
                words, _ = whole(folder, cache, resume=True)
                if not words.startswith("ended completed"):
                    report.failures.append(f"{folder.name} does not go on: {words}")
                    continue
            found = weights(folder)
            same = found.keys() == expected.keys() and all(
                np.array_equal(found[key], expected[key]) for key in expected
            )
            report.equal += same
            if not same:
                report.failures.append(f"{folder.name} ends with other weights")
    return report


def _kill(
    folder: RunFolder,
    cache: Path,
    resume: bool,
    pace: Pace,
    dice: random.Random,
    report: Report,
) -> bool:
    """One kill, told in `report`; False when the run was quicker than the drawn moment."""
    who = WHO[sum(report.kills.values()) % len(WHO)]
    follower = Follower(folder.events_file)
    follower.skip()
    when, share, late = dice.random(), dice.random(), dice.uniform(0, LATE)
    program = Program(folder.path, resume, cache)
    if when < EARLY:
        time.sleep(share * pace.importing)
    else:
        program.said()
        if when < EARLY + STARTING:
            time.sleep(share * pace.starting)
        else:
            _wait_for_step(follower, share, pace.steps)
            time.sleep(late)
    program.kill(who)
    if summary(folder.path).state == "completed":
        return False
    report.kills[who] += 1
    report.phases[phase(folder)] += 1
    report.states[summary(folder.path).state] += 1
    report.failures += [f"{folder.name}, {who} killed: {wrong}" for wrong in look(folder)]
    return True


def main() -> None:
    """Prints what came of it; ends with 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    began = time.monotonic()
    report = trial(given.kills, given.seed)
    words = {
        "kills": dict(report.kills),
        "states": dict(report.states),
        "phases": dict(report.phases),
        "runs": report.runs,
        "equal_weights": report.equal,
        "failures": report.failures,
        "seconds": round(time.monotonic() - began, 1),
    }
    text = json.dumps(words, indent=2)
    print(text)
    if given.json:
        given.json.write_text(text + "\n", encoding="utf-8")
    sys.exit(bool(report.failures))


if __name__ == "__main__":
    main()
