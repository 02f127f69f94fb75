"""A mixed tile is the trainer's image to the last byte, and says whose label it has."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.mixture import Lineup, mixed
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import RandomRotation
from cnnstudio.spec.operations.mixing import CutMix, MixUp

MakeExperiment = Callable[..., Experiment]
COUNT, BATCH, SEED = 21, 5, 4
KEYS = tuple(f"class{n % 3}/{n}.png" for n in range(COUNT))
LABELS = tuple(n % 3 for n in range(COUNT))
LINEUP = Lineup(KEYS, LABELS, BATCH, SEED)


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (COUNT, 12, 10, 3), dtype=np.uint8)


@pytest.fixture
def maker(experiment: MakeExperiment) -> SampleMaker:
    return SampleMaker(
        experiment(RandomRotation(), MixUp(alpha=1.0, probability=0.5), CutMix(), seed=SEED)
    )


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_each_image_is_what_the_trainer_gets_with_any_number_of_threads(
    pixels: NDArray[np.uint8], maker: SampleMaker, threads: int
) -> None:
    batches = Batches(pixels, KEYS, LABELS, maker, BATCH, seed=SEED, threads=threads)
    kinds = set()
    for epoch in (0, 3):
        order = iter(batches.order(epoch).tolist())
        for images, labels, partners, shares in batches.epoch(epoch):
            assert partners is not None
            assert shares is not None
            for place in range(len(images)):
                n = next(order)
                made = mixed(
                    maker, LINEUP, KEYS[n], LABELS[n], epoch, lambda k: pixels[KEYS.index(k)]
                )
                assert made.pixels.tobytes() == images[place].tobytes()
                assert made.shares[0][0] == labels[place] == LABELS[n]
                target = np.zeros(3)
                for label, share in made.shares:
                    target[label] += share
                wanted = np.zeros(3)
                wanted[labels[place]] += shares[place]
                wanted[partners[place]] += 1 - shares[place]
                assert target == pytest.approx(wanted, abs=1e-6)
                assert made.drawn.mixing is not None
                kinds.add(type(made.drawn.mixing[0]))
    assert kinds == {MixUp, CutMix}


def test_an_image_alone_in_its_batch_stays_as_it_is(
    pixels: NDArray[np.uint8], maker: SampleMaker
) -> None:
    last = KEYS[Batches(pixels, KEYS, LABELS, None, BATCH, seed=SEED).order(0)[-1]]
    made = mixed(maker, LINEUP, last, 1, 0, lambda k: pixels[KEYS.index(k)])
    assert made.partner is None
    assert made.shares == ((1, 1.0),)
    assert made.pixels.tobytes() == maker.sample(pixels[KEYS.index(last)], last, 0).tobytes()


def test_an_image_that_does_not_train_is_mixed_with_one_that_does(
    pixels: NDArray[np.uint8], maker: SampleMaker
) -> None:
    def load(key: str) -> NDArray[np.uint8]:
        row = KEYS.index(key) if key in KEYS else 0
        return np.asarray(pixels[row], np.uint8)

    made = mixed(maker, LINEUP, "held/out.png", 2, 1, load)
    assert made.partner in KEYS
    assert sum(share for _, share in made.shares) == pytest.approx(1.0)


def test_two_images_of_one_class_keep_the_whole_label(
    pixels: NDArray[np.uint8], maker: SampleMaker
) -> None:
    lineup = Lineup(KEYS, (7,) * COUNT, BATCH, SEED)
    made = mixed(maker, lineup, KEYS[1], 7, 0, lambda k: pixels[KEYS.index(k)])
    assert made.partner is not None
    assert made.shares == ((7, 1.0),)


def test_without_mixing_the_sample_is_the_makers(
    pixels: NDArray[np.uint8], experiment: MakeExperiment
) -> None:
    maker = SampleMaker(experiment(RandomRotation(), seed=SEED))
    made = mixed(maker, LINEUP, KEYS[2], 2, 6, lambda k: pixels[KEYS.index(k)])
    assert made.pixels.tobytes() == maker.sample(pixels[2], KEYS[2], 6).tobytes()
    assert made.shares == ((2, 1.0),)
