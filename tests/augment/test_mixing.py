"""MixUp and CutMix in batches: the same whatever the threads, with labels true to the pixels."""

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cnnstudio.augment.batches import Batch, Batches, partner_place
from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import RandomRotation
from cnnstudio.spec.operations.mixing import CutMix, MixUp
from cnnstudio.spec.operations.noise import RandomNoise

MakeExperiment = Callable[..., Experiment]
COUNT, BATCH = 33, 8
KEYS = tuple(f"class{n}/{n}.png" for n in range(COUNT))
LABELS = list(range(COUNT))


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (COUNT, 12, 10, 3), dtype=np.uint8)


@pytest.fixture
def maker(experiment: MakeExperiment) -> SampleMaker:
    return SampleMaker(
        experiment(RandomRotation(), RandomNoise(), MixUp(alpha=1, probability=0.4), CutMix())
    )


def same(one: Batch, other: Batch) -> bool:
    parts = list(zip(one, other, strict=True))
    assert all(a is not None and b is not None for a, b in parts)
    return all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in parts)


def augmenting() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("augment")]


def test_any_number_of_threads_mixes_alike(pixels: NDArray[np.uint8], maker: SampleMaker) -> None:
    one, two, four = (
        list(Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3, threads=threads).epoch(2))
        for threads in (1, 2, 4)
    )
    assert [len(batch.labels) for batch in one] == [8, 8, 8, 8, 1]
    for first, second, third in zip(one, two, four, strict=True):
        assert same(first, second)
        assert same(first, third)


def test_each_mixture_is_made_of_what_the_maker_shows(
    pixels: NDArray[np.uint8], maker: SampleMaker
) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3)
    kinds = set()
    for batch in batches.epoch(1):
        assert batch.partners is not None
        assert batch.shares is not None
        for place, label in enumerate(batch.labels):
            own = maker.sample(pixels[label], KEYS[label], 1)
            mixing = maker.draw(KEYS[label], 1).mixing
            assert mixing is not None
            expected = own
            if len(batch.labels) > 1:
                other = batch.partners[place]
                assert other != label
                assert other in batch.labels
                expected = np.empty_like(own)
                partner = maker.sample(pixels[other], KEYS[other], 1)
                mixing[0].mix(own, partner, mixing[1], expected)
                kinds.add(mixing[0].kind)
            assert np.array_equal(batch.images[place], expected)
    assert kinds == {"MixUp", "CutMix"}


@pytest.mark.parametrize("batch", range(5))
def test_an_epoch_of_mixtures_resumes_at_any_batch(
    pixels: NDArray[np.uint8], maker: SampleMaker, batch: int
) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3)
    rest = list(batches.epoch(2, start_batch=batch))
    assert len(rest) == 5 - batch
    for whole, again in zip(list(batches.epoch(2))[batch:], rest, strict=True):
        assert same(whole, again)


def test_an_image_alone_in_its_batch_stays_whole(
    pixels: NDArray[np.uint8], maker: SampleMaker
) -> None:
    last = list(Batches(pixels, KEYS, LABELS, maker, BATCH).epoch(0))[-1]
    assert last.labels.tolist() == (last.partners.tolist() if last.partners is not None else None)
    assert last.shares is not None
    assert last.shares.tolist() == [1.0]


def test_without_mixing_there_are_no_shares(
    pixels: NDArray[np.uint8], experiment: MakeExperiment
) -> None:
    for off in (MixUp(enabled=False), CutMix(probability=0)):
        maker = SampleMaker(experiment(RandomRotation(), off))
        assert not maker.mixes
        for batch in Batches(pixels, KEYS, LABELS, maker, BATCH).epoch(0):
            assert batch[2:] == (None, None)


def test_an_image_that_is_not_drawn_keeps_its_label(
    pixels: NDArray[np.uint8], experiment: MakeExperiment
) -> None:
    maker = SampleMaker(experiment(MixUp(alpha=1, probability=0.5)))
    whole = 0
    for batch in Batches(pixels, KEYS, LABELS, maker, BATCH, seed=3).epoch(0):
        assert batch.partners is not None
        assert batch.shares is not None
        for place, label in enumerate(batch.labels):
            if maker.draw(KEYS[label], 0).mixing is None:
                whole += 1
                assert np.array_equal(batch.images[place], pixels[label])
                assert (batch.partners[place], batch.shares[place]) == (label, 1.0)
    assert 5 < whole < COUNT - 5


@pytest.mark.parametrize("operation", [MixUp(alpha=1), CutMix()], ids=lambda one: one.kind)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_shares_of_the_labels_are_those_of_the_pixels(
    experiment: MakeExperiment, operation: MixUp | CutMix, channels: int
) -> None:
    # Each image is one flat level, its label, so a mixture's mean level tells the shares.
    levels = [0, 50, 100, 150, 200, 250]
    pixels = np.empty((6, 32, 24, channels), np.uint8)
    pixels[:] = np.array(levels, np.uint8)[:, np.newaxis, np.newaxis, np.newaxis]
    maker = SampleMaker(experiment(operation))
    batches = Batches(pixels, [f"{n}" for n in levels], levels, maker, 6)
    for epoch in range(20):
        (batch,) = batches.epoch(epoch)
        assert batch.partners is not None
        assert batch.shares is not None
        assert batch.shares.dtype == np.float32
        assert (batch.shares < 1).any()
        mean = batch.images.mean(axis=(1, 2, 3))
        told = batch.shares * batch.labels + (1 - batch.shares) * batch.partners
        np.testing.assert_allclose(mean, told, atol=0.51 if operation.kind == "MixUp" else 1e-4)


@settings(max_examples=100)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    alpha=st.floats(0.01, 4),
    seed=st.integers(0, 1000),
)
def test_an_image_keeps_at_least_half_of_its_label(
    height: int, width: int, alpha: float, seed: int
) -> None:
    for operation in (MixUp(alpha=alpha), CutMix(alpha=alpha)):
        draw = operation.draw(np.random.default_rng(seed))
        assert 0.5 <= operation.share(draw, height, width) <= 1.0
        assert 0.5 <= draw["share"] <= 1.0


def test_every_other_image_of_a_batch_is_an_equally_likely_partner() -> None:
    drawn = (np.arange(7000) + 0.5) / 7000
    for place in range(8):
        partners = [partner_place({"partner": one}, place, 8) for one in drawn]
        counts = np.bincount(np.array(partners, np.int64), minlength=8)
        assert counts[place] == 0
        assert set(np.delete(counts, place).tolist()) == {1000}
    assert partner_place({"partner": 0.5}, 0, 1) is None


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("taken", [0, 1, 3])
def test_closing_in_the_middle_ends_every_thread(
    pixels: NDArray[np.uint8], maker: SampleMaker, threads: int, taken: int
) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, 2, threads=threads)
    epoch = batches.epoch(0)
    for _ in range(taken):
        next(epoch)
    epoch.close()
    batches.close()
    assert not augmenting()


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_in_one_image_reaches_the_trainer_and_ends_every_thread(
    pixels: NDArray[np.uint8], experiment: MakeExperiment, threads: int
) -> None:
    class Breaks(SampleMaker):
        def draw(self, key: str, epoch: int) -> Drawn:
            if key == KEYS[20]:
                raise ArithmeticError(key)
            return super().draw(key, epoch)

    maker = Breaks(experiment(CutMix()))
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, shuffle=False, threads=threads)
    epoch = batches.epoch(0)
    assert len([next(epoch), next(epoch)]) == 2
    with pytest.raises(ArithmeticError, match="20"):
        next(epoch)
    batches.close()
    assert not augmenting()
