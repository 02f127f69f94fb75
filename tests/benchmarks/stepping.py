"""Steps in a second of the program's trainer, beside `model.fit(verbose=0)`; prints ratios as JSON.

The same network, first weights, batch size and cached pixels for all: the window without a screen
with its curves live and its own worker, `cnnstudio train` in a terminal, and two processes of
`fit` without callbacks and validation, one fed with arrays, one with `tf.data`. Each has its turn
of some seconds in every round while the others are held (SIGSTOP), so that a busy machine slows
them alike; all at the niceness of a worker. Ratios are to the faster `fit`: medians of the rounds'
ratios, by the clock and by the time of processors (that of the window is counted with its
worker's). `steps` leaves out what stands between two epochs and the writing of checkpoints,
`whole` does not. Linux only.
Run: `python -m tests.benchmarks.stepping [--networks small64 ...] [--rounds N] [--seconds S]`.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnnstudio.runs.events import BatchEnded, CheckpointSaved, Event
from cnnstudio.runs.log import read
from cnnstudio.spec import files
from cnnstudio.spec.defaults import network_for
from cnnstudio.spec.experiment import Dataset, Experiment, Network, Split, Training
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D, MaxPooling2D
from cnnstudio.spec.optimizers import Adam
from cnnstudio.spec.schedules import Constant
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.worker.child import NICENESS

NETWORKS = {"small32": (32, 16), "default64": (64, 32), "default96": (96, 32)}
"""Side of the images in pixels, and the batch size."""
IMAGES = 4800
CLASSES = 4
TARGET = 0.97
FEEDS = ("arrays", "dataset")
WARM_STEPS = 5
TICKS = os.sysconf("SC_CLK_TCK")


def experiment(images: Path, network: str) -> Experiment:
    """The experiment that all of them train: all images, nothing varied, no end in sight."""
    side, batch_size = NETWORKS[network]
    small = Network(
        layers=(
            Conv2D(filters=8, activation="relu"),
            MaxPooling2D(),
            Conv2D(filters=8, activation="relu"),
            GlobalAveragePooling2D(),
            Dense(units=CLASSES, activation="softmax"),
        )
    )
    return Experiment(
        name=network,
        dataset=Dataset(
            source=ClassFolders(path=str(images)),
            image_size=(side, side),
            split=Split(validation=0, test=0),
            batch_size=batch_size,
        ),
        model=small if network.startswith("small") else network_for(CLASSES, side),
        training=Training(
            epochs=100_000,
            optimizer=Adam(learning_rate=Constant(learning_rate=0.001), global_clipnorm=1.0),
        ),
    )


def draw_images(folder: Path) -> None:
    """Four classes of noise."""
    dice = np.random.default_rng(0)
    for number in range(IMAGES):
        home = folder / f"class {number % CLASSES}"
        home.mkdir(parents=True, exist_ok=True)
        pixels = dice.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(home / f"{number}.png")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one contestant did in one turn: steps in a second, and seconds of processors a step."""

    steps: float
    whole: float
    processors: float


class Contestant:
    """A process that trains without end, held unless it has its turn."""

    def __init__(self, pid: int, beside: int = 0) -> None:
        self._pids = [pid, beside] if beside else [pid]
        self.pid = pid

    def go(self) -> None:
        """Lets it train."""
        os.kill(self.pid, signal.SIGCONT)

    def hold(self) -> None:
        """Holds it."""
        os.kill(self.pid, signal.SIGSTOP)

    def processors(self) -> float:
        """Seconds of processors that it, and the window it belongs to, have used."""
        ticks = 0
        for pid in self._pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS


class Run(Contestant):
    """A run of the program; what it did is read in its file of events."""

    def __init__(self, pid: int, events: Path, beside: int = 0) -> None:
        super().__init__(pid, beside)
        self._events = events

    def trains(self) -> bool:
        """Whether it is past its first steps."""
        with contextlib.suppress(FileNotFoundError):
            return self._events.read_bytes().count(b'"batch_ended"') > WARM_STEPS
        return False

    def turns(self, spans: list[tuple[float, float, float]]) -> list[Turn]:
        """What it did between the beginnings and ends of its turns; call it at the end."""
        events = list(read(self._events))
        return [_turn(events, *span) for span in spans]


