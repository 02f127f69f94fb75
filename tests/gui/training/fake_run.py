"""Scripted runs: the events that a real run would write, from a few numbers and a seed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cnnstudio.runs.events import (
    BatchEnded,
    CheckpointSaved,
    EpochEnded,
    Event,
    RunFinished,
    RunStarted,
    Scores,
)
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.defaults import propose
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.schedules import CosineDecay
from cnnstudio.spec.sources import ClassFolders

RATE = 0.001
NAMES = ("bird", "car", "cat", "deer", "dog", "frog", "horse", "plane", "ship", "truck")


def facts() -> DatasetFacts:
    """Ten classes of 211 training images: 66 batches of 32 an epoch."""
    counts = dict.fromkeys(NAMES, 211)
    some = dict.fromkeys(NAMES, 45)
    return DatasetFacts(
        class_names=NAMES,
        counts={"train": counts, "validation": some, "test": some},
        median_short_side=64,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=False,
    )


def experiment() -> Experiment:
    """What is proposed for those images."""
    return propose("pets baseline", ClassFolders(path="/images"), facts())


def followed(epochs: int = 20) -> Experiment:
    """The experiment whose plan the scripted runs of so many epochs follow."""
    training = experiment().training
    optimizer = training.optimizer.with_fields(
        learning_rate=CosineDecay(initial_learning_rate=RATE, alpha=0.0)
    )
    training = training.model_copy(update={"epochs": epochs, "optimizer": optimizer})
    return experiment().model_copy(update={"training": training})


def started(
    epochs: int = 20, steps_per_epoch: int = 66, classes: int = 10, majority: float = 0.1
) -> RunStarted:
    """The first event of a run of that length."""
    return RunStarted(
        time=1_000.0,
        name="pets baseline",
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        batch_size=32,
        training_images=steps_per_epoch * 32,
        validation_images=450,
        test_images=450,
        class_names=NAMES[:classes],
        majority_share=majority,
        device="CPU",
        device_note="No graphics card was found.",
        parameters=97_442,
    )


def events(
    begin: RunStarted, until: int, learns: bool = True, penalty: float = 0.0, seed: int = 0
) -> Iterator[Event]:
    """Everything up to the epoch `until`, without the last word."""
    yield begin
    dice = np.random.default_rng(seed)
    classes = len(begin.class_names)
    guess, total = 1 / classes, begin.epochs * begin.steps_per_epoch
    for step in range(1, until * begin.steps_per_epoch + 1):
        epoch = (step - 1) // begin.steps_per_epoch + 1
        known = (1 - math.exp(-4 * step / total)) * (0.9 if learns else 0.0)
        accuracy = guess + (1 - guess) * known
        rate = RATE * (0.5 + 0.5 * math.cos(math.pi * (step - 1) / total))
        part = penalty * math.exp(-step / total)
        loss = math.log(classes) * (1 - known) + part
        yield BatchEnded(
            time=1_000.0 + step * 0.15,
            epoch=epoch,
            step=step,
            loss=loss * float(dice.normal(1, 0.06)),
            accuracy=float(dice.binomial(32, accuracy)) / 32,
            penalty=part,
            learning_rate=rate,
        )
        if step % begin.steps_per_epoch:
            continue
        valid = max(guess, accuracy - 0.06 - 0.002 * epoch)
        yield EpochEnded(
            time=1_000.0 + step * 0.15,
            epoch=epoch,
            step=step,
            seconds=10.0,
            images_per_second=212.0,
            training=Scores(loss=loss, accuracy=accuracy),
            validation=Scores(loss=loss * 1.15, accuracy=valid),
            clean_training=Scores(loss=loss * 0.9, accuracy=min(accuracy + 0.04 * learns, 1.0)),
            penalty=part,
            learning_rate=rate,
            confusion=confusion(classes, valid, 45, seed + epoch),
        )
        yield CheckpointSaved(epoch=epoch, step=step, file=f"checkpoints/{epoch}.npz", best=True)


def confusion(classes: int, accuracy: float, each: int, seed: int) -> tuple[tuple[int, ...], ...]:
    """A table of so many validation images of each class, right as often as `accuracy` says."""
    dice = np.random.default_rng(seed)
    rows = []
    for true in range(classes):
        weights = dice.random(classes) ** 3 * (1 - accuracy)
        weights[true] = 0
        weights *= (1 - accuracy) / max(float(weights.sum()), 1e-9)
        weights[true] = accuracy
        rows.append(tuple(int(n) for n in dice.multinomial(each, weights / weights.sum())))
    return tuple(rows)


def finished(epochs: int, best: int | None = None) -> RunFinished:
    """The last word of a run that went well."""
    return RunFinished(reason="completed", sentence="Done.", epochs=epochs, best_epoch=best)


def history(until: int, end: bool = False, **settings: float | bool) -> RunHistory:
    """A run up to the epoch `until`; `settings` go to `events`."""
    folded = RunHistory()
    begin = started(int(settings.pop("epochs", 20)), classes=int(settings.pop("classes", 10)))
    for event in events(begin, until, **settings):  # type: ignore[arg-type]
        folded.add(event)
    if end:
        folded.add(finished(until, until))
    return folded
