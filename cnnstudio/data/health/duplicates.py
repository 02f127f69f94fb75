"""Findings about the same picture in several places: classes, splits, or one class."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.health.hamming import groups
from cnnstudio.data.health.report import EditFix, HealthFinding
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import counted, named, percent
from cnnstudio.data.names import shown
from cnnstudio.spec.facts import SplitName

_JUDGES: tuple[SplitName, ...] = ("test", "validation", "train")
_MANY_LEAKS = 0.01


@dataclass(frozen=True, slots=True)
class _Group:
    """Positions of images of one picture; `exact` says that all files are equal."""

    at: tuple[int, ...]
    exact: bool


def duplicates(
    table: Table, equal: NDArray[np.int64], near: NDArray[np.int64], own_split: bool
) -> Iterator[HealthFinding]:
    """Conflicting labels, leaks between splits, then copies within a class; each group once.

    `equal` and `near` are pairs of positions; `own_split` says that the folders themselves deal
    the images out, so that a copy can only be left out, not moved.
    """
    conflicting: list[_Group] = []
    leaking: list[_Group] = []
    copies: list[_Group] = []
    similar: list[_Group] = []
    for group in _groups(table, equal, near):
        labels = {int(table.labels[i]) for i in group.at}
        splits = {table.samples[i].split for i in group.at}
        if len(labels) > 1:
            conflicting.append(group)
        elif len(splits) > 1:
            leaking.append(group)
        elif group.exact:
            copies.append(group)
        else:
            similar.append(group)
    if conflicting:
        yield _conflict(table, conflicting)
    # A group that moves may push others apart, so that one fix has to hold all of them together.
    together = EditFix(groups=_names(table, [*leaking, *copies, *similar]))
    if leaking:
        apart = EditFix(excluded=_beside_the_judge(table, leaking)) if own_split else None
        yield _leak(table, leaking, apart or together)
    if copies:
        yield _copies(table, copies)
    if similar:
        yield _similar(table, similar, together)


def _groups(table: Table, equal: NDArray[np.int64], near: NDArray[np.int64]) -> list[_Group]:
    count = len(table.samples)
    root = groups(np.concatenate([equal, near]), count)
    alone = np.bincount(root, minlength=count) < 2
    members = np.flatnonzero(~alone[root])
    members = members[np.argsort(root[members], kind="stable")]
    exact = groups(equal, count)
    found: list[_Group] = []
    for part in np.split(members, np.flatnonzero(np.diff(root[members])) + 1):
        if len(part):
            found.append(_Group(tuple(map(int, part)), len(set(exact[part].tolist())) == 1))
    return found


def _conflict(table: Table, found: list[_Group]) -> HealthFinding:
    keys = _keys(table, found)
    return HealthFinding(
        kind="conflicting",
        cause="D7",
        title="The same picture has different labels",
        sentence=f"{counted(len(found), 'picture')} {_lies(found)} in several classes, "
        f"in {counted(len(keys))} altogether.",
        severity="warning",
        keys=keys,
        evidence=tuple(
            f"{_alike(table, group)}, in "
            f"{named(sorted({table.class_names[table.labels[i]] for i in group.at}))}."
            for group in found[:5]
        ),
        edits=EditFix(excluded=keys),
        fix_label="Leave all of them out",
    )


def _leak(table: Table, found: list[_Group], fix: EditFix) -> HealthFinding:
    keys = _keys(table, found)
    held = sum(sample.split != "train" for sample in table.samples)
    leaks = sum(
        table.samples[i].split != "train"
        for group in found
        if any(table.samples[i].split == "train" for i in group.at)
        for i in group.at
    )
    return HealthFinding(
        kind="leaking",
        cause="M4",
        title="The same picture lies in several splits",
        sentence=f"{counted(len(found), 'picture')} {_lies(found)} in more than one of training, "
        "validation and test, so results look better than they are.",
        severity="warning" if leaks > _MANY_LEAKS * held else "information",
        keys=keys,
        evidence=(
            *(f"{_alike(table, group)}, in {_splits(table, group)}." for group in found[:5]),
            f"{percent(leaks / max(1, held))} of the validation and test images are seen in "
            "training.",
        ),
        edits=fix,
        fix_label="Leave the copies out" if fix.excluded else "Keep each picture in one split",
    )


def _copies(table: Table, found: list[_Group]) -> HealthFinding:
    extra = tuple(table.samples[i].key for group in found for i in group.at[1:])
    return HealthFinding(
        kind="copies",
        cause="",
        title="Some files are copies",
        sentence=f"{counted(len(extra), 'file')} repeat{'s' * (len(extra) == 1)} another of the "
        "same class, byte for byte, and so count twice.",
        severity="information",
        keys=_keys(table, found),
        evidence=tuple(f"{_alike(table, group)}." for group in found[:5]),
        edits=EditFix(excluded=extra),
        fix_label="Keep one of each",
    )


def _similar(table: Table, found: list[_Group], fix: EditFix) -> HealthFinding:
    return HealthFinding(
        kind="similar",
        cause="",
        title="Some pictures are nearly the same",
        sentence=f"{counted(len(found), 'picture')} of a class {_lies(found)} in several versions; "
        "another split could part them.",
        severity="information",
        keys=_keys(table, found),
        evidence=tuple(f"{_alike(table, group)}." for group in found[:5]),
        edits=fix,
        fix_label="Keep each picture in one split",
    )


def _keys(table: Table, found: list[_Group]) -> tuple[str, ...]:
    return tuple(table.samples[i].key for group in found for i in group.at)


def _names(table: Table, found: list[_Group]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (
            f"like {shown(table.samples[group.at[0]].key)}",
            tuple(table.samples[i].key for i in group.at),
        )
        for group in found
    )


def _beside_the_judge(table: Table, found: list[_Group]) -> tuple[str, ...]:
    """Of each group the images outside the split that judges latest, which loses none."""
    out: list[str] = []
    for group in found:
        splits = {table.samples[i].split for i in group.at}
        kept = next(split for split in _JUDGES if split in splits)
        out += [table.samples[i].key for i in group.at if table.samples[i].split != kept]
    return tuple(out)


def _splits(table: Table, group: _Group) -> str:
    names = {"train": "training", "validation": "validation", "test": "test"}
    found = {table.samples[i].split for i in group.at}
    return " and ".join(names[split] for split in reversed(_JUDGES) if split in found)


def _alike(table: Table, group: _Group) -> str:
    names = named([shown(table.samples[i].key) for i in group.at], most=3)
    return f"{names} are {'equal files' if group.exact else 'nearly the same'}"


def _lies(found: list[_Group]) -> str:
    return "lies" if len(found) == 1 else "lie"
