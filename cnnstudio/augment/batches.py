"""Batches of training images, augmented by threads a few batches ahead of the trainer."""

import os
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnstudio.augment.draws import epoch_order
from cnnstudio.augment.memory import BatchMemory
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PartPixels
from cnnstudio.data.decode import Pixels
from cnnstudio.spec.operations.operation import Draw

Labels = NDArray[np.int64]
Shares = NDArray[np.float32]

AHEAD = 3  # batches under way while one is being trained on


class Batch(NamedTuple):
    """One step's images uint8[b, height, width, channels] and labels int64[b].

    Where images are mixed, `partners` int64[b] are the labels of the second images and `shares`
    float32[b] how much of each first label remains; both are None where nothing mixes.
    """

    images: Pixels
    labels: Labels
    partners: Labels | None = None
    shares: Shares | None = None


class Batches:
    """The images of one part in batches; `maker` augments them, without it they stay as they are.

    `pixels` is uint8[n, height, width, channels]; image `i` has key `keys[i]`, label `labels[i]`
    and lies in row `rows[i]`, or row `i` where `rows` is left out. The batches of an epoch are a
    pure function of the arguments, whatever the number of `threads`.
    """

    def __init__(
        self,
        pixels: Pixels,
        keys: Sequence[str],
        labels: Sequence[int] | Labels,
        maker: SampleMaker | None,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
        threads: int | None = None,
        rows: Sequence[int] | NDArray[np.int64] | None = None,
    ) -> None:
        # The plain view: indexing a memmap object costs microseconds a time.
        self._pixels: Pixels = np.asarray(pixels)
        self._keys = tuple(keys)
        self._labels: Labels = np.asarray(labels, np.int64)
        self._rows = np.arange(len(keys)) if rows is None else np.asarray(rows, np.int64)
        if not len(self._keys) == len(self._labels) == len(self._rows):
            raise ValueError("keys, labels and rows differ in length")
        self._maker = maker
        self._batch_size = batch_size
        self._seed = seed
        self._shuffle = shuffle
        self._threads = threads or os.cpu_count() or 1
        self._memory = BatchMemory()
        self._pool: ThreadPoolExecutor | None = None

    @classmethod
    def of(
        cls,
        part: PartPixels,
        maker: SampleMaker | None,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
        threads: int | None = None,
    ) -> "Batches":
        """The batches of one part of a `PixelCache`."""
        return cls(
            part.pixels,
            part.keys,
            part.labels,
            maker,
            batch_size,
            seed,
            shuffle,
            threads,
            part.rows,
        )

    @property
    def images(self) -> int:
        """Images in an epoch."""
        return len(self._keys)

    def __len__(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return -(-len(self._keys) // self._batch_size)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Which image stands where in `epoch`: int64[images], indices into keys and labels."""
        if self._shuffle:
            return epoch_order(len(self._keys), self._seed, epoch)
        return np.arange(len(self._keys), dtype=np.int64)

    def epoch(self, epoch: int, start_batch: int = 0) -> Generator[Batch, None, None]:
        """The batches of `epoch` (from 0), from `start_batch` on.

        The images of each batch are an array of its own. Closing the generator leaves nothing at
        work, but the threads wait for the next epoch until `close`; an error in a thread is
        raised here.
        """
        order = self.order(epoch)
        pool = self._threads_at_work()
        under_way: deque[tuple[Batch, list[Future[None]]]] = deque()
        try:
            for batch in range(start_batch, len(self)):
                chosen = order[batch * self._batch_size : (batch + 1) * self._batch_size]
                under_way.append(self._start(pool, chosen, epoch))
                if len(under_way) > AHEAD:
                    yield _first(under_way)
            while under_way:
                yield _first(under_way)
        finally:
            left = [future for _, futures in under_way for future in futures]
            wait([future for future in left if not future.cancel()])

    def close(self) -> None:
        """End the threads; an epoch asked for later begins new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _threads_at_work(self) -> ThreadPoolExecutor:
        """The threads, all of them begun at the first epoch.

        Python waits for ever for a thread that finds no memory to begin with, so a run that is
        under way must need no new one.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="augment")
            all_there = threading.Barrier(self._threads)
            wait([self._pool.submit(all_there.wait) for _ in range(self._threads)])
        return self._pool

    def _start(
        self, pool: ThreadPoolExecutor, chosen: NDArray[np.int64], epoch: int
    ) -> tuple[Batch, list[Future[None]]]:
        out = self._memory.empty((len(chosen), *self._pixels.shape[1:]))
        places = chosen.tolist()
        futures = [
            pool.submit(self._fill, out[at : at + share], places[at : at + share], epoch)
            for share in [-(-len(places) // self._threads)]
            for at in range(0, len(places), share)
        ]
        labels = self._labels[chosen]
        if self._maker is None or not self._maker.mixes:
            return Batch(out, labels), futures
        mixed = Batch(
            self._memory.empty(out.shape), labels, labels.copy(), np.ones(len(labels), np.float32)
        )
        # Asked for after the images it waits for, so a thread is always free to make those.
        return mixed, [*futures, pool.submit(self._mix, mixed, out, futures, places, epoch)]

    def _fill(self, out: Pixels, chosen: list[int], epoch: int) -> None:
        pixels, keys, rows, maker = self._pixels, self._keys, self._rows, self._maker
        for place, image in enumerate(chosen):
            source = pixels[rows[image]]
            if maker is None:
                np.copyto(out[place], source)
            else:
                maker.sample(source, keys[image], epoch, out=out[place])

    def _mix(
        self,
        batch: Batch,
        made: Pixels,
        futures: list[Future[None]],
        chosen: list[int],
        epoch: int,
    ) -> None:
        maker = self._maker
        assert maker is not None
        assert batch.partners is not None
        assert batch.shares is not None
        _wait(futures)
        for place, image in enumerate(chosen):
            mixing = maker.draw(self._keys[image], epoch).mixing
            partner = None if mixing is None else partner_place(mixing[1], place, len(chosen))
            if mixing is None or partner is None:
                np.copyto(batch.images[place], made[place])
                continue
            operation, values = mixing
            operation.mix(made[place], made[partner], values, batch.images[place])
            batch.partners[place] = batch.labels[partner]
            batch.shares[place] = operation.share(values, *made.shape[1:3])


def partner_place(draw: Draw, place: int, images: int) -> int | None:
    """The place in a batch of the image that the one at `place` is mixed with.

    Every other image of the batch is equally likely; None where there is no other.
    """
    if images < 2:
        return None
    partner = int(draw["partner"] * (images - 1))
    return partner + 1 if partner >= place else partner


def _first(under_way: deque[tuple[Batch, list[Future[None]]]]) -> Batch:
    """Take the first batch, once it is done; one that fails stays, with all that is at work."""
    batch, futures = under_way[0]
    _wait(futures)
    under_way.popleft()
    return batch


def _wait(futures: list[Future[None]]) -> None:
    for future in futures:
        future.result()
