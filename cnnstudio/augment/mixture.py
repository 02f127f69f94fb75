"""One training image mixed as it trains: found by the trainer's own order, without the trainer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from cnnstudio.augment.batches import partner_place
from cnnstudio.augment.draws import Drawn, epoch_order
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.decode import Pixels

Loader = Callable[[str], Pixels]
"""The decoded and resized image of a key, uint8[height, width, channels]."""


@dataclass(frozen=True)
class Lineup:
    """The training images as the trainer counts them, without those that it cannot read.

    Image `i` has key `keys[i]` and label `labels[i]`, in the order of the image index.
    """

    keys: tuple[str, ...]
    labels: tuple[int, ...]
    batch_size: int
    seed: int

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self.keys)}

    def partner(self, key: str, epoch: int, drawn: Drawn) -> int | None:
        """Which image `key` is mixed with in `epoch` (from 0); None where it stays alone.

        An image that does not train is mixed with any training image, to show what would be.
        """
        if drawn.mixing is None:
            return None
        values = drawn.mixing[1]
        if key not in self._numbers:
            return int(values["partner"] * len(self.keys)) if self.keys else None
        order = _order(len(self.keys), self.seed, epoch)
        at = int(np.flatnonzero(order == self._numbers[key])[0])
        start = at - at % self.batch_size
        batch = order[start : start + self.batch_size]
        place = partner_place(values, at - start, len(batch))
        return None if place is None else int(batch[place])


# Every edit asks for the same few epochs again, and sorting 60,000 numbers takes milliseconds.
_order = lru_cache(maxsize=32)(epoch_order)


@dataclass(frozen=True, slots=True)
class Mixed:
    """A training image in one epoch. `alone` is it before mixing, `pixels` as it trains.

    Both are uint8[height, width, channels].
    `partner` is the key of the image mixed into it, and `shares` are (label, share of the target),
    the own label first; one pair where nothing is mixed or both images have the same label.
    """

    pixels: Pixels
    alone: Pixels
    drawn: Drawn
    shares: tuple[tuple[int, float], ...]
    partner: str | None = None


def mixed(
    maker: SampleMaker,
    lineup: Lineup,
    key: str,
    label: int,
    epoch: int,
    load: Loader,
    drawn: Drawn | None = None,
    partners: Drawn | None = None,
) -> Mixed:
    """The image `key` exactly as `Batches` hands it to the trainer in `epoch` (from 0).

    `drawn` replaces its draw, `partners` that of the image mixed into it.

    Raises:
        UnreadableImage: `load` cannot read the image or its partner.
    """
    if drawn is None:
        drawn = maker.draw(key, epoch)
    alone = maker.sample(load(key), key, epoch, drawn)
    other, mixing = lineup.partner(key, epoch, drawn), drawn.mixing
    if other is None or mixing is None:
        return Mixed(alone, alone, drawn, ((label, 1.0),))
    partner = lineup.keys[other]
    second = maker.sample(load(partner), partner, epoch, partners)
    operation, values = mixing
    pixels = alone.copy()
    operation.mix(alone, second, values, pixels)
    share = operation.share(values, *alone.shape[:2])
    shares = [(label, share), (lineup.labels[other], 1.0 - share)]
    if lineup.labels[other] == label:
        shares = [(label, 1.0)]
    return Mixed(pixels, alone, drawn, tuple(shares), partner)
