"""The sentences of a run that go well beyond a word: what was left out, changed, kept."""

import hashlib

from cnnstudio.data.cache import PartPixels
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import Unreadable
from cnnstudio.training.progress import Progress

_NAMED_FILES = 5


def left_out(files: tuple[Unreadable, ...]) -> str:
    """Which files are not trained on, and why."""
    named = "; ".join(f"{item.key} {item.reason}" for item in files[:_NAMED_FILES])
    more = f"; and {len(files) - _NAMED_FILES} more" if len(files) > _NAMED_FILES else ""
    return f"Left out {len(files)} file{'s' * (len(files) != 1)}: {named}{more}."


def extended(before: Experiment, after: Experiment) -> str:
    """What more epochs do to the learning rate.

    A schedule that lasts as long as the run is stretched over the new total, and what was trained
    already stays: from here on the rate is that of a run that was planned that long. (To hold the
    last value instead would train no more after a schedule that ends at zero.)
    """
    epochs = after.training.epochs
    sentence = f"The run now goes on to epoch {epochs}"
    schedule = after.training.optimizer.learning_rate
    if schedule.resolved(2) != schedule.resolved(3):
        was = before.training.epochs
        return (
            f"{sentence}; the learning rate, planned for {was}, follows its curve stretched over "
            f"{epochs} epochs from here on."
        )
    return f"{sentence}; the learning rate follows its schedule as before."


def completed(epochs: int, planned: int, ends: str, best: int | None) -> str:
    """The end of a run after `epochs`, early where `ends` says why; `best`: the epoch kept."""
    sentence = f"Done after {epochs} epoch{'s' * (epochs != 1)}"
    if ends and epochs < planned:
        sentence = f"Done after {epochs} of {planned} epochs: {ends}"
    if best is not None:
        sentence += f". The weights of epoch {best}, the best, are kept"
    return f"{sentence}."


def fingerprint(part: PartPixels) -> str:
    """Stands for the list of images of a part, their names and labels in order."""
    known = hashlib.blake2b(digest_size=16)
    known.update("\0".join(part.keys).encode("utf-8", "surrogateescape"))
    known.update(part.labels.tobytes())
    return known.hexdigest()


def other_images(progress: Progress, part: PartPixels) -> str:
    """Notes the list of training images in `progress`; a sentence when it was another one."""
    was, many = progress.images, progress.images_count
    progress.images, progress.images_count = fingerprint(part), len(part)
    if not was or was == progress.images:
        return ""
    change = f"there were {many} training images, now there are {len(part)}"
    if many == len(part):
        change = f"some of the {many} training images are other ones or in other classes"
    return (
        f"The images changed since the checkpoint was written: {change}. The run goes on with "
        "those of now, and ends with other weights than without the break."
    )
