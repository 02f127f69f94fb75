"""What one sees of 60,000 files while they are still being read; prints JSON.

An experiment over hard links to a few hundred photos is opened in the real window without a
screen. Seconds until names and labels are there, until every tile in sight has its picture, and
until all sizes are known; and the gaps of the event loop while somebody scrolls meanwhile.
Run: `python -m tests.benchmarks.opening [COUNT]`.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders
from tests.benchmarks.browser import PHOTOS, photos
from tests.benchmarks.gaps import Gaps
from tests.tour.driver import Driver

COUNT, CLASSES = 60_000, 20
TARGETS = {"first_thumbnails_s": 1.0, "p99_ms": 16.0, "max_ms": 50.0}


def experiment_of_many(root: Path, count: int) -> Path:
    """An experiment over `count` files in twenty classes."""
    (root / "photos").mkdir()
    made = photos(root / "photos")
    for label in range(CLASSES):
        folder = root / "images" / f"class {label}"
        folder.mkdir(parents=True)
        for number in range(count // CLASSES):
            os.link(made[(label * 37 + number) % PHOTOS], folder / f"photo-{number}.jpg")
    experiment = Experiment(
        name="many", dataset=Dataset(source=ClassFolders(path=str(root / "images")))
    )
    files.save(experiment, root / "experiment.yaml")
    return root / "experiment.yaml"


def measured(driver: Driver, file: Path) -> dict[str, object]:
    """Open the experiment, look and scroll while sizes are read, wait for them."""
    document, window = driver.studio.document, driver.window
    driver.settle(4000)  # the modules are imported, the child has started
    gaps = Gaps()
    gaps.begin("opening")
    began = time.perf_counter()
    driver.studio.open(file)
    driver.until("names and labels", lambda: document.index is not None)
    listed = time.perf_counter() - began
    browser = window.page("data").findChild(DatasetBrowser)
    assert isinstance(browser, DatasetBrowser)
    grid = browser.grid
    tiles = driver.studio._collection.thumbnails
    driver.until(
        "first thumbnails", lambda: all(tiles.is_there(grid.samples()[i]) for i in grid.in_sight())
    )
    seen = time.perf_counter() - began
    sizes_known = document.facts is not None
    bar = grid.verticalScrollBar()
    scrolling = QTimer()
    scrolling.setInterval(50)
    scrolling.timeout.connect(lambda: bar.setValue(bar.value() + 40))
    gaps.begin("scrolling meanwhile")
    scrolling.start()
    driver.until("sizes", lambda: document.facts is not None)
    sizes = time.perf_counter() - began
    scrolling.stop()
    return {
        "names_and_labels_s": round(listed, 2),
        "first_thumbnails_s": round(seen, 2),
        "sizes_known_by_then": sizes_known,
        "sizes_s": round(sizes, 2),
        "gaps": gaps.told(),
    }


def main() -> None:
    """Measure, print JSON."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        file = experiment_of_many(home, count)
        driver = Driver(home, home, (1440, 900))
        try:
            result = measured(driver, file)
        finally:
            driver.close()
    print(json.dumps({"images": count, **result, "targets": TARGETS}, indent=1))


if __name__ == "__main__":
    main()
