"""The whole check: measure, look for the same pictures, then every finding, worst first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.facts import counts
from cnnstudio.data.health import (
    appearance,
    classes,
    duplicates,
    readable,
    shortcut,
    sizes,
    twins,
)
from cnnstudio.data.health.measure import measure, unmeasured
from cnnstudio.data.health.report import HealthFinding, HealthReport, Severity
from cnnstudio.data.health.table import Measurements, Table, table_of
from cnnstudio.data.index import ImageIndex
from cnnstudio.data.stopping import Progress, Stop
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.facts import DatasetFacts, Unreadable

MOST_NEW = 0.05
"""Share of the images that may be measured without asking: unreadable ones are never known."""
ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "information": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """All images of a source, measured and compared; no edit of the experiment changes it.

    `equal` and `near` are pairs of positions among the measured images, int64[m, 2].
    """

    measured: Measurements
    equal: NDArray[np.int64]
    near: NDArray[np.int64]


def examine(
    source: str,
    index: ImageIndex,
    progress: Progress | None = None,
    stop: Stop | None = None,
    threads: int | None = None,
) -> Examined:
    """Measure and compare the images of `index`, excluded ones too, so that an undo costs nothing.

    `threads` decode, by default one for each core.

    Raises:
        Stopped: `stop` returned true.
    """
    samples = (*index.samples, *index.excluded)
    measured = measure(source, samples, progress, stop, threads)
    files = {sample.key: sample for sample in samples}
    places = [files[key] for key in measured.keys]
    return Examined(
        measured,
        twins.equal_files(measured.rows),
        twins.near_pairs(measured.rows, places, stop),
    )


def known(source: str, index: ImageIndex, stop: Stop | None = None) -> Examined | None:
    """What an earlier check measured, if it knows nearly all images as they are now; else None.

    Raises:
        Stopped: `stop` returned true.
    """
    samples = (*index.samples, *index.excluded)
    fresh = unmeasured(source, samples)
    if len(fresh) > MOST_NEW * len(samples):
        return None
    return examine(source, index, stop=stop)


def report(experiment: Experiment, index: ImageIndex, examined: Examined) -> HealthReport:
    """The findings of examined images as the experiment now labels and splits them; opens no file.

    Excluded images are left out of everything.
    """
    table = table_of(examined.measured, index)
    places = {sample.key: place for place, sample in enumerate(table.samples)}
    at = np.array([places.get(key, -1) for key in examined.measured.keys], dtype=np.int64)
    equal, near = (_present(pairs, at) for pairs in (examined.equal, examined.near))
    found = sorted(
        _findings(experiment, index, table, equal, near), key=lambda one: ORDER[one.severity]
    )
    return HealthReport(tuple(found), len(table.samples))


def check(
    experiment: Experiment,
    index: ImageIndex,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> HealthReport:
    """`examine` and `report` in one."""
    examined = examine(experiment.dataset.source.path, index, progress, stop)
    return report(experiment, index, examined)


def _findings(
    experiment: Experiment,
    index: ImageIndex,
    table: Table,
    equal: NDArray[np.int64],
    near: NDArray[np.int64],
) -> Iterator[HealthFinding]:
    dataset = experiment.dataset
    facts = _facts(index, table)
    # What is said about the classes, or changes a setting, may not come from images that judge.
    train = table.only("train")
    yield from classes.wrong_level(table, index.own_split)
    yield from duplicates.duplicates(table, equal, near, index.own_split)
    yield from shortcut.shortcuts(train, dataset)
    yield from readable.unreadable(table)
    yield from readable.blank(table)
    yield from classes.stray(table, facts)
    yield from classes.imbalance(table, facts, experiment.training.class_weights != "none")
    yield from classes.unseen(table, facts)
    yield from classes.near_empty(table, facts)
    yield from sizes.channels(table, train, dataset)
    yield from sizes.lost_detail(train, dataset)
    yield from sizes.different_sizes(table, dataset)
    yield from sizes.modes(table)
    yield from appearance.dark_or_bright(table)
    yield from appearance.blurry(table)
    yield from appearance.odd_aspect(table, dataset.resize)


def _facts(index: ImageIndex, table: Table) -> DatasetFacts:
    """The counts that the class findings need, without what cannot be read."""
    short = np.minimum(table.rows["height"], table.rows["width"])
    return DatasetFacts(
        class_names=index.class_names,
        counts=counts(index, set(table.unreadable)),
        median_short_side=round(float(np.median(short))) if len(short) else 0,
        aspect_p10=1.0,
        aspect_p90=1.0,
        gray=False,
        own_split=index.own_split,
        unreadable=tuple(Unreadable(key=k, reason=why) for k, why in table.unreadable.items()),
    )


def _present(pairs: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of positions among all images as pairs among those that are left."""
    there = at[pairs]
    present: NDArray[np.int64] = there[(there >= 0).all(axis=1)]
    return present
