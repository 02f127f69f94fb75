"""What the cache of decoded images is worth: input of the first epoch against all later ones.

`python -m tests.benchmarks.cache [--images DIR]` prints images per second and ratios as JSON, for
class folders of JPEG photos (.jpg), or for such photos of about 500×400 that it draws. Per size and
round, in turn:

- the first epoch: list the folder, decode, resize, write the cache, hand out batches;
- the second epoch of that run: batches alone;
- the first epoch of the next run: list the folder, open the cache, hand out batches;
- Keras's `image_dataset_from_directory`, without cache as its guide shows it;
- the same in tf.data with an antialiased resize, whose pixels are those of CNN Studio
  to a grey level.

Files lie in the system's own cache for all of them. Then one image is added to 10,000 whose cache
exists.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import cache_root
from cnnstudio.data.detect import source_of
from cnnstudio.data.index import index
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment, Split
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift, RandomZoom

SIDES, BATCH, DRAWN, MANY = (64, 128, 224), 32, 500, 10_000
TARGETS = {"second epoch / first epoch": 5.0}
RATIOS = (
    ("second epoch", "first epoch"),
    ("next run", "first epoch"),
    ("second epoch", "keras"),
    ("first epoch", "keras"),
    ("first epoch", "tf.data, antialiased"),
)
CLASSIC = Augmentation(
    operations=(
        RandomRotation(degrees=20),
        RandomShift(width=0.2, height=0.2),
        RandomZoom(fraction=0.2),
        RandomFlip(),
    )
)


def draw_photos(root: Path, count: int) -> None:
    """JPEG photos of about 500×400 in two classes: smooth colour with grain."""
    rng = np.random.default_rng(0)
    for number in range(count):
        height, width = int(rng.integers(350, 450)), int(rng.integers(430, 570))
        smooth = cv2.resize(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8), (width, height))
        grain = rng.integers(0, 24, smooth.shape, dtype=np.uint8)
        path = root / f"class {number % 2}" / f"{number:05}.jpg"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), smooth // 2 + grain, [cv2.IMWRITE_JPEG_QUALITY, 85])


def experiment(root: Path, side: int, augmented: bool) -> Experiment:
    """All images of `root` train."""
    return Experiment(
        dataset=Dataset(
            source=source_of(root),
            image_size=(side, side),
            split=Split(validation=0.0, test=0.0),
            batch_size=BATCH,
        ),
        augmentation=CLASSIC if augmented else Augmentation(operations=()),
    )


def batches(made: Experiment) -> Batches:
    """As training asks for them: the folder is listed, and its cache opened or built."""
    cache = PixelCache.open(made.dataset, index(made.dataset))
    maker = SampleMaker(made) if made.augmentation.operations else None
    return Batches.of(cache.part("train"), maker, BATCH)


def forget() -> None:
    """Remove the cache."""
    shutil.rmtree(cache_root(), ignore_errors=True)


def drained(given: Iterable[Any]) -> int:
    """How many images come out."""
    return sum(len(images) for images, *_ in given)


def measured(root: Path, side: int, augmented: bool, epoch: int) -> dict[str, float]:
    """Images per second of one round at one size."""
    made = experiment(root, side, augmented)
    forget()
    began = time.perf_counter()
    given = batches(made)
    images = drained(given.epoch(0))
    first = time.perf_counter()
    drained(given.epoch(epoch))
    second = time.perf_counter()
    drained(batches(made).epoch(epoch))
    next_run = time.perf_counter()
    return {
        "first epoch": images / (first - began),
        "second epoch": images / (second - first),
        "next run": images / (next_run - second),
    }


def keras(root: Path, side: int) -> float:
    """Images per second of Keras's own input, decoding in each epoch, as its guide shows it."""
    import tensorflow as tf
    from keras.utils import image_dataset_from_directory

    given = image_dataset_from_directory(
        root, image_size=(side, side), batch_size=BATCH, verbose=False
    ).prefetch(tf.data.AUTOTUNE)
    began = time.perf_counter()
    images = drained(given)
    return images / (time.perf_counter() - began)


def antialiased(root: Path, side: int) -> float:
    """Images per second of tf.data that decodes and resizes as the exported model does."""
    import tensorflow as tf

    def read(name: Any) -> Any:
        image = tf.io.decode_jpeg(tf.io.read_file(name), channels=3, dct_method="INTEGER_ACCURATE")
        sized = tf.image.resize(image, (side, side), antialias=True)
        return tf.cast(tf.round(sized), tf.uint8), 0

    names = [str(path) for path in root.rglob("*.jpg")]
    given = (
        tf.data.Dataset.from_tensor_slices(names)
        .map(read, num_parallel_calls=tf.data.AUTOTUNE)
        .batch(BATCH)
        .prefetch(tf.data.AUTOTUNE)
    )
    began = time.perf_counter()
    images = drained(given)
    return images / (time.perf_counter() - began)


def one_more(root: Path, many: Path) -> dict[str, float]:
    """Seconds until the cache of `MANY` images is there, and after one more image in the folder."""
    photos = sorted(path for path in root.rglob("*") if path.is_file())
    for number in range(MANY):
        photo = photos[number % len(photos)]
        link = many / photo.parent.name / f"{number:06}{photo.suffix}"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(photo)
    made = experiment(many, SIDES[1], False)
    forget()
    began = time.perf_counter()
    batches(made)
    whole = time.perf_counter() - began
    (many / photos[0].parent.name / f"more{photos[0].suffix}").hardlink_to(photos[0])
    began = time.perf_counter()
    batches(made)
    again = time.perf_counter() - began
    return {
        "all": round(whole, 3),
        "one more": round(again, 3),
        "all / one more": round(whole / again, 1),
    }


def main() -> int:
    """Measure, print, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, help="class folders of .jpg files")
    parser.add_argument("--count", type=int, default=DRAWN, help="photos to draw without --images")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    result: dict[str, Any] = {"rounds": given.rounds, "targets": TARGETS}
    with tempfile.TemporaryDirectory() as made:
        os.environ["CNNSTUDIO_CACHE"] = str(Path(made) / "cache")
        root = Path(made) / "images"
        if given.images is None:
            root.mkdir()
            draw_photos(root, given.count)
        else:
            shutil.copytree(given.images, root, copy_function=shutil.copyfile)
        keras(root, SIDES[0])  # warm up
        for side in SIDES:
            for augmented in (False, True):
                rounds = [
                    {
                        **measured(root, side, augmented, n + 1),
                        "keras": keras(root, side),
                        "tf.data, antialiased": antialiased(root, side),
                    }
                    for n in range(given.rounds)
                ]
                name = f"{side}×{side}" + (", augmented" if augmented else "")
                result[name] = summary(rounds)
        name = f"seconds to the cache of {MANY:,} images, {SIDES[1]}×{SIDES[1]}"
        result[name] = one_more(root, Path(made) / "many")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return 0


def summary(rounds: list[dict[str, float]]) -> dict[str, Any]:
    """Medians of the rates, and of the ratios within each round."""
    median = statistics.median
    return {
        "images per second": {name: round(median(r[name] for r in rounds)) for name in rounds[0]},
        "ratios": {
            f"{one} / {other}": round(median(r[one] / r[other] for r in rounds), 2)
            for one, other in RATIOS
        },
    }


if __name__ == "__main__":
    sys.exit(main())
