"""What the statistics of the layers cost a run: prints a ratio of step times as JSON.

Two loops over the same cached images, networks and first weights take turns of some seconds: one
samples as every run does, the other never. Each turn tells the seconds of training for one step,
samples included; a ratio is that of the two turns of a round, so that a busy machine slows both
alike. `counted` is the same from the samples' own seconds, which noise hardly touches: what
compiling the first look took is part of it, what the steps themselves may lose is not.
Run: `python -m tests.benchmarks.sampling [--networks small32 ...] [--rounds N] [--seconds S]`.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnstudio.runs.events import BatchEnded, Event, LayerStatistics
from tests.benchmarks.stepping import NETWORKS, draw_images, experiment

TARGET = 1.03
WARM_STEPS = 10


class Contestant:
    """One loop that trains without end, a turn at a time."""

    def __init__(self, home: Path, network: str, samples: bool) -> None:
        from cnnstudio.training.build import build, seed
        from cnnstudio.training.dataset import prepare
        from cnnstudio.training.loop import Loop
        from cnnstudio.training.progress import Progress
        from cnnstudio.training.schedule import RateTable, rates
        from cnnstudio.training.statistics import Allowance

        wanted = experiment(home / "images", network)
        data = prepare(wanted, lambda done, total: None, lambda: False)
        seed(0)
        table = RateTable(rates(wanted.training.optimizer.learning_rate, 0, 1))
        self._loop = Loop(build(wanted, table), table, wanted, data, Progress())
        if not samples:
            self._loop.sampler.updates = Allowance(0.0)
        self._events: Iterator[Event | None] = self._loop.events()
        self.samples = 0
        self.took: list[float] = []
        self.trained = 0.0
        """Seconds of all steps so far, without what follows them."""
        for _ in range(WARM_STEPS):
            self._step()

    def turn(self, seconds: float) -> float:
        """Seconds a step, over a turn of so many."""
        began, steps, spent = time.perf_counter(), 0, 0.0
        while time.perf_counter() - began < seconds:
            spent += self._step()
            steps += 1
        return spent / steps

    def close(self) -> None:
        """Ends its threads."""
        self._events.close()  # type: ignore[attr-defined]  # it is a generator

    def _step(self) -> float:
        """Trains one step with all that follows it, but not what stands between two epochs."""
        while True:
            began = time.perf_counter()
            event = next(self._events)
            took = time.perf_counter() - began
            if isinstance(event, LayerStatistics):
                # Asked for by the step before: it belongs to its time.
                self.samples += 1
                self.took.append(took)
                return took + self._step()
            if isinstance(event, BatchEnded):
                self.trained += took
                return took


def measured(home: Path, network: str, rounds: int, seconds: float) -> dict[str, Any]:
    """Both loops in turns."""
    plain, sampling = Contestant(home, network, False), Contestant(home, network, True)
    times: dict[str, list[float]] = {"plain": [], "sampling": []}
    load = os.getloadavg()[0]
    for number in range(rounds):
        pair = (("plain", plain), ("sampling", sampling))
        for name, one in pair if number % 2 else reversed(pair):
            times[name].append(one.turn(seconds))
    plain.close()
    sampling.close()
    ratios = [b / a for a, b in zip(times["plain"], times["sampling"], strict=True)]
    return {
        "ratio": round(statistics.median(ratios), 4),
        "counted": round(1 + sum(sampling.took) / sampling.trained, 4),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "step_ms": {name: round(1000 * statistics.median(t), 2) for name, t in times.items()},
        "samples": sampling.samples,
        "first_samples_ms": [round(1000 * took, 1) for took in sampling.took[:3]],
        "sample_ms": round(1000 * statistics.median(sampling.took), 2) if sampling.took else None,
        "rounds": rounds,
        "load": (round(load, 1), round(os.getloadavg()[0], 1)),
    }


def main() -> None:
    """Measure, print JSON."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description="What sampling the layers costs.")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=["small32", "default64"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="sampling-") as made:
        home = Path(made)
        os.environ["CNNSTUDIO_CACHE"] = str(home / "cache")
        draw_images(home / "images")
        for network in given.networks:
            results[network] = measured(home, network, given.rounds, given.seconds)
    print(json.dumps({**results, "cores": os.cpu_count(), "target": TARGET}, indent=1))


if __name__ == "__main__":
    main()
