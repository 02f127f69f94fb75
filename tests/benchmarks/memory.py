"""Whether the window's memory stays flat over twenty runs, one after the other; prints JSON.

Each run trains a small network on drawn images in the real window without a screen, with its
curves in sight, and is then left for the next one. After each: resident megabytes of the window,
its threads, and its child processes (a warm engine waits for the next run). The first runs fill
caches; `growth_mb_per_run` is the slope of a line through the later half.
Run: `python -m tests.benchmarks.memory [--runs N] [--epochs N]`. Linux only.
"""

import argparse
import gc
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from tests.benchmarks.gaps import photos
from tests.tour.driver import Driver

IMAGES = 300
TARGETS = {"growth_mb_per_run": 1.0}


def resident() -> float:
    """Megabytes of this process that lie in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def children() -> int:
    """Processes that this one has started and that are still there."""
    tasks = Path("/proc/self/task").iterdir()
    return sum(len((task / "children").read_text().split()) for task in tasks)


def measured(driver: Driver, root: Path, runs: int, epochs: int) -> list[dict[str, float]]:
    """What each run leaves behind."""
    studio = driver.studio
    studio.open(root)
    driver.until("the question is asked", driver.window.question.isVisible)
    driver.click("answer.photos")
    driver.until("the images are read", lambda: studio.document.facts is not None)
    studio.document.edit("dataset.image_size", (32, 32))
    studio.document.edit("training.epochs", epochs)
    driver.do("stage.train")
    told = []
    for number in range(runs):
        studio.document.edit("training.seed", number + 1)
        driver.do("run.start")
        driver.until("it has ended", lambda: not studio.controller.activity.job)
        assert studio.store.history.state == "completed", studio.store.history.finished
        driver.settle(2500)  # the next engine is warm
        gc.collect()
        told.append(
            {
                "resident_mb": round(resident(), 1),
                "threads": len(list(Path("/proc/self/task").iterdir())),
                "children": children(),
            }
        )
    return told


def main() -> None:
    """Measure, print JSON."""
    parser = argparse.ArgumentParser(description="Memory of the window over many runs.")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        photos(home / "images", IMAGES)
        driver = Driver(home, home, (1440, 900))
        try:
            told = measured(driver, home / "images", chosen.runs, chosen.epochs)
        finally:
            driver.close()
    later = [one["resident_mb"] for one in told[len(told) // 2 :]]
    slope = float(np.polyfit(np.arange(len(later)), later, 1)[0])
    print(
        json.dumps(
            {
                "resident_mb": [one["resident_mb"] for one in told],
                "threads": [one["threads"] for one in told],
                "children": [one["children"] for one in told],
                "growth_mb_per_run": round(slope, 2),
                "children_at_the_end": children(),
                "targets": TARGETS,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
