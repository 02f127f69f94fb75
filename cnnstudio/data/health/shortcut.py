"""Whether something that is not the picture gives the class away: size, brightness, format.

One feature at a time, cut into at most 32 bins, predicts the class by the most frequent one of its
bin, learned on four fifths of the images and tried on the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.health.report import HealthFinding, Severity
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import named, percent
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.patch import Change

BINS, FOLDS = 32, 5
TITLES = {
    "size": "The size gives the class away",
    "format": "The file format gives the class away",
    "brightness": "The brightness gives the class away",
}
NOISE = 3.0
"""Standard deviations above the majority from which the gain is no chance."""
GAIN = {"size": 0.3, "format": 0.3, "brightness": 0.5}
"""Share of what the majority leaves that must be gained; brightness often belongs to the class."""
ALONE = 0.9
"""Precision and recall from which a feature picks a single class out."""
FEWEST = 40
MODE, SHAPE = "the colour mode of the file", "the shape, width by height,"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a feature predicts for images that it was not learned on: labels int64[n]."""

    answers: NDArray[np.int64]
    accuracy: float
    majority: float
    noise: float

    @property
    def gain(self) -> float:
        """The share of what the majority leaves that is gained."""
        return (self.accuracy - self.majority) / max(1e-9, 1.0 - self.majority)


def shortcuts(table: Table, dataset: Dataset) -> Iterator[HealthFinding]:
    """The strongest feature of each kind that tells the classes, or one class, apart.

    `table` holds training images alone: the others have to judge whether it was a shortcut.
    """
    classes = len(table.class_names)
    if len(table.samples) < max(FEWEST, 4 * classes) or classes < 2:
        return
    for kind, features in _features(table).items():
        tried = [(name, predict(values, table.labels, classes)) for name, values in features]
        name, best = max(tried, key=lambda one: one[1].accuracy)
        if best.accuracy - best.majority <= NOISE * best.noise:
            continue
        alone = _alone(best.answers, table.labels, classes) if kind != "brightness" else []
        if best.gain >= GAIN[kind] or alone:
            yield _finding(table, kind, name, best, alone, _mended(table, kind, name, dataset))


def predict(values: NDArray[Any], labels: NDArray[np.int64], classes: int) -> Prediction:
    """Cross-validated answers of one feature (numbers or text), `values[n]` for `labels[n]`.

    Labels lie from 0 to `classes` − 1.
    """
    bins = _bins(values)
    count = int(bins.max()) + 1
    # Images follow each other by class and name; dealing them in turn gives every fold of both.
    folds = np.zeros(len(labels), dtype=np.int64)
    folds[np.lexsort((np.arange(len(labels)) * 7919 % 104729, labels))] = (
        np.arange(len(labels)) % FOLDS
    )
    table = np.zeros((FOLDS, count, classes))
    np.add.at(table, (folds, bins, labels), 1)
    others = table.sum(axis=0) - table
    overall = others.sum(axis=1)
    # A bin that the other folds never saw answers with their largest class.
    answer = np.where(
        others.sum(axis=2) > 0, others.argmax(axis=2), overall.argmax(axis=1)[:, np.newaxis]
    )
    answers = answer[folds, bins]
    accuracy = float(np.mean(answers == labels))
    majority = float(np.bincount(labels, minlength=classes).max() / len(labels))
    noise = float(np.sqrt(max(accuracy * (1 - accuracy), 1 / len(labels)) / len(labels)))
    return Prediction(answers, accuracy, majority, noise)


def _bins(values: NDArray[Any]) -> NDArray[np.int64]:
    kinds, which = np.unique(values, return_inverse=True)
    if len(kinds) <= BINS or values.dtype.kind not in "if":
        return which.astype(np.int64)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def _features(table: Table) -> dict[str, list[tuple[str, NDArray[Any]]]]:
    width, height = table.column("width"), table.column("height")
    return {
        "size": [
            ("the width", width),
            ("the height", height),
            (SHAPE, width / np.maximum(1, height)),
        ],
        "format": [
            ("the file format", table.rows["format"]),
            (MODE, table.rows["mode"]),
        ],
        "brightness": [("the mean brightness", table.column("mean"))],
    }


def _alone(answers: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> list[int]:
    """Classes that the answers find nearly always, and nearly only there."""
    confusion = np.zeros((classes, classes))
    np.add.at(confusion, (labels, answers), 1)
    right = np.diag(confusion)
    recall = right / np.maximum(1, confusion.sum(axis=1))
    precision = right / np.maximum(1, confusion.sum(axis=0))
    good = (recall >= ALONE) & (precision >= ALONE) & (right >= FEWEST / 2)
    return [int(label) for label in np.flatnonzero(good)]


def _mended(table: Table, kind: str, name: str, dataset: Dataset) -> tuple[tuple[Change, ...], str]:
    """The change that takes a shortcut away, with its words; empty where no setting does."""
    if name == MODE and dataset.color == "rgb":
        gray = np.isin(table.rows["mode"], [b"L", b"1", b"LA", b"I", b"I;16", b"F"])
        if gray.any() and not gray.all():
            return (Change(path="dataset.color", value="grayscale"),), "Read all as grey"
    if name == SHAPE and dataset.resize != "crop":
        # Stretching bends each class in its own way, padding leaves its edges.
        return (Change(path="dataset.resize", value="crop"),), "Crop all to one shape"
    return (), ""


def _finding(
    table: Table,
    kind: str,
    name: str,
    best: Prediction,
    alone: list[int],
    fix: tuple[tuple[Change, ...], str],
) -> HealthFinding:
    severity: Severity = "information" if kind == "brightness" else "warning"
    whole = best.gain >= GAIN[kind]
    names = [table.class_names[label] for label in alone]
    if whole:
        sentence = (
            f"{name.capitalize()} alone tells the class in {percent(best.accuracy)} of the "
            "training images; the network may learn that instead of what they show."
        )
        keys = table.keys(best.answers == table.labels)
    else:
        sentence = (
            f"{name.capitalize()} alone picks out {named(names)}; the network may learn that "
            "instead of what the images show."
        )
        keys = table.keys(np.isin(table.labels, alone))
    return HealthFinding(
        kind=f"shortcut_{kind}",
        cause="",
        title=TITLES[kind],
        sentence=sentence,
        severity=severity,
        keys=keys,
        evidence=(
            f"Always answering the largest class is right for {percent(best.majority)}, "
            f"{name} for {percent(best.accuracy)} ± {percent(best.noise)}, on images that it was "
            "not learned from.",
            *_values(table, kind),
        ),
        changes=fix[0],
        fix_label=fix[1],
    )


def _values(table: Table, kind: str) -> Iterator[str]:
    for label, name in enumerate(table.class_names[:6]):
        rows = table.rows[table.labels == label]
        if not len(rows):
            continue
        if kind == "format":
            forms = sorted(
                {
                    str(a + b" " + b, "ascii", "replace")
                    for a, b in rows[["format", "mode"]].tolist()
                }
            )
            yield f"“{name}”: {', '.join(forms[:4])}."
        elif kind == "size":
            yield (
                f"“{name}”: {np.median(rows['width']):.0f}×{np.median(rows['height']):.0f} px in "
                "the middle."
            )
        else:
            yield f"“{name}”: mean grey level {np.median(rows['mean']):.0f} in the middle."
