"""Findings about single pictures that differ from the rest: dark, bright, blurred, very long.

A picture has to be bad in itself and far from the others of the set, so that a set of night
sky, white ground or soft focus is not blamed for what it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.health.report import EditFix, HealthFinding
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import counted, verb
from cnnstudio.data.names import shown
from cnnstudio.spec.patch import Change

BLACK, WHITE = 40.0, 215.0
"""Grey levels that two standard deviations above, or below, the mean do not pass."""
FAR = 4.0
"""How many times darker, or closer to white, than the middle one an image must be."""
SOFT, SOFT_FACTOR = 0.6, 3.0
"""Sharpness below which a picture has no edge, and how far below the middle one that must be."""
MEASURABLE = 64
"""Pixels of the short side from which blur can be told from smallness."""
LONG, LONG_FACTOR = 3.0, 2.0
"""Long side by short side, and how far above the 95th percentile, that is odd."""
_COMMON, _FEWEST = 0.1, 20
_BLANK = 2.0


@dataclass(frozen=True, slots=True)
class _Words:
    kind: str
    title: str
    one: str
    many: str
    unit: str


def dark_or_bright(table: Table) -> Iterator[HealthFinding]:
    """Images that are nearly black or nearly white among others that are not."""
    mean, spread = table.column("mean"), table.column("spread")
    if not len(mean):
        return
    middle = float(np.median(mean))
    shows = spread >= _BLANK
    dark = shows & (mean + 2 * spread < BLACK) & (mean < middle / FAR)
    words = _Words("dark", "Some images are nearly black", "is", "are", "mean grey level {:.0f}")
    yield from _outliers(table, dark, mean, words, "nearly black, although the others are not")
    bright = shows & (mean - 2 * spread > WHITE) & (255 - mean < (255 - middle) / FAR)
    words = _Words("bright", "Some images are nearly white", "is", "are", "mean grey level {:.0f}")
    yield from _outliers(table, bright, mean, words, "nearly white, although the others are not")


def blurry(table: Table) -> Iterator[HealthFinding]:
    """Images without any sharp edge among sharp ones."""
    sharpness = table.column("sharpness")
    short = np.minimum(table.column("width"), table.column("height"))
    judged = (short >= MEASURABLE) & (table.column("spread") >= 2 * _BLANK)
    if judged.sum() < _FEWEST:
        return
    middle = float(np.median(sharpness[judged]))
    soft = judged & (sharpness < SOFT) & (sharpness < middle / SOFT_FACTOR)
    words = _Words("blurry", "Some images are blurred", "has", "have", "sharpness {:.2f}")
    yield from _outliers(
        table,
        soft,
        sharpness,
        words,
        "no sharp edge",
        f"In the middle, sharpness is {middle:.2f}.",
    )


def odd_aspect(table: Table, how: str) -> Iterator[HealthFinding]:
    """Images far longer than the others, which resizing by stretching distorts."""
    if not len(table.samples):
        return
    width, height = table.column("width"), table.column("height")
    aspect = np.maximum(width, height) / np.maximum(1.0, np.minimum(width, height))
    odd = (aspect > LONG) & (aspect > LONG_FACTOR * float(np.percentile(aspect, 90)))
    words = _Words("odd_aspect", "Some images are very long", "is", "are", "{:.1f} to 1")
    # A setting follows the training images; an odd one elsewhere can only be left out.
    trained = np.array([sample.split == "train" for sample in table.samples])
    stretched = how == "stretch" and bool((odd & trained).any())
    changes = (Change(path="dataset.resize", value="pad"),) if stretched else ()
    what = "far longer than the others" + (", and stretching distorts " if changes else "")
    if changes:
        what += verb(int(odd.sum()), "it", "them")
    for finding in _outliers(table, odd, aspect, words, what):
        if not changes:
            yield finding
            continue
        yield HealthFinding(
            kind=finding.kind,
            cause=finding.cause,
            title=finding.title,
            sentence=finding.sentence,
            severity=finding.severity,
            keys=finding.keys,
            evidence=finding.evidence,
            changes=changes,
            fix_label="Pad instead of stretching",
        )


def _outliers(
    table: Table,
    where: NDArray[np.bool_],
    values: NDArray[Any],
    words: _Words,
    what: str,
    more: str = "",
) -> Iterator[HealthFinding]:
    count = int(where.sum())
    # What a tenth of the images have is a trait of the set.
    if not count or count > max(1, _COMMON * len(where)):
        return
    at = np.flatnonzero(where)
    keys = table.keys(at)
    yield HealthFinding(
        kind=words.kind,
        cause="",
        title=words.title,
        sentence=f"{counted(count)} {verb(count, words.one, words.many)} {what}.",
        severity="information",
        keys=keys,
        evidence=(
            *(
                f"“{shown(key)}”: {words.unit.format(float(values[i]))}."
                for key, i in zip(keys[:5], at, strict=False)
            ),
            *((more,) if more else ()),
        ),
        edits=EditFix(excluded=keys),
        fix_label=f"Leave {verb(count, 'it', 'them')} out",
    )
