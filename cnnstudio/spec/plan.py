"""How long a run is: steps in an epoch, steps in all, and a guess at the minutes."""

from math import ceil

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.shapes import walk

MULTIPLY_ADDS_PER_SECOND = 5e10
"""Forward and backward together count three times the forward work. Measured on two cores of a
2020s server CPU: networks like the default one reach 60 to 100 billion a second
when nothing else runs."""

IMAGES_PER_SECOND_AT_MOST = 3500.0


def steps_per_epoch(images: int, batch_size: int) -> int:
    """Batches that hold every image once; the last one may be smaller."""
    return max(1, ceil(images / batch_size))


def total_steps(experiment: Experiment, training_images: int) -> int:
    """Steps of the whole run when nothing stops it early."""
    batches = steps_per_epoch(training_images, experiment.dataset.batch_size)
    return experiment.training.epochs * batches


def seconds(experiment: Experiment, facts: DatasetFacts) -> float:
    """A rough guess at the duration of a full run on a CPU, in seconds."""
    work = walk(experiment).multiply_adds
    per_image = max(3 * work / MULTIPLY_ADDS_PER_SECOND, 1 / IMAGES_PER_SECOND_AT_MOST)
    images = facts.images("train") + facts.images("validation") / 3
    return 8.0 + experiment.training.epochs * images * per_image


def duration_words(duration: float) -> str:
    """`about 40 seconds`, `about 4 minutes`, `about 3 hours`."""
    if duration < 90:
        return f"about {max(10, round(duration, -1)):.0f} seconds"
    if duration < 90 * 60:
        return f"about {duration / 60:.0f} minutes"
    return f"about {duration / 3600:.0f} hours"
