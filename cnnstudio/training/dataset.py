"""What a run trains on: the cached pixels of each part, its class names and its class weights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PartPixels, PixelCache
from cnnstudio.data.facts import counts
from cnnstudio.data.index import index
from cnnstudio.data.picture import Picture
from cnnstudio.data.stopping import Progress, Stop, Stopped
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts, Unreadable
from cnnstudio.spec.problems import problems
from cnnstudio.training.build import PixelStatistics, pixel_statistics

HEAVIEST_CLASS = 10.0
"""Balanced weights stop here: a class of three images would otherwise throw the network about."""

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The parts of a dataset as pixels, ready to train on. Labels count into `class_names`.

    `pictures` are the stored images by key.
    """

    class_names: tuple[str, ...]
    train: PartPixels
    validation: PartPixels
    test: PartPixels
    unreadable: tuple[Unreadable, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def window(self) -> tuple[float, float] | None:
        """The values that are black and white in every image; None where they are 8-bit."""
        return next((picture.reading.window for picture in self.pictures.values()), None)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def majority_share(self) -> float:
        """Share (0..1) of the largest class among the training images."""
        counted = np.bincount(self.train.labels, minlength=self.classes)
        return float(counted.max() / max(1, counted.sum()))

    def statistics(self, experiment: Experiment) -> PixelStatistics | None:
        """Pixel statistics of the training images where the input stage asks for them."""
        if experiment.model.input_scaling != "standardize":
            return None
        return pixel_statistics(self.train.pixels, self.train.rows)


def prepare(experiment: Experiment, progress: Progress, stop: Stop) -> TrainingData:
    """Finds, decodes and resizes the images of an experiment, or opens what is cached of them.

    `progress(done, total)` is called as images are read; `stop` is asked between images.

    Raises:
        UserError: there is something to put right first, in the folder or the experiment.
        Stopped: `stop` returned true.
    """

    def found(images: int) -> None:
        if stop():
            raise Stopped
        progress(images, 0)

    listed = index(experiment.dataset, found)
    cache = PixelCache.open(experiment.dataset, listed, progress, stop)
    bad = {item.key for item in cache.unreadable}
    table = counts(listed, bad)
    known = DatasetFacts(
        class_names=listed.class_names,
        counts=table,
        # The problems of an experiment ask for counts alone.
        median_short_side=min(experiment.dataset.image_size),
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=experiment.dataset.color == "grayscale",
        own_split=False,
    )
    for problem in problems(experiment, known):
        raise UserError(problem.sentence, problem.path)
    return TrainingData(
        listed.class_names,
        cache.part("train"),
        cache.part("validation"),
        cache.part("test"),
        cache.unreadable,
        {sample.key: sample.picture for sample in cache.samples},
    )


def training_batches(experiment: Experiment, part: PartPixels) -> Batches:
    """Augmented and shuffled batches as the experiment and its seed say."""
    operations = experiment.augmentation.operations
    maker = SampleMaker(experiment) if any(op.enabled for op in operations) else None
    return Batches.of(part, maker, experiment.dataset.batch_size, experiment.training.seed)


def plain_batches(part: PartPixels, size: int) -> Iterator[tuple[Pixels, Labels]]:
    """The images of a part as they are, in order: uint8[b, h, w, c] and int64[b]."""
    for start in range(0, len(part), size):
        rows = part.rows[start : start + size]
        yield part.pixels[rows], part.labels[start : start + size]


def class_weights(experiment: Experiment, data: TrainingData) -> NDArray[np.float32] | None:
    """What each class counts in the loss: float32[classes], None where all count alike.

    `balanced` is images / (classes × images of the class), at most `HEAVIEST_CLASS`.
    """
    wanted = experiment.training.class_weights
    if wanted == "none":
        return None
    if isinstance(wanted, dict):
        return np.array([wanted[name] for name in data.class_names], np.float32)
    counted = np.bincount(data.train.labels, minlength=data.classes)
    balanced = counted.sum() / (data.classes * np.maximum(counted, 1))
    return np.asarray(np.minimum(balanced, HEAVIEST_CLASS), np.float32)
