"""A chart's numbers as a table: one row for each place of the axis, one column for each line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cnnstudio.gui.plots.band import Band

Floats = NDArray[np.float64]


def columns(bands: Iterable[Band]) -> dict[str, tuple[Floats, Floats]]:
    """Places and values of every line that has numbers, by names such as `accuracy validation`."""
    found: dict[str, tuple[Floats, Floats]] = {}
    for band in bands:
        for key, line in band.lines.items():
            if not len(line.x):
                continue
            words = band.name_of(line.title or key).lower().replace(" · ", " ")
            name, number = words, 2
            while name in found:
                name, number = f"{words} ({number})", number + 1
            found[name] = (line.x, line.y)
    return found


def as_csv(lines: Mapping[str, tuple[Floats, Floats]], places: Mapping[str, Floats]) -> str:
    """The table as text, with a heading; shares stay shares, what was not measured stays empty.

    `places` says where the rows are, in one or more units (step, epoch, seconds), float64[n] each
    over the sorted places of all lines: see `rows`.
    """
    every = rows(lines)
    cells: dict[str, list[str]] = {name: _words(values) for name, values in places.items()}
    for name, (x, y) in lines.items():
        column = np.full(len(every), np.nan)
        column[np.searchsorted(every, x)] = y
        cells[name] = _words(column)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(cells)
    writer.writerows(zip(*cells.values(), strict=True))
    return text.getvalue()


def rows(lines: Mapping[str, tuple[Floats, Floats]]) -> Floats:
    """Every place at which at least one line has a point, ascending."""
    return np.unique(np.concatenate([np.empty(0), *(x for x, _y in lines.values())]))


def _words(values: Floats) -> list[str]:
    """Seven figures: as many as single precision has, in which training measures."""
    return ["" if value != value else f"{value:.7g}" for value in values.tolist()]
