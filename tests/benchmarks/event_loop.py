"""How long the window does not answer, from its first paint to the end of a run; prints JSON.

A timer of one millisecond runs in the real window without a screen; the time between two of its
ticks is a gap. A person's whole way is driven: the launch, a folder of photos, the question, every
stage, a run with its engine's start and tracing, edits while it trains, the doctor, the export.
p99 and the longest gap in milliseconds for all of it and for each part; with `--who`, where
in the program the loop was once a gap had reached 40 ms.
Run: `python -m tests.benchmarks.event_loop [--images N] [--epochs N] [--who]`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.benchmarks.gaps import CLASSES, Gaps, photos
from tests.tour.driver import Driver

TARGETS = {"p99_ms": 16.0, "max_ms": 50.0}


class Watched(Driver):
    """A driver whose window's gaps are counted from its first paint."""

    gaps: Gaps
    tell = False

    def settle(self, milliseconds: int = 400) -> None:
        """Let time pass; the first call is made before anything is painted."""
        if not hasattr(self, "gaps"):
            self.gaps = Gaps(self.tell)
            self.window.painted.connect(lambda: self.gaps.begin("launch"))
        super().settle(milliseconds)


def walked(driver: Watched, root: Path, epochs: int) -> None:
    """The whole way; each part of it is named in the gaps."""
    studio, gaps = driver.studio, driver.gaps
    prepared: list[bool] = []
    driver.window.prepared.connect(lambda: prepared.append(True))
    driver.until("the pages are built", lambda: bool(prepared))
    driver.settle(1000)
    gaps.begin("reading the folder")
    studio.open(root)
    driver.until("the question is asked", driver.window.question.isVisible)
    gaps.begin("the answer")
    driver.click("answer.photos")
    driver.until("the images are read", lambda: studio.document.facts is not None)
    driver.settle(1500)
    gaps.begin("every stage")
    for id in driver.window.stage_ids:
        driver.do(f"stage.{id}")
        driver.settle(700)
    gaps.begin("edits")
    studio.document.edit("training.epochs", epochs)
    for size in ((96, 96), (64, 64)):
        studio.document.edit("dataset.image_size", size)
        driver.settle(300)
    gaps.begin("import and tracing")
    driver.do("stage.train")
    driver.do("run.start")
    driver.until("it trains", lambda: len(studio.store.history.steps) > 3)
    gaps.begin("training")
    driver.until("an epoch has ended", lambda: bool(studio.store.history.epoch_events))
    gaps.begin("edits while it trains")
    for stage in ("augment", "model", "train"):
        driver.do(f"stage.{stage}")
        studio.document.edit("training.seed", len(stage))
        driver.settle(500)
    gaps.begin("the rest of the run")
    driver.until("the run has ended", lambda: not studio.controller.activity.job)
    driver.settle(500)
    gaps.begin("the doctor")
    driver.do("run.diagnose")
    driver.until("the doctor has ended", lambda: not studio.controller.activity.job)
    driver.settle(500)
    gaps.begin("export")
    driver.do("stage.export")
    driver.do("run.export")
    driver.until("it is exported", lambda: studio.store.shown.exported is not None)
    driver.until("the job has ended", lambda: not studio.controller.activity.job)
    driver.settle(500)


def main() -> None:
    """Measure, print JSON."""
    parser = argparse.ArgumentParser(description="Gaps of the window's event loop.")
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--who", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        photos(home / "images", chosen.images)
        Watched.tell = chosen.who
        driver = Watched(home, home, (1440, 900))
        try:
            walked(driver, home / "images", chosen.epochs)
        finally:
            driver.gaps.close()
            driver.close()
    told = {
        "images": chosen.images,
        "classes": CLASSES,
        "load": round(os.getloadavg()[0], 1),
        "all": driver.gaps.whole(),
        **driver.gaps.told(),
        "targets": TARGETS,
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
