"""Batches of an epoch: the same whatever the threads, resumable, and at rest when closed."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.memory import BatchMemory
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation
from cnnstudio.spec.operations.tone import RandomBrightness

MakeExperiment = Callable[..., Experiment]
COUNT, BATCH = 53, 8
KEYS = tuple(f"class{n % 3}/{n}.png" for n in range(COUNT))
LABELS = [n % 3 for n in range(COUNT)]


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (COUNT, 12, 10, 3), dtype=np.uint8)


@pytest.fixture
def maker(experiment: MakeExperiment) -> SampleMaker:
    return SampleMaker(experiment(RandomRotation(), RandomFlip(), RandomBrightness()))


def augmenting() -> set[int | None]:
    return {one.ident for one in threading.enumerate() if one.name.startswith("augment")}


def test_batches_hold_every_image_once_with_its_label(pixels: NDArray[np.uint8]) -> None:
    batches = Batches(pixels, KEYS, LABELS, None, BATCH, seed=3)
    seen: list[int] = []
    sizes = []
    for images, labels, *_ in batches.epoch(0):
        sizes.append(len(images))
        for image, label in zip(images, labels, strict=True):
            row = int(np.flatnonzero((pixels == image).all(axis=(1, 2, 3)))[0])
            assert label == LABELS[row]
            seen.append(row)
    assert sorted(seen) == list(range(COUNT))
    assert seen == batches.order(0).tolist() != list(range(COUNT))
    assert sizes == [8] * 6 + [5]
    assert len(batches) == 7


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_each_image_is_what_the_maker_shows_with_any_number_of_threads(
    pixels: NDArray[np.uint8], maker: SampleMaker, threads: int
) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3, threads=threads)
    made = np.concatenate([batch.images for batch in batches.epoch(5)])
    for place, n in enumerate(batches.order(5)):
        assert made[place].tobytes() == maker.sample(pixels[n], KEYS[n], 5).tobytes()


def test_without_shuffling_the_order_is_the_given_one(pixels: NDArray[np.uint8]) -> None:
    batches = Batches(pixels, KEYS, LABELS, None, BATCH, shuffle=False)
    images = np.concatenate([batch.images for batch in batches.epoch(4)])
    labels = np.concatenate([batch.labels for batch in batches.epoch(4)])
    assert np.array_equal(images, pixels)
    assert labels.tolist() == LABELS
    assert labels.dtype == np.int64


def test_rows_choose_images_from_a_larger_array(pixels: NDArray[np.uint8]) -> None:
    rows = [50, 3, 7]
    batches = Batches(pixels, KEYS[:3], [0, 1, 2], None, 2, shuffle=False, rows=rows)
    assert np.array_equal(
        np.concatenate([batch.images for batch in batches.epoch(0)]), pixels[rows]
    )


def test_an_epoch_resumes_at_any_batch(pixels: NDArray[np.uint8], maker: SampleMaker) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3)
    whole = list(batches.epoch(2))
    rest = list(batches.epoch(2, start_batch=4))
    assert len(rest) == 3
    for (images, labels, *_), (again, labels_again, *_) in zip(whole[4:], rest, strict=True):
        assert np.array_equal(images, again)
        assert np.array_equal(labels, labels_again)
    assert list(batches.epoch(2, start_batch=7)) == []


def test_batches_are_arrays_of_their_own(pixels: NDArray[np.uint8]) -> None:
    kept = [batch.images for batch in Batches(pixels, KEYS, LABELS, None, BATCH).epoch(0)]
    assert not any(np.shares_memory(a, b) for a in kept for b in kept if a is not b)
    assert not any(np.shares_memory(images, pixels) for images in kept)


def test_memory_comes_back_only_when_no_view_is_left() -> None:
    memory = BatchMemory()
    first = memory.empty((4, 3))
    address = first.ctypes.data
    view = first[1:][:, ::2]
    del first
    assert memory.empty((4, 3)).ctypes.data != address
    del view
    found = [memory.empty((4, 3)) for _ in range(3)]
    assert address in {array.ctypes.data for array in found}
    assert all(array.flags.writeable for array in found)


def test_memory_of_another_size_is_not_handed_out() -> None:
    memory = BatchMemory()
    for count in (3, 5, 3, 5, 2):
        assert memory.empty((count, 2)).shape == (count, 2)


def test_all_threads_begin_at_once_and_stay_for_every_epoch(pixels: NDArray[np.uint8]) -> None:
    batches = Batches(pixels, KEYS, LABELS, None, BATCH, threads=3)
    assert not augmenting()
    epoch = batches.epoch(0)
    next(epoch)
    begun = augmenting()
    assert len(begun) == 3
    epoch.close()
    assert next(epoch, None) is None
    assert len(list(batches.epoch(1))) == 7
    assert augmenting() == begun
    batches.close()
    assert not augmenting()
    assert len(list(batches.epoch(2))) == 7
    batches.close()
    batches.close()
    assert not augmenting()


def test_nothing_is_at_work_once_an_epoch_is_closed(
    pixels: NDArray[np.uint8], experiment: MakeExperiment
) -> None:
    made: list[str] = []

    class Counts(SampleMaker):
        def draw(self, key: str, epoch: int) -> Drawn:
            made.append(key)
            return super().draw(key, epoch)

    batches = Batches(pixels, KEYS, LABELS, Counts(experiment()), BATCH, threads=2)
    epoch = batches.epoch(0)
    next(epoch)
    epoch.close()
    before = len(made)
    assert 0 < before <= 5 * BATCH
    batches.close()
    assert len(made) == before


def test_an_error_in_a_thread_reaches_the_trainer(
    pixels: NDArray[np.uint8], experiment: MakeExperiment
) -> None:
    class Breaks(SampleMaker):
        def draw(self, key: str, epoch: int) -> Drawn:
            if key == KEYS[20]:
                raise ArithmeticError(key)
            return super().draw(key, epoch)

    batches = Batches(pixels, KEYS, LABELS, Breaks(experiment()), BATCH, shuffle=False)
    epoch = batches.epoch(0)
    assert len([next(epoch), next(epoch)]) == 2
    with pytest.raises(ArithmeticError, match="20"):
        next(epoch)
    batches.close()
    assert not augmenting()


def test_an_empty_part_has_no_batches(pixels: NDArray[np.uint8]) -> None:
    batches = Batches(pixels, (), [], None, BATCH)
    assert len(batches) == 0
    assert list(batches.epoch(0)) == []


def test_lists_of_different_length_are_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Batches(pixels, KEYS, LABELS[:-1], None, BATCH)
