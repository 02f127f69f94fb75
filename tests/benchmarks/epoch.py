"""Time of an epoch with augmentation, beside ImageDataGenerator with `fit`; prints ratios as JSON.

The classic small network (three 3×3 convolutions of 32, 32 and 64 with pools, a dense layer of 64,
dropout, one sigmoid unit) with the classic settings (rotation 20°, shifts 0.2, zoom 0.2,
horizontal flip), the same images and first weights. Both sides start from decoded and resized
images in memory. Ours is the program's own loop; its time with what it measures on clean images
after each epoch stands beside the time of its steps alone. Every round runs an epoch of each kind
in turn, so that a busy machine slows them alike; ratios are medians of the rounds' ratios. Time
of processors tells the work apart from waiting for other programs.
Run: `python -m tests.benchmarks.epoch [--images DIR] [--sides 64 128] [--rounds 7]`; without a
folder of class folders, 500 drawn images.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from cnnstudio.runs.events import BatchEnded, EpochEnded
from cnnstudio.spec.experiment import (
    Augmentation,
    Dataset,
    Experiment,
    Network,
    Split,
    Training,
)
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.pooling import MaxPooling2D
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.losses import BinaryCrossentropy
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift, RandomZoom
from cnnstudio.spec.optimizers import RMSprop
from cnnstudio.spec.schedules import Constant
from cnnstudio.spec.sources import ClassFolders

CLASSIC = (
    RandomRotation(degrees=20),
    RandomShift(width=0.2, height=0.2),
    RandomZoom(fraction=0.2),
    RandomFlip(),
)
BLOCKS: tuple[Layer, ...] = tuple(
    layer
    for filters in (32, 32, 64)
    for layer in (Conv2D(filters=filters, padding="valid", activation="relu"), MaxPooling2D())
)
LAYERS: tuple[Layer, ...] = (
    *BLOCKS,
    Flatten(),
    Dense(units=64, activation="relu"),
    Dropout(rate=0.5),
    Dense(units=1, activation="sigmoid"),
)
TARGETS = {64: 2.2, 128: 1.5}
TARGET_OFF = 0.95


def experiment(folder: Path, side: int, augmented: bool) -> Experiment:
    """The classic experiment over two class folders; all images train."""
    return Experiment(
        dataset=Dataset(
            source=ClassFolders(path=str(folder)),
            image_size=(side, side),
            split=Split(validation=0, test=0),
            batch_size=32,
        ),
        augmentation=Augmentation(operations=CLASSIC if augmented else ()),
        model=Network(layers=LAYERS),
        training=Training(
            epochs=1000,
            loss=BinaryCrossentropy(),
            optimizer=RMSprop(learning_rate=Constant(learning_rate=0.001)),
        ),
    )


def draw_images(folder: Path) -> None:
    """Two classes of 250 smooth pictures of 160×160."""
    rng = np.random.default_rng(0)
    for name in ("one", "two"):
        (folder / name).mkdir()
        for number in range(250):
            coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
            coarse.resize((160, 160), Image.Resampling.BICUBIC).save(
                folder / name / f"{number}.png"
            )


class Studio:
    """The program's own training loop; each call runs one epoch more."""

    def __init__(self, wanted: Experiment) -> None:
        from cnnstudio.training.build import build, seed
        from cnnstudio.training.dataset import prepare
        from cnnstudio.training.loop import Loop
        from cnnstudio.training.progress import Progress
        from cnnstudio.training.schedule import RateTable

        self.data = prepare(wanted, lambda done, total: None, lambda: False)
        seed(0)
        table = RateTable(np.zeros(1))
        network = build(wanted, table)
        loop = Loop(network, table, wanted, self.data, Progress())
        self._events: Iterator[Any] = iter(loop.events())

    def __call__(self) -> tuple[float, float, float]:
        """Seconds of the whole epoch, of its steps alone, and of processors in all of it."""
        began = last = time.perf_counter()
        processors = time.process_time()
        for event in self._events:
            if isinstance(event, BatchEnded):
                last = time.perf_counter()
            if isinstance(event, EpochEnded):
                break
        return time.perf_counter() - began, last - began, time.process_time() - processors


def generator(studio: Studio, wanted: Experiment) -> Callable[[], float]:
    """Seconds of an epoch of `fit` on ImageDataGenerator.flow over the same images."""
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    from cnnstudio.training.build import build, seed
    from cnnstudio.training.schedule import RateTable

    part = studio.data.train
    seed(0)
    # The rate is constant in both: one entry of the table holds for all steps.
    network = build(wanted, RateTable(np.full(1, 0.001)))
    varied: Any = ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.2,
        height_shift_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
    )
    images, labels = np.asarray(part.pixels[part.rows], np.float32), part.labels[:, np.newaxis]
    flow = varied.flow(images, labels.astype(np.float32), batch_size=wanted.dataset.batch_size)

    def measure() -> float:
        began = time.perf_counter()
        network.fit(flow, epochs=1, verbose=0)
        return time.perf_counter() - began

    return measure


def compared(folder: Path, side: int, rounds: int) -> dict[str, Any]:
    """Medians of seconds and ratios at one image size."""
    on, off = experiment(folder, side, True), experiment(folder, side, False)
    studio, plain = Studio(on), Studio(off)
    theirs = generator(studio, on)
    for warm in (studio, plain, theirs):
        warm()
    taken: list[dict[str, float]] = []
    for number in range(rounds):
        row: dict[str, float] = {}
        kinds = [("studio", studio), ("off", plain)]
        for name, run in kinds if number % 2 else reversed(kinds):
            row[name], row[f"{name}_steps"], row[f"{name}_processors"] = run()
        row["generator"] = theirs()
        taken.append(row)

    def median(first: str, second: str) -> float:
        return round(statistics.median(row[first] / row[second] for row in taken), 3)

    return {
        "images": len(studio.data.train),
        "seconds": {name: round(statistics.median(r[name] for r in taken), 3) for name in taken[0]},
        "ratios": {
            "generator and fit / studio": median("generator", "studio"),
            "generator and fit / studio, steps alone": median("generator", "studio_steps"),
            "augmentation off / on": median("off", "studio"),
            "augmentation off / on, steps alone": median("off_steps", "studio_steps"),
            "augmentation off / on, processors": median("off_processors", "studio_processors"),
        },
        "targets": {
            "generator and fit / studio": TARGETS.get(side),
            "augmentation off / on": TARGET_OFF,
        },
    }


def main() -> int:
    """Measure, print, and return 0."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description="Time of an epoch beside ImageDataGenerator.")
    parser.add_argument("--images", type=Path, help="folder of two class folders")
    parser.add_argument("--sides", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--rounds", type=int, default=7)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CNNSTUDIO_CACHE"] = f"{scratch}/cache"
        folder = wanted.images
        if folder is None:
            folder = Path(scratch) / "images"
            folder.mkdir()
            draw_images(folder)
        sides = {f"{side}": compared(folder, side, wanted.rounds) for side in wanted.sides}
    print(json.dumps({"sides": sides, "rounds": wanted.rounds}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