def _turn(events: list[Event], began: float, ended: float, processors: float) -> Turn:
    count, clean, inside = 0, 0.0, 0
    known = [e for e in events if began <= e.time <= ended]
    steps = [e for e in known if isinstance(e, BatchEnded)]
    saved = {e.step for e in known if isinstance(e, CheckpointSaved)}
    for before, after in pairwise(steps):
        inside += 1
        if before.epoch == after.epoch and before.step not in saved:
            count += 1
            clean += after.time - before.time
    return Turn(
        steps=count / clean,
        whole=inside / (steps[-1].time - steps[0].time),
        processors=processors / len(steps),
    )


class Fit(Contestant):
    """A process of `fit`, which says when it ended a step."""

    def __init__(self, file: Path, feed: str, environment: dict[str, str]) -> None:
        words = [sys.executable, "-m", "tests.benchmarks.stepping", "--fit", feed, str(file)]
        self._process = subprocess.Popen(
            ["nice", "-n", str(NICENESS), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        super().__init__(self._process.pid)

    def mark(self) -> tuple[int, float]:
        """The next step that ends, and when it does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("mark\n")
        self._process.stdin.flush()
        steps, moment = self._process.stdout.readline().split()
        return int(steps), float(moment)

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


def fit(feed: str, file: Path) -> None:
    """Trains for ever; tells the number and the time of the next step for each line it reads."""
    from cnnstudio.training.build import build, seed
    from cnnstudio.training.dataset import prepare
    from cnnstudio.training.engine import tf
    from cnnstudio.training.schedule import RateTable

    wanted = files.load(file)
    part = prepare(wanted, lambda done, total: None, lambda: False).train
    seed(0)
    network = build(wanted, RateTable(np.full(1, 0.001)))
    network.optimizer.build(network.trainable_variables)
    images, labels, size = part.pixels[part.rows], part.labels, wanted.dataset.batch_size

    def answer() -> None:
        for _ in sys.stdin:
            before = int(network.optimizer.iterations.numpy())
            while (now := int(network.optimizer.iterations.numpy())) == before:
                time.sleep(0.0002)
            print(now, time.time(), flush=True)

    threading.Thread(target=answer, daemon=True).start()
    if feed == "arrays":
        network.fit(images, labels, batch_size=size, epochs=10**6, verbose=0)
    fed = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images)).batch(size)
    network.fit(fed.prefetch(tf.data.AUTOTUNE), epochs=10**6, shuffle=False, verbose=0)


def measured(home: Path, network: str, rounds: int, seconds: float) -> dict[str, Any]:
    """All contestants of one network, in turns."""
    from tests.tour.driver import Driver

    file = home / network / "experiment.yaml"
    file.parent.mkdir()
    files.save(experiment(home / "images", network), file)
    driver = Driver(home, home, (1440, 900))
    environment = dict(os.environ)
    fits = {f"fit, {feed}": Fit(file, feed, environment) for feed in FEEDS}
    words = [sys.executable, "-m", "cnnstudio", "train", str(file)]
    terminal = subprocess.Popen(
        ["nice", "-n", str(NICENESS), *words, "--run", str(home / network / "terminal")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        alone = Run(terminal.pid, home / network / "terminal" / "events.jsonl")
        window = _in_window(driver, file)
        everyone: dict[str, Contestant] = {"window": window, "terminal": alone, **fits}
        driver.until("the terminal trains", lambda: alone.trains() or terminal.poll() is not None)
        if not alone.trains():
            raise RuntimeError("The terminal's run has ended.")
        for script in fits.values():
            script.mark()
        for contestant in everyone.values():
            contestant.hold()
        spans: dict[str, list[tuple[float, float, float]]] = {name: [] for name in everyone}
        told: dict[str, list[Turn]] = {name: [] for name in everyone}
        load = os.getloadavg()[0]
        for number in range(rounds):
            order = list(everyone.items())
            for name, one in order if number % 2 else reversed(order):
                if isinstance(one, Fit):
                    told[name].append(_fitted(one, lambda: driver.settle(round(1000 * seconds))))
                    continue
                used = one.processors()
                one.go()
                began = time.time()
                driver.settle(round(1000 * seconds))
                one.hold()
                spans[name].append((began, time.time(), one.processors() - used))
        loads = (round(load, 1), round(os.getloadavg()[0], 1))
        for contestant in everyone.values():
            contestant.go()
        driver.settle(1000)
        told["window"], told["terminal"] = (
            run.turns(spans[name]) for name, run in (("window", window), ("terminal", alone))
        )
    finally:
        for script in fits.values():
            script.close()
        terminal.kill()
        terminal.wait()
        if driver.studio.controller.activity.job:
            # A window that is closed in mid-run asks what shall become of it.
            os.kill(driver.studio.controller.pid, signal.SIGCONT)
            driver.studio.controller.stop()
            driver.until("the run has ended", lambda: not driver.studio.controller.activity.job)
        driver.close()
    return {**compared(told), "rounds": rounds, "load": loads}


def _fitted(one: Fit, wait: Callable[[], None]) -> Turn:
    one.go()
    used = one.processors()
    first, began = one.mark()
    wait()
    last, ended = one.mark()
    used = one.processors() - used
    one.hold()
    rate = (last - first) / (ended - began)
    return Turn(steps=rate, whole=rate, processors=used / (last - first + 1))


def _in_window(driver: Any, file: Path) -> Run:
    """Starts the run as a person does and stays where its curves are."""
    studio = driver.studio
    studio.files.open_path(file)
    driver.until("the images are read", lambda: studio.document.facts is not None)
    driver.do("stage.train")
    driver.settle(1000)
    driver.do("run.start")
    driver.until("it trains", lambda: len(studio.store.history.steps) > WARM_STEPS)
    folder = studio.controller.activity.folder
    return Run(studio.controller.pid, folder.events_file, os.getpid())


def compared(told: dict[str, list[Turn]]) -> dict[str, Any]:
    """Medians, and the medians of the ratios to the faster `fit` of each round."""
    script = [name for name in told if name.startswith("fit")]
    rates = {name: [turn.steps for turn in turns] for name, turns in told.items()}
    faster = max(script, key=lambda name: statistics.median(rates[name]))
    ratios: dict[str, dict[str, float]] = {}
    for name in ("window", "terminal"):
        pairs = list(zip(told[name], told[faster], strict=True))
        ratios[name] = {
            "steps": round(statistics.median(a.steps / b.steps for a, b in pairs), 3),
            "whole": round(statistics.median(a.whole / b.whole for a, b in pairs), 3),
            "processors": round(
                statistics.median(b.processors / a.processors for a, b in pairs), 3
            ),
        }
    return {
        "steps_per_second": {name: round(statistics.median(r), 2) for name, r in rates.items()},
        "processor_ms_per_step": {
            name: round(1000 * statistics.median(turn.processors for turn in turns), 2)
            for name, turns in told.items()
        },
        "ratios": ratios,
        "to": faster,
    }


def main() -> None:
    """Measure, print JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description="Steps in a second, beside model.fit.")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--fit", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fit:
        fit(given.fit[0], Path(given.fit[1]))
        return
    results: dict[str, Any] = {}
    for network in given.networks:
        with tempfile.TemporaryDirectory(prefix="stepping-") as made:
            home = Path(made)
            draw_images(home / "images")
            results[network] = measured(home, network, given.rounds, given.seconds)
    print(json.dumps({**results, "cores": os.cpu_count(), "target": TARGET}, indent=1))


if __name__ == "__main__":
    main()
