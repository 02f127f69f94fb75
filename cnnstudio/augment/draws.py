"""What is drawn for one image in one epoch: a pure function of seed, epoch and the image's key."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from cnnstudio.data.names import key_hash
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.operations.operation import ColorOperation, GeometryOperation, Operation

_WORD = 2**64
# Counter words that keep the streams of one seed apart.
_SAMPLES, _ORDER = 0, 1


@dataclass(frozen=True, slots=True)
class OperationDraw:
    """One operation's drawn values: `index` is its place in the experiment's list."""

    index: int
    operation: Operation
    values: dict[str, float]

    @property
    def kind(self) -> str:
        """The operation's class name, as in the file."""
        return type(self.operation).__name__

    @property
    def label(self) -> str:
        """The values as a few characters, such as `+12°`."""
        return self.operation.label(self.values)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything drawn for one image, in the order of the list; nothing where it is left alone."""

    draws: tuple[OperationDraw, ...] = ()

    @property
    def values(self) -> tuple[tuple[int, str, dict[str, float]], ...]:
        """(place in the list, class name, values by name) of each draw."""
        return tuple((draw.index, draw.kind, draw.values) for draw in self.draws)

    @property
    def label(self) -> str:
        """The drawn values as they stand under a tile; `unchanged` where nothing was drawn."""
        return "  ".join(draw.label for draw in self.draws if draw.label) or "unchanged"

    @property
    def geometry(self) -> tuple[tuple[GeometryOperation, dict[str, float]], ...]:
        """The draws that move pixels."""
        return tuple(
            (draw.operation, draw.values)
            for draw in self.draws
            if isinstance(draw.operation, GeometryOperation)
        )

    @property
    def color(self) -> tuple[tuple[ColorOperation, dict[str, float]], ...]:
        """The draws that change grey levels."""
        return tuple(
            (draw.operation, draw.values)
            for draw in self.draws
            if isinstance(draw.operation, ColorOperation)
        )


def draw(augmentation: Augmentation, seed: int, key: str, epoch: int) -> Drawn:
    """Draw every operation once for the image `key` in `epoch`."""
    rng = sample_generator(seed, key, epoch)
    draws = []
    for index, operation in enumerate(augmentation.operations):
        values = operation.drawn(rng)
        if values is not None:
            draws.append(OperationDraw(index, operation, values))
    return Drawn(tuple(draws))


def sample_generator(seed: int, key: str, epoch: int) -> Generator:
    """The random numbers of one image in one epoch.

    Philox is keyed by the seed and the key's hash, and starts at a block of its own for each
    epoch, so no two streams meet (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405).
    """
    return _philox(seed, key_hash(key), _SAMPLES, epoch)


def epoch_order(images: int, seed: int, epoch: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The shuffled order of an epoch: int64[images], a pure function of its arguments."""
    # Sorted raw numbers: `permutation` may change between releases of NumPy, these do not.
    raw = _philox(seed, 0, _ORDER, epoch).bit_generator.random_raw(images)
    return np.argsort(raw, kind="stable").astype(np.int64)


def _philox(seed: int, word: int, stream: int, epoch: int) -> Generator:
    key = (seed % _WORD) << 64 | word
    counter = (epoch % _WORD) << 128 | stream << 64
    return Generator(Philox(key=key, counter=counter))
