"""How long the window does not answer while it reads, shows and checks 10,000 photos; prints JSON.

A timer of one millisecond runs in the real window without a screen; the time between two of its
ticks is a gap. Each part of the work has its p50, p99 and longest gap in milliseconds, and its
seconds: opening the folder, the first screen of thumbnails, the first health check at rest and
while somebody scrolls, cancelling and starting again, and leaving images out once it is checked.
Run: `python -m tests.benchmarks.gaps [COUNT]`.
"""

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt, QTimer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.health_pane import HealthPane
from tests.tour.driver import Driver

LONG = 0.04
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
    """Times between the ticks of the event loop, by the part of the work they belong to.

    Beside the clock's time stands what the window's own thread worked in it: on a machine that
    others use, too, the rest of a long gap is theirs. With `tell`, a gap in which it has worked
    for most of 40 ms writes where the program is to standard error.
    """

    def __init__(self, tell: bool = False) -> None:
        self._tell = tell
        if tell:
            # A signal is handled in the window's own thread: whoever looks from another one, as
            # `faulthandler` does, may meet a frame that is just being freed, and crash.
            signal.signal(signal.SIGALRM, self._tell_where)
        self.parts: dict[str, list[float]] = {}
        self.works: dict[str, list[float]] = {}
        self._part: list[float] = []
        self._work: list[float] = []
        self._name = ""
        self._begin()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self, part: str) -> None:
        """What follows belongs to this part."""
        self._name = part
        self._part = self.parts.setdefault(part, [])
        self._work = self.works.setdefault(part, [])
        self._begin()

    def _begin(self) -> None:
        self._last, self._worked = time.perf_counter(), time.thread_time()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._part.append(1000 * (now - self._last))
        self._work.append(1000 * (worked - self._worked))
        self._last, self._worked = now, worked
        if self._tell:
            signal.setitimer(signal.ITIMER_REAL, LONG, LONG)

    def _tell_where(self, number: int, frame: FrameType | None) -> None:
        worked = time.thread_time() - self._worked
        if worked > 0.6 * LONG:
            places = traceback.extract_stack(frame)[-8:]
            words = " < ".join(f"{Path(p.filename).name}:{p.lineno}" for p in reversed(places))
            print(f"{self._name}, after {1000 * worked:.0f} ms of work: {words}", file=sys.stderr)

    def close(self) -> None:
        """Count no more."""
        self._timer.stop()
        if self._tell:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def told(self) -> dict[str, dict[str, float]]:
        """Milliseconds by part, and the seconds that it took."""
        return {part: summary(gaps, self.works[part]) for part, gaps in self.parts.items() if gaps}

    def whole(self) -> dict[str, float]:
        """The same for all parts together."""
        return summary(
            [gap for gaps in self.parts.values() for gap in gaps],
            [work for works in self.works.values() for work in works],
        )


def summary(gaps: list[float], works: list[float]) -> dict[str, float]:
    """Of times in milliseconds; `max_work_ms` is the most that the window's thread worked."""
    return {
        "p50_ms": round(float(np.percentile(gaps, 50)), 1),
        "p99_ms": round(float(np.percentile(gaps, 99)), 1),
        "max_ms": round(max(gaps), 1),
        "max_work_ms": round(max(works), 1),
        "seconds": round(sum(gaps) / 1000, 2),
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
