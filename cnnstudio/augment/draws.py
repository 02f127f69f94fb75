"""What is drawn for one image in one epoch: a pure function of seed, epoch and the image's key."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from cnnstudio.data.names import key_hash
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.operations.operation import (
    BatchOperation,
    CompoundOperation,
    Draw,
    Operation,
    Stage,
)

_WORD = 2**64
# Counter words that keep the streams of one seed apart.
_SAMPLES, _ORDER = 0, 1


@dataclass(frozen=True, slots=True)
class OperationDraw:
    """One operation's drawn values: `index` is its place in the experiment's list."""

    index: int
    operation: Operation
    values: Draw

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
    def values(self) -> tuple[tuple[int, str, Draw], ...]:
        """(place in the list, class name, values by name) of each draw."""
        return tuple((draw.index, draw.kind, draw.values) for draw in self.draws)

    @property
    def label(self) -> str:
        """The drawn values as they stand under a tile; `unchanged` where nothing was drawn."""
        return "  ".join(draw.label for draw in self.draws if draw.label) or "unchanged"

    def of(self, stage: Stage) -> list[tuple[Operation, Draw]]:
        """The draws of one stage, what a compound operation drew among them."""
        return [
            (operation, values) for operation, values in self._parts() if operation.stage == stage
        ]

    @property
    def mixing(self) -> tuple[BatchOperation, Draw] | None:
        """How the image is mixed with another one of its batch, None where it is not."""
        for draw in self.draws:
            if isinstance(draw.operation, BatchOperation):
                return draw.operation, draw.values
        return None

    def _parts(self) -> Iterator[tuple[Operation, Draw]]:
        for draw in self.draws:
            if isinstance(draw.operation, CompoundOperation):
                yield from draw.operation.parts(draw.values)
            else:
                yield draw.operation, draw.values


class Drawer(threading.local):
    """Random numbers of any image in any epoch, from one generator for each thread.

    Philox is keyed by the seed and the key's hash, and starts at a block of its own for each
    epoch, so no two streams meet (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405).
    Setting the state of a generator costs a tenth of making one.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed % _WORD
        self._philox = Philox(key=0)
        self._generator = Generator(self._philox)
        self._state = self._philox.state

    def at(self, key: str, epoch: int) -> Generator:
        """The generator for the image `key` in `epoch`, good until the next call."""
        state = self._state
        inner = state["state"]
        inner["key"][:] = key_hash(key), self._seed
        inner["counter"][:] = 0, _SAMPLES, epoch, 0
        self._philox.state = state
        return self._generator


def draw(augmentation: Augmentation, drawer: Drawer, key: str, epoch: int) -> Drawn:
    """Draw every operation once for the image `key` in `epoch`."""
    rng = drawer.at(key, epoch)
    draws = []
    for index, operation in enumerate(augmentation.operations):
        values = operation.drawn(rng)
        if values is not None:
            draws.append(OperationDraw(index, operation, values))
    return Drawn(tuple(draws))


def epoch_order(images: int, seed: int, epoch: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The shuffled order of an epoch: int64[images], a pure function of its arguments."""
    # Sorted raw numbers: `permutation` may change between releases of NumPy, these do not.
    philox = Philox(key=(seed % _WORD) << 64, counter=epoch << 128 | _ORDER << 64)
    return np.argsort(philox.random_raw(images), kind="stable").astype(np.int64)
