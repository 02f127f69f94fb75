"""How long the window does not answer while it reads, shows and checks 10,000 photos; prints JSON.

A timer of one millisecond runs in the real window without a screen; the time between two of its
ticks is a gap. Each part of the work has its p50, p99 and longest gap in milliseconds, and its
seconds: opening the folder, the first screen of thumbnails, the first health check at rest and
while somebody scrolls, cancelling and starting again, and leaving images out once it is checked.
Run: `python -m tests.benchmarks.gaps [COUNT]`.
"""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt, QTimer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.health_pane import HealthPane
from tests.tour.driver import Driver

COUNT, CLASSES, BASES = 10_000, 10, 40
TARGETS = {"p99_ms": 16.0, "max_ms": 50.0}


def photos(root: Path, count: int) -> None:
    """`count` different JPEG photos of 400×300 in ten classes: soft colours, shapes, grain."""
    dice = np.random.default_rng(0)
    grain = dice.integers(-9, 9, (300, 400, 3)).astype(np.int16)
    bases = [
        np.asarray(
            Image.fromarray(dice.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(
                (400, 300), Image.Resampling.BICUBIC
            ),
            np.int16,
        )
        for _ in range(BASES)
    ]

    def make(number: int) -> None:
        own = np.random.default_rng(number)
        picture = np.roll(bases[number % BASES], tuple(own.integers(0, 300, 2)), (0, 1)) + grain
        for _ in range(4):
            top, left = own.integers(0, 240), own.integers(0, 320)
            picture[top : top + 60, left : left + 80] += own.integers(-90, 90, 3).astype(np.int16)
        folder = root / f"class {number % CLASSES}"
        image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
        image.save(folder / f"photo-{number}.jpg", quality=85)

    for label in range(CLASSES):
        (root / f"class {label}").mkdir(parents=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(count)))


class Gaps:
    """Times between the ticks of the event loop, by the part of the work they belong to."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = {}
        self._part: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self, part: str) -> None:
        """What follows belongs to this part."""
        self._part = self.parts.setdefault(part, [])
        self._last = time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._part.append(1000 * (now - self._last))
        self._last = now

    def told(self) -> dict[str, dict[str, float]]:
        """Milliseconds by part, and the seconds that it took."""
        return {
            part: {
                "p50_ms": round(float(np.percentile(gaps, 50)), 1),
                "p99_ms": round(float(np.percentile(gaps, 99)), 1),
                "max_ms": round(max(gaps), 1),
                "seconds": round(sum(gaps) / 1000, 2),
            }
            for part, gaps in self.parts.items()
        }


def measured(driver: Driver, root: Path) -> dict[str, dict[str, float]]:
    """Open the folder in the window, look at it, check it, edit it."""
    studio, window = driver.studio, driver.window
    driver.settle(4000)  # the pages are built, the modules imported, the child has started
    gaps = Gaps()
    gaps.begin("at rest")
    driver.settle(1000)
    gaps.begin("reading the folder")
    studio.open(root)
    driver.until("the question is asked", window.question.isVisible)
    gaps.begin("first thumbnails")
    driver.click("answer.photos")
    page = window.page("data")
    browser, health = page.findChild(DatasetBrowser), page.findChild(HealthPane)
    assert isinstance(browser, DatasetBrowser)
    assert isinstance(health, HealthPane)
    grid = browser.grid
    driver.until("there are images", lambda: bool(grid.samples()))
    driver.settle(1500)
    bar = grid.verticalScrollBar()
    scrolling = QTimer()
    scrolling.setInterval(50)
    scrolling.timeout.connect(lambda: bar.setValue(bar.value() + 40))
    gaps.begin("a check that is cancelled")
    health.check.click()
    driver.settle(1000)
    health.check.click()
    driver.settle(300)
    gaps.begin("a check while scrolling")
    scrolling.start()
    health.check.click()
    driver.settle(4000)
    scrolling.stop()
    gaps.begin("the rest of the check")
    driver.until("the check has ended", lambda: health.report is not None)
    driver.settle(500)
    gaps.begin("an edit after the check")
    experiment = studio.document.experiment
    assert experiment is not None
    keys = [sample.key for sample in grid.samples()[:5]]
    edits = experiment.dataset.edits.changed(keys, excluded=True)
    studio.document.edit("dataset.edits", edits)
    driver.settle(2000)
    return gaps.told()


def main() -> None:
    """Measure, print JSON."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        photos(home / "images", count)
        driver = Driver(home, home, (1440, 900))
        try:
            parts = measured(driver, home / "images")
        finally:
            driver.close()
    print(json.dumps({"images": count, **parts, "targets": TARGETS}, indent=1))


if __name__ == "__main__":
    main()
