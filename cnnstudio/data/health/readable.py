"""Findings about single files: those that cannot be read, and those that show nothing."""

from collections.abc import Iterator

import numpy as np

from cnnstudio.data.health.report import EditFix, HealthFinding
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import counted, percent, verb
from cnnstudio.data.names import shown

CONSTANT = 2.0
"""Spread of grey levels, 0..127, below which an image is blank."""
_MANY = 0.05


def unreadable(table: Table) -> Iterator[HealthFinding]:
    """Files that are no image, are damaged, or hold what cannot be used; cut ones apart."""
    cut = {key: why for key, why in table.unreadable.items() if "cut short" in why}
    other = {key: why for key, why in table.unreadable.items() if key not in cut}
    files = max(1, len(table.samples) + len(table.unreadable))
    for kind, title, bad, one, many in (
        ("unreadable", "Some files cannot be read", other, "cannot be read", "cannot be read"),
        ("truncated", "Some files are cut short", cut, "is cut short", "are cut short"),
    ):
        if bad:
            yield HealthFinding(
                kind=kind,
                cause="D6",
                title=title,
                sentence=f"{counted(len(bad), 'file')} {verb(len(bad), one, many)}; a run skips "
                f"{verb(len(bad), 'it', 'them')}.",
                severity="warning" if len(bad) / files > _MANY else "information",
                keys=tuple(bad),
                evidence=(
                    *(f"“{shown(key)}” {why}." for key, why in list(bad.items())[:5]),
                    f"That is {percent(len(bad) / files)} of all files.",
                ),
                edits=EditFix(excluded=tuple(bad)),
                fix_label=f"Leave {verb(len(bad), 'it', 'them')} out for good",
            )


def blank(table: Table) -> Iterator[HealthFinding]:
    """Images of one even colour, unless that is what their class consists of."""
    even = table.column("spread") < CONSTANT
    for label in np.unique(table.labels[even]):
        of_class = table.labels == label
        if even[of_class].mean() > 0.5:
            even &= ~of_class
    count = int(even.sum())
    if count:
        keys = table.keys(even)
        levels = table.column("mean")[even]
        yield HealthFinding(
            kind="blank",
            cause="D6",
            title="Some images are blank",
            sentence=f"{counted(count)} {verb(count, 'shows', 'show')} nothing but one colour.",
            severity="warning",
            keys=keys,
            evidence=tuple(
                f"“{shown(key)}”: grey level {level:.0f} everywhere."
                for key, level in zip(keys[:5], levels, strict=False)
            ),
            edits=EditFix(excluded=keys),
            fix_label="Leave them out",
        )
