"""Findings about the classes: uneven, stray, small, missing from a split, at the wrong level."""

from collections.abc import Iterator, Sequence

import numpy as np

from cnnstudio.data.health.report import EditFix, HealthFinding
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import counted, named, percent, verb
from cnnstudio.spec.facts import DatasetFacts
from cnnstudio.spec.patch import Change

UNEVEN, VERY_UNEVEN = 3.0, 10.0
"""Largest class divided by smallest from which classes are uneven, and very much so."""
FEW = 30
"""Training images below which a class can be learned by heart."""
STRAY, ORDINARY = 5, 50
"""A class of at most `STRAY` images is a stray where half of the classes have `ORDINARY`."""
_PARTS = frozenset(
    {"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval"}
)


def strays(facts: DatasetFacts) -> tuple[str, ...]:
    """Classes of a handful of images beside large ones."""
    counts = {name: facts.class_count(name) for name in facts.class_names}
    middle = sorted(counts.values())[len(counts) // 2] if counts else 0
    return tuple(name for name, count in counts.items() if count <= STRAY and middle >= ORDINARY)


def few(facts: DatasetFacts) -> dict[str, int]:
    """Training images of the classes that have few, strays apart."""
    train = facts.counts.get("train", {})
    apart = strays(facts)
    return {
        name: train[name]
        for name in facts.class_names
        if 0 < train.get(name, 0) < FEW and name not in apart
    }


def missing(facts: DatasetFacts) -> tuple[str, ...]:
    """Classes that validation never shows, strays apart."""
    if facts.images("validation") == 0:
        return ()
    apart = strays(facts)
    names = [name for name in facts.class_names if name not in apart]
    return tuple(name for name in names if not facts.counts["validation"].get(name))


def imbalance(table: Table, facts: DatasetFacts, balanced: bool) -> Iterator[HealthFinding]:
    """Uneven classes, unless they are `balanced` by their weights already."""
    train = {n: facts.counts["train"].get(n, 0) for n in facts.class_names}
    apart = strays(facts)
    train = {name: count for name, count in train.items() if count and name not in apart}
    if balanced or len(train) < 2:
        return
    largest, smallest = max(train, key=train.__getitem__), min(train, key=train.__getitem__)
    ratio = train[largest] / train[smallest]
    if ratio < UNEVEN:
        return
    yield HealthFinding(
        kind="imbalance",
        cause="D4",
        title="The classes are uneven",
        sentence=f"“{largest}” has {ratio:.1f} times as many training images as “{smallest}”.",
        severity="warning" if ratio >= VERY_UNEVEN else "information",
        keys=_of(table, [smallest]),
        evidence=(
            f"Training images: “{largest}” {train[largest]:,}, “{smallest}” {train[smallest]:,}.",
            f"Always answering “{largest}” is right {percent(facts.majority('train'))} "
            "of the time.",
        ),
        changes=(Change(path="training.class_weights", value="balanced"),),
        fix_label="Use balanced class weights",
    )


def stray(table: Table, facts: DatasetFacts) -> Iterator[HealthFinding]:
    """Classes that look like leftovers."""
    names = strays(facts)
    if names:
        keys = _of(table, names)
        yield HealthFinding(
            kind="stray",
            cause="D5",
            title="A class looks as if it were none",
            sentence=f"{named(names)} {verb(len(names), 'has', 'have')} hardly any images: "
            f"{verb(len(names), 'is it a class', 'are they classes')}?",
            severity="warning",
            keys=keys,
            evidence=tuple(
                f"“{name}” has {counted(facts.class_count(name))}." for name in names[:5]
            ),
            edits=EditFix(excluded=keys) if keys else None,
            fix_label=f"Leave the {verb(len(names), 'class', 'classes')} out" if keys else "",
        )


def near_empty(table: Table, facts: DatasetFacts) -> Iterator[HealthFinding]:
    """Classes that can be learned by heart."""
    names = few(facts)
    if names:
        smallest = min(names, key=names.__getitem__)
        yield HealthFinding(
            kind="few",
            cause="D8",
            title="There are few images",
            sentence=f"{named(list(names))} {verb(len(names), 'has', 'have')} under {FEW} images "
            "to train on.",
            severity="warning" if names[smallest] < 10 else "information",
            keys=_of(table, list(names)),
            evidence=(f"“{smallest}” has {counted(names[smallest], 'training image')}.",),
        )


def unseen(table: Table, facts: DatasetFacts) -> Iterator[HealthFinding]:
    """Classes that validation never shows."""
    names = missing(facts)
    if names:
        yield HealthFinding(
            kind="unseen",
            cause="D9",
            title="The split does not represent the classes",
            sentence=f"Validation has no image of {named(names)}.",
            severity="warning",
            keys=_of(table, names),
            evidence=(
                f"{len(names)} of {len(facts.class_names)} classes are missing among "
                f"{counted(facts.images('validation'), 'validation image')}.",
            ),
        )


def wrong_level(table: Table, own_split: bool) -> Iterator[HealthFinding]:
    """Folders taken for classes that hold the classes, by their names or what lies in them."""
    parts = [name for name in table.class_names if name.lower() in _PARTS]
    if parts and not own_split:
        yield _level(
            f"{named(parts)} {verb(len(parts), 'is', 'are')} taken for "
            f"{verb(len(parts), 'a class', 'classes')}, but {verb(len(parts), 'sounds', 'sound')} "
            "like a part of the split: choose another level of the folder.",
            _of(table, parts),
            f"The classes are {named(table.class_names)}.",
        )
        return
    inner = _inner(table, 1 + own_split)
    if inner:
        yield _level(
            f"Every class folder holds the folders {named(inner)}: are those the classes?",
            (),
            f"The classes are {named(table.class_names)}, by the upper folders.",
        )


def _inner(table: Table, depth: int) -> tuple[str, ...]:
    """Names of the folders right inside the class folders, where all classes have the same."""
    found: dict[int, set[str]] = {}
    for sample in table.samples:
        folders = sample.key.split("/")[depth:-1]
        if not folders:
            return ()
        found.setdefault(sample.label, set()).add(folders[0])
    names = list(found.values())
    if len(names) < 2 or len(names[0]) < 2 or any(one != names[0] for one in names[1:]):
        return ()
    return tuple(sorted(names[0]))


def _level(sentence: str, keys: tuple[str, ...], evidence: str) -> HealthFinding:
    return HealthFinding(
        kind="wrong_level",
        cause="D5",
        title="The folder may be the wrong level",
        sentence=sentence,
        severity="warning",
        keys=keys,
        evidence=(evidence,),
    )


def _of(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    wanted = [table.class_names.index(name) for name in names if name in table.class_names]
    return table.keys(np.isin(table.labels, wanted))
