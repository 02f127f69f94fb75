"""Speed of augmentation beside ImageDataGenerator and a bare OpenCV loop; prints ratios as JSON.

Settings: 224×224 colour, rotation 20°, shifts 0.2, zoom 0.2, horizontal flip, nearest. Every round
measures all three in turn, so that a busy machine slows them alike; ratios are medians of the
rounds' ratios. Beside them stands what each operation takes alone, and the classic ones with a
tilt and a bend, in microseconds an image on one thread. Run: `python -m
tests.benchmarks.augmentation`.
"""

import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.augment.warp import compose
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.bending import RandomElastic, RandomPerspective
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.operation import BatchOperation, Operation
from cnnstudio.spec.sources import ClassFolders

SIDE, IMAGES, BATCH, THREADS, ROUNDS = 224, 512, 32, 2, 9
TIMED_IMAGES = 64
GENERATOR_IMAGES = 64  # it is slow; its rate does not depend on how many

OPERATIONS = (
    RandomRotation(degrees=20),
    RandomShift(width=0.2, height=0.2),
    RandomZoom(fraction=0.2),
    RandomFlip(),
)
EXPERIMENT = Experiment(
    dataset=Dataset(source=ClassFolders(path="/"), image_size=(SIDE, SIDE)),
    augmentation=Augmentation(operations=OPERATIONS),
)


def pictures() -> NDArray[np.uint8]:
    """uint8[images, side, side, 3]: smooth colour with noise, like photos."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (IMAGES, 8, 8, 3), dtype=np.uint8)
    smooth = np.stack([cv2.resize(one, (SIDE, SIDE)) for one in coarse])
    grain = rng.integers(0, 16, smooth.shape, dtype=np.uint8)
    return np.asarray(smooth // 2 + grain, np.uint8)


def studio(pixels: NDArray[np.uint8]) -> Callable[[int], float]:
    """Images per second of the trainer's own batches, seeds, draws and assembly included."""
    keys = [f"class/{n}.jpg" for n in range(len(pixels))]
    labels = [0] * len(pixels)
    maker = SampleMaker(EXPERIMENT)
    batches = Batches(pixels, keys, labels, maker, BATCH, threads=THREADS)

    def measure(turn: int) -> float:
        start = time.perf_counter()
        done = sum(len(batch.labels) for batch in batches.epoch(turn))
        return done / (time.perf_counter() - start)

    return measure


def bare_warps(pixels: NDArray[np.uint8]) -> Callable[[int], float]:
    """Images per second of nothing but warps, with matrices made before, on as many threads."""
    maker = SampleMaker(EXPERIMENT)
    draws = [maker.draw(f"class/{n}.jpg", 0).of("geometry") for n in range(len(pixels))]
    matrices = [compose(one, SIDE, SIDE)[:2] for one in draws]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def loop(offset: int) -> None:
        for n in range(offset, len(pixels), THREADS):
            cv2.warpAffine(
                pixels[n], matrices[n], (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE
            )

    def measure(turn: int) -> float:
        with ThreadPoolExecutor(THREADS) as pool:
            start = time.perf_counter()
            list(pool.map(loop, range(THREADS)))
            return len(pixels) / (time.perf_counter() - start)

    return measure


def image_data_generator(pixels: NDArray[np.uint8]) -> Callable[[int], float]:
    """Images per second of Keras's ImageDataGenerator.flow."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    generator: Any = ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.2,
        height_shift_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
        fill_mode="nearest",
    )
    flow = generator.flow(pixels[:GENERATOR_IMAGES], batch_size=BATCH, seed=0)

    def measure(turn: int) -> float:
        start = time.perf_counter()
        done = sum(len(next(flow)) for _ in range(GENERATOR_IMAGES // BATCH))
        return done / (time.perf_counter() - start)

    return measure


def microseconds(pixels: NDArray[np.uint8], *operations: Operation) -> int:
    """Of one image with these operations: the median of many, each drawn for it."""
    augmentation = Augmentation(operations=operations)
    mixing = [one for one in operations if isinstance(one, BatchOperation)]
    maker = SampleMaker(EXPERIMENT.model_copy(update={"augmentation": augmentation}))
    out, mixture, taken = np.empty_like(pixels[0]), np.empty_like(pixels[0]), []
    for n, image in enumerate(pixels[:TIMED_IMAGES]):
        start = time.perf_counter()
        maker.sample(image, f"class/{n}.jpg", 0, out=out)
        for one in mixing:
            drawn = maker.draw(f"class/{n}.jpg", 0).mixing
            assert drawn is not None
            one.mix(out, pixels[-1], drawn[1], mixture)
        taken.append(time.perf_counter() - start)
    return round(1e6 * statistics.median(taken))


def main() -> int:
    """Measure, print, and return 0."""
    warnings.simplefilter("ignore")
    pixels = pictures()
    kinds = {
        "studio": studio(pixels),
        "bare_warps": bare_warps(pixels),
        "image_data_generator": image_data_generator(pixels),
    }
    for measure in kinds.values():
        measure(0)  # warm up
    rounds = [
        {name: measure(turn) for name, measure in kinds.items()} for turn in range(1, ROUNDS + 1)
    ]
    median = statistics.median
    result = {
        "images_per_second": {name: round(median(r[name] for r in rounds)) for name in kinds},
        "ratios": {
            f"studio / {name}": round(median(r["studio"] / r[name] for r in rounds), 3)
            for name in ("image_data_generator", "bare_warps")
        },
        "targets": {"studio / image_data_generator": 15.0, "studio / bare_warps": 0.8},
        "microseconds": {
            name: microseconds(pixels, cls(probability=1.0))
            for name, cls in members(Operation).items()
        },
        "microseconds_together": {
            "classic": microseconds(pixels, *OPERATIONS),
            "classic, perspective": microseconds(pixels, *OPERATIONS, RandomPerspective()),
            "classic, elastic": microseconds(pixels, *OPERATIONS, RandomElastic()),
        },
        "rounds": ROUNDS,
        "threads": THREADS,
        "size": [SIDE, SIDE],
    }
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
