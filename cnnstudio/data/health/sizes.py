"""Findings about sizes and channels: tiny images, lost detail, colour beside grey, odd modes."""

from collections.abc import Iterator

import numpy as np

from cnnstudio.data.health.report import EditFix, HealthFinding
from cnnstudio.data.health.table import Table
from cnnstudio.data.health.words import counted, percent, verb
from cnnstudio.data.names import shown
from cnnstudio.data.resize import placement
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.patch import Change

TINY = 6.0
"""How many times smaller than the middle one, and than half the input, an image is tiny."""
SMALL_INPUT, SHRUNK = 48, 2.0
"""Input side, in pixels, below which shrinking by more than `SHRUNK` may lose what matters."""
CUT = 0.6
"""Share of an image that cropping must leave on average."""
GRAY, MIXED = 0.001, 0.05
"""Share of coloured pixels of a grey image; share of such images from which a set is mixed."""
_UNUSUAL = {
    "RGBA": "transparent parts, which show white",
    "LA": "transparent parts, which show white",
    "PA": "transparent parts, which show white",
    "CMYK": "printing colours, which are converted roughly",
}


def different_sizes(table: Table, dataset: Dataset) -> Iterator[HealthFinding]:
    """Images so much smaller than the others that they are enlarged into smears."""
    if not len(table.samples):
        return
    short = np.minimum(table.column("width"), table.column("height"))
    middle = float(np.median(short))
    tiny = (short < middle / TINY) & (short < min(dataset.image_size) / 2)
    count = int(tiny.sum())
    if not count or count > 0.1 * len(short):
        return
    keys = table.keys(tiny)
    sides = short[tiny]
    yield HealthFinding(
        kind="tiny",
        cause="",
        title="Some images are far smaller",
        sentence=f"{counted(count)} {verb(count, 'is', 'are')} far smaller than the others and "
        f"{verb(count, 'is', 'are')} enlarged into a smear.",
        severity="information",
        keys=keys,
        evidence=(
            *(
                f"“{shown(key)}”: {side:.0f} px on the short side."
                for key, side in zip(keys[:5], sides, strict=False)
            ),
            f"In the middle it is {middle:.0f} px.",
        ),
        edits=EditFix(excluded=keys),
        fix_label=f"Leave {verb(count, 'it', 'them')} out",
    )


def lost_detail(table: Table, dataset: Dataset) -> Iterator[HealthFinding]:
    """An input so small, or cropped so far, that little of the images is left."""
    if not len(table.samples):
        return
    short = np.minimum(table.column("width"), table.column("height"))
    side, native = min(dataset.image_size), float(np.median(short))
    shrinks = dataset.resize != "fixed_scale"
    if shrinks and side < SMALL_INPUT and native > SHRUNK * side:
        yield HealthFinding(
            kind="shrunk",
            cause="D10",
            title="The images are too small to see what matters",
            sentence=f"Images of {native:.0f} pixels are shrunk to {side}; what tells the classes "
            "apart may be gone.",
            severity="information",
            keys=table.keys(short > SHRUNK * side),
            evidence=(
                f"Short side: {native:.0f} px in the files, {side} px in training, "
                f"{percent((side / native) ** 2)} of the pixels.",
            ),
            changes=(Change(path="dataset.image_size", value=[64, 64]),),
            fix_label="Train on 64×64",
        )
    if dataset.resize not in ("crop", "fixed_scale"):
        return
    left = _left_by_cropping(table, dataset)
    if left.mean() < CUT:
        yield HealthFinding(
            kind="cropped",
            cause="D10",
            title="Cropping cuts much of the images away",
            sentence=f"On average only {percent(float(left.mean()))} of an image is left after "
            "cropping.",
            severity="information",
            keys=table.keys(left < CUT),
            evidence=(f"The worst keeps {percent(float(left.min()))}.",),
            changes=(Change(path="dataset.resize", value="pad"),),
            fix_label="Pad instead of cropping",
        )


def _left_by_cropping(
    table: Table, dataset: Dataset
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    sizes = np.stack([table.rows["height"], table.rows["width"]], axis=1)
    kinds, which = np.unique(sizes, axis=0, return_inverse=True)
    shares = np.zeros(len(kinds))
    fit = dataset.image_size, dataset.resize, dataset.scale
    for place, (height, width) in enumerate(kinds):
        part = placement(int(height), int(width), *fit).source
        shares[place] = part[2] * part[3] / (int(height) * int(width))
    left: np.ndarray[tuple[int], np.dtype[np.float64]] = shares[which.reshape(-1)]
    return left


def channels(table: Table, train: Table, dataset: Dataset) -> Iterator[HealthFinding]:
    """Colour that the training images do not have, or that only some of them have.

    `train` decides; what is listed comes from the whole `table`.
    """
    if not len(train.samples) or dataset.color != "rgb":
        return
    gray = train.column("colored") < GRAY
    share = float(gray.mean())
    if share < MIXED:
        return
    whole = bool(gray.all())
    listed = table.column("colored") < GRAY
    if not whole and share > 0.5:
        listed = ~listed
    count = int(gray.sum())
    yield HealthFinding(
        kind="gray" if whole else "mixed_color",
        cause="P10",
        title="The images have no colour" if whole else "Some images have colour, others have none",
        sentence="The images have no colour, but the network reads three equal channels."
        if whole
        else f"{count:,} of {counted(len(gray), 'training image')} {verb(count, 'is', 'are')} "
        "grey: the network could tell them apart by that.",
        severity="information",
        keys=table.keys(listed),
        evidence=_by_class(train, gray) if not whole else ("No training image has colour.",),
        changes=(Change(path="dataset.color", value="grayscale"),),
        fix_label="Read one channel" if whole else "Read all as grey",
    )


def _by_class(table: Table, gray: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[str, ...]:
    lines: list[str] = []
    for label, name in enumerate(table.class_names[:8]):
        of_class = table.labels == label
        if of_class.any():
            lines.append(f"“{name}”: {percent(float(gray[of_class].mean()))} grey.")
    return tuple(lines)


def modes(table: Table) -> Iterator[HealthFinding]:
    """A few files with transparency or printing colours among plain ones."""
    stored = np.array([str(mode, "ascii", "replace") for mode in table.rows["mode"].tolist()])
    unusual = np.isin(stored, list(_UNUSUAL))
    count = int(unusual.sum())
    if not count or count > 0.5 * len(unusual):
        return
    keys = table.keys(unusual)
    found = sorted(set(stored[unusual].tolist()))
    yield HealthFinding(
        kind="modes",
        cause="",
        title="Some files store their pixels in another way",
        sentence=f"{counted(count, 'file')} {verb(count, 'has', 'have')} another mode than the "
        "rest: look whether they come out right.",
        severity="information",
        keys=keys,
        evidence=tuple(
            f"{counted(int((stored == mode).sum()), 'file')} of mode {mode}: {_UNUSUAL[mode]}."
            for mode in found
        ),
    )
