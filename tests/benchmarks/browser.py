"""How the grid of images behaves with 100,000 files; prints JSON.

The folder is made of hard links to a few hundred different photos, so that it costs little disk;
the program sees 100,000 files. Measured in a window of 1440×900 without a screen: seconds from
opening until every tile in sight has its picture, milliseconds of each frame while scrolling by a
wheel, a page, a drag of the bar and to either end, milliseconds of typing, filtering, choosing
everything and leaving images out, and how much memory all of that has added, the list of files
included.
Run: `python -m tests.benchmarks.browser`.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnnstudio.gui.memory import resident_bytes

IMAGES, CLASSES, PHOTOS = 100_000, 20, 400
FRAMES = 400
TARGETS = {"first_thumbnails_s": 1.0, "scroll_p99_ms": 16.0, "memory_growth_mb": 150.0}


def photos(folder: Path) -> list[Path]:
    """Different JPEG photos of 400×300, about 30 KB each: smooth colours with some noise."""
    dice = np.random.default_rng(0)
    made: list[Path] = []
    for number in range(PHOTOS):
        coarse = dice.integers(0, 255, (6, 8, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize((400, 300), Image.Resampling.BICUBIC)
        noisy = np.asarray(image, np.int16) + dice.integers(-9, 9, (300, 400, 3))
        path = folder / f"{number}.jpg"
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(path, quality=85)
        made.append(path)
    return made


def collection_of_files(root: Path) -> None:
    """Folders of classes with 100,000 files in all."""
    (root / "photos").mkdir()
    made = photos(root / "photos")
    for label in range(CLASSES):
        folder = root / "images" / f"class {label}"
        folder.mkdir(parents=True)
        for number in range(IMAGES // CLASSES):
            os.link(made[(label * 37 + number) % PHOTOS], folder / f"photo-{number}.jpg")


def megabytes() -> float:
    """Memory that this process holds."""
    return resident_bytes() / 2**20


def main() -> None:
    """Measure, print JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNSTUDIO_CACHE"] = str(Path(folder) / "cache")
        collection_of_files(Path(folder))
        print(json.dumps(measure(Path(folder) / "images"), indent=1))


def measure(root: Path) -> dict[str, object]:
    """Open the folder in a browser and use it."""
    from PySide6.QtWidgets import QApplication

    from cnnstudio.app import make_application
    from cnnstudio.data.index import index
    from cnnstudio.gui.dataset.browser import DatasetBrowser
    from cnnstudio.gui.dataset.collection import Collection
    from cnnstudio.gui.dataset.image_filter import ImageFilter
    from cnnstudio.spec.experiment import Dataset
    from cnnstudio.spec.sources import ClassFolders

    application = make_application()
    sys.setswitchinterval(0.0005)  # as the program does
    collection = Collection(application)
    browser = DatasetBrowser(collection, compact=False)
    browser.resize(860, 760)
    browser.show()
    QApplication.processEvents()
    before = megabytes()
    found = index(Dataset(source=ClassFolders(path=str(root))))
    began = time.perf_counter()
    collection.set_index(found)
    listed = time.perf_counter() - began
    grid = browser.grid
    thumbnails = collection.thumbnails
    until(lambda: all(thumbnails.is_there(grid.samples()[at]) for at in grid.in_sight()))
    first = time.perf_counter() - began
    frames, waiting = scroll(browser, thumbnails)
    after_scrolling = megabytes()
    chores = {
        "type_ms": lambda: browser.set_filter(ImageFilter(words="photo-49 class")),
        "show_all_ms": lambda: browser.set_filter(ImageFilter()),
        "class_ms": lambda: browser.set_filter(ImageFilter(classes=frozenset({"class 3"}))),
        "show_all_again_ms": lambda: browser.set_filter(ImageFilter()),
        "choose_all_ms": grid.choose_everything,
        "exclude_ms": lambda: collection.set_index(
            replace(found, samples=found.samples[3:], excluded=found.samples[:3])
        ),
    }
    took = {name: round(blocked(chore), 1) for name, chore in chores.items()}
    return {
        "images": len(found.samples),
        "list_ms": round(1000 * listed, 1),
        "first_thumbnails_s": round(first, 3),
        "scroll_p50_ms": round(statistics.median(frames), 2),
        "scroll_p99_ms": round(float(np.percentile(frames, 99)), 2),
        "scroll_max_ms": round(max(frames), 2),
        "thumbnails_after_stop_s": round(waiting, 3),
        "frames": len(frames),
        "memory_growth_mb": round(megabytes() - before, 1),
        "memory_after_scrolling_mb": round(after_scrolling - before, 1),
        **took,
        "targets": TARGETS,
    }


def scroll(browser: Any, thumbnails: Any) -> tuple[list[float], float]:
    """Milliseconds of each turn of the event loop while scrolling; seconds to the last picture."""
    from PySide6.QtWidgets import QApplication

    grid, bar = browser.grid, browser.grid.verticalScrollBar()
    steps: list[Callable[[int], int]] = [
        lambda _: bar.value() + 120,  # a notch of a wheel
        lambda _: bar.value() + bar.pageStep(),
        lambda frame: bar.maximum() * (frame % 100) // 100,  # the bar dragged
        lambda frame: bar.maximum() if frame % 2 else 0,
    ]
    frames: list[float] = []
    for step in steps:
        bar.setValue(0)
        for frame in range(FRAMES):
            began = time.perf_counter()
            bar.setValue(step(frame))
            QApplication.processEvents()
            frames.append(1000 * (time.perf_counter() - began))
            time.sleep(max(0.0, 0.016 - (time.perf_counter() - began)))
    bar.setValue(bar.maximum() // 3)
    began = time.perf_counter()
    there = thumbnails.is_there
    until(lambda: all(there(grid.samples()[at]) for at in grid.in_sight()))
    return frames, time.perf_counter() - began


def blocked(chore: Callable[[], None]) -> float:
    """Longest time in milliseconds that the window does not answer while a chore is done."""
    from PySide6.QtWidgets import QApplication

    longest = 0.0
    began = time.perf_counter()
    chore()
    longest = time.perf_counter() - began
    end = began + 1.5
    while time.perf_counter() < end:
        turn = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - turn)
        time.sleep(0.002)
    return 1000 * longest


def until(condition: Callable[[], bool]) -> None:
    """Let the window work until something holds; 30 seconds at most."""
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + 30
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError
        QApplication.processEvents()
        time.sleep(0.001)


if __name__ == "__main__":
    main()
