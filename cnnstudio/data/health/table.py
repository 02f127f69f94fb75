"""The table of measured images: one row for each, in the order of the samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.spec.facts import SplitName

SIGNATURE = 16
"""Side of the small grey picture that is kept of each image."""

ROW = np.dtype(
    [
        ("bytes", np.int64),
        ("modified", np.int64),
        ("width", np.int32),
        ("height", np.int32),
        ("format", "S8"),
        ("mode", "S8"),
        ("mean", np.float32),
        ("spread", np.float32),
        ("sharpness", np.float32),
        ("colored", np.float32),
        ("red", np.float32),
        ("blue", np.float32),
        ("hash", np.uint64),
        ("content", np.uint64, (2,)),
        ("signature", np.uint8, (SIGNATURE, SIGNATURE)),
    ]
)
"""What is kept of one image.

`width` and `height` are of the picture as it is seen; `mean` and `spread` (a standard deviation)
are grey levels 0..255; `sharpness` is the Laplacian at the sharpest places of the grey picture at
`measure.SIDE` pixels, by its spread: about 3 for a photo, under 0.6 without any edge; `colored` is
the share of pixels whose channels differ; `red` and `blue` are mean differences of a channel to
green; `hash` is the perceptual hash, `content` a digest of the file's bytes, `modified` its time of
change in nanoseconds.
"""

Rows = NDArray[np.void]


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """The rows of `keys`, and the reasons of the files that cannot be read."""

    keys: tuple[str, ...]
    rows: Rows
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Measured images with their labels and splits: what every finding is made from.

    `rows` is a structured array of `ROW`, one for each of `samples`; `labels` is int64[n].
    """

    samples: tuple[Sample, ...]
    class_names: tuple[str, ...]
    rows: Rows
    labels: NDArray[np.int64]
    unreadable: Mapping[str, str]

    def only(self, split: SplitName) -> "Table":
        """The images of one part, as if there were no others."""
        at = [place for place, sample in enumerate(self.samples) if sample.split == split]
        return Table(
            samples=tuple(self.samples[place] for place in at),
            class_names=self.class_names,
            rows=self.rows[np.array(at, dtype=np.int64)],
            labels=self.labels[np.array(at, dtype=np.int64)],
            unreadable=self.unreadable,
        )

    def keys(self, where: Any) -> tuple[str, ...]:
        """The keys at a mask bool[n] or at positions int64[m], in that order."""
        at = np.flatnonzero(where) if np.asarray(where).dtype == bool else np.asarray(where)
        return tuple(self.samples[int(i)].key for i in at)

    def column(self, name: str) -> NDArray[Any]:
        """One column, as float64 where it is a number and as text where it is text."""
        values = self.rows[name]
        return values.astype(np.float64) if values.dtype.kind in "if" else values


def table_of(measured: Measurements, index: ImageIndex) -> Table:
    """The rows of the samples of `index` that were measured; what is unknown is left out."""
    places = {key: place for place, key in enumerate(measured.keys)}
    samples: list[Sample] = []
    at: list[int] = []
    for sample in index.samples:
        place = places.get(sample.key)
        if place is not None:
            samples.append(sample)
            at.append(place)
    listed = {sample.key for sample in index.samples}
    return Table(
        samples=tuple(samples),
        class_names=index.class_names,
        rows=measured.rows[np.array(at, dtype=np.int64)],
        labels=np.array([sample.label for sample in samples], dtype=np.int64),
        unreadable={key: why for key, why in measured.reasons.items() if key in listed},
    )


def rows_of(values: Sequence[tuple[Any, ...]]) -> Rows:
    """Rows from tuples in the order of the columns of `ROW`."""
    return np.array(list(values), dtype=ROW)
