"""Tiles are the trainer's bytes, mixed ones included, and say what was done to them."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.augment.batches import Batches
from cnnstudio.augment.draws import Drawn
from cnnstudio.augment.mixture import Mixed
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PixelCache, left_out
from cnnstudio.data.index import ImageIndex, Sample, index
from cnnstudio.gui.augmentation.tiles import FAR_EPOCH, Pin, TileMaker, Wanted, label_parts
from cnnstudio.gui.dataset.pictures import as_image
from cnnstudio.gui.document import Document
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.geometry import RandomRotation, RandomShift
from cnnstudio.spec.operations.mixing import CutMix, MixUp
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.tone import RandomBrightness
from cnnstudio.spec.patch import replace


@pytest.fixture
def experiment(opened: Document) -> Experiment:
    assert opened.experiment is not None
    return opened.experiment


@pytest.fixture
def images(opened: Document) -> ImageIndex:
    assert opened.index is not None
    return opened.index


def with_operations(experiment: Experiment, *operations: Operation) -> Experiment:
    smaller = replace(experiment, "dataset.batch_size", 4)
    return replace(smaller, "augmentation.operations", operations)


def test_a_tile_is_the_trainers_sample_to_the_last_byte(
    experiment: Experiment, images: ImageIndex
) -> None:
    sample, epochs = images.part("train")[0], (0, 3, 11)
    made = TileMaker().make(Wanted(experiment, sample, epochs))
    maker = SampleMaker(experiment)
    pixels = maker.load(sample)
    for tile, epoch in zip(made.tiles, epochs, strict=True):
        assert tile.picture == as_image(maker.sample(pixels, sample.key, epoch))
        assert tile.original == made.original == as_image(pixels)
        assert tile.label == maker.draw(sample.key, epoch).label


@pytest.mark.parametrize("cached_before", [True, False])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_mixed_tile_is_the_trainers_image_though_a_file_is_damaged(
    experiment: Experiment, images: ImageIndex, threads: int, cached_before: bool
) -> None:
    mixing = with_operations(
        experiment, RandomRotation(), MixUp(alpha=2.0, probability=0.5), CutMix()
    )
    damaged = images.part("train")[2]
    damaged.path.write_bytes(damaged.path.read_bytes()[:90])
    again = index(mixing.dataset)
    assert left_out(mixing.dataset, again) is None
    if not cached_before:
        # What the window cannot know yet it finds out where it meets the file.
        maker = TileMaker()
        for sample in again.part("train"):
            if sample.key != damaged.key:
                maker.make(Wanted(mixing, sample, tuple(range(12)), index=again))
    cache = PixelCache.open(mixing.dataset, again)
    assert left_out(mixing.dataset, again) == frozenset({damaged.key})
    if cached_before:
        maker = TileMaker()
    part = cache.part("train")
    assert damaged.key not in part.keys
    batches = Batches.of(part, SampleMaker(mixing), 4, mixing.training.seed, threads=threads)
    by_key: dict[str, Sample] = {sample.key: sample for sample in again.samples}
    others = 0
    for epoch in (0, 5):
        received = np.concatenate([batch.images for batch in batches.epoch(epoch)])
        for place, n in enumerate(batches.order(epoch).tolist()):
            wanted = Wanted(mixing, by_key[part.keys[n]], (epoch,), index=again)
            (tile,) = maker.make(wanted).tiles
            assert tile.picture == as_image(received[place])
            others += "Mixed with" in tile.details
    assert others > len(part)


def test_a_pin_is_drawn_before_the_others_with_its_own_image(
    experiment: Experiment, images: ImageIndex
) -> None:
    first, second = images.part("train")[:2]
    wanted = Wanted(experiment, first, (0, 1), (Pin(second, 7), Pin(first, FAR_EPOCH)))
    made = TileMaker().make(wanted).tiles
    assert [(t.sample, t.epoch, t.pinned) for t in made] == [
        (second, 7, True),
        (first, FAR_EPOCH, True),
        (first, 0, False),
        (first, 1, False),
    ]
    assert [t.title for t in made[1:]] == ["pinned", "epoch 1", "epoch 2"]


def test_a_pinned_file_that_vanished_takes_only_its_own_tile_away(
    experiment: Experiment, images: ImageIndex
) -> None:
    first, second = images.part("train")[:2]
    second.path.unlink()
    made = TileMaker().make(Wanted(experiment, first, (0,), (Pin(second, 7),)))
    assert [tile.sample for tile in made.tiles] == [first]


def test_ends_that_change_nothing_are_left_out(experiment: Experiment, images: ImageIndex) -> None:
    one_way = with_operations(experiment, RandomRotation(degrees=(0, 30)))
    sample = images.part("train")[0]
    made = TileMaker().make(Wanted(one_way, sample, ends=True)).tiles
    assert [tile.label for tile in made] == ["+30°"]


def test_an_operation_that_mixes_stands_alone_too(
    experiment: Experiment, images: ImageIndex
) -> None:
    mixing = with_operations(experiment, RandomBrightness(fraction=(-0.9, -0.8)), MixUp())
    samples = images.part("train")
    tiles = TileMaker().make(Wanted(mixing, samples[0], ends=True, index=images)).tiles
    (made,) = [tile for tile in tiles if tile.title == "MixUp"]
    maker = SampleMaker(mixing)
    own, others = maker.load(samples[0]), [maker.load(sample) for sample in samples[1:]]
    halves = [np.asarray(cv2.addWeighted(own, 0.5, other, 0.5, 0.0), np.uint8) for other in others]
    assert made.picture in [as_image(half) for half in halves]


def test_an_end_that_leaves_little_of_the_image_is_warned_of(
    experiment: Experiment, images: ImageIndex
) -> None:
    far = with_operations(experiment, RandomShift(width=0.8, height=0))
    sample = images.part("train")[0]
    for tile in TileMaker().make(Wanted(far, sample, ends=True)).tiles:
        assert [caution.kind for caution in tile.cautions] == ["fill"]
        assert tile.cautions[0].words == "fill 80 %"
        assert tile.cautions[0].sentence in tile.details


@pytest.mark.parametrize(
    ("scaling", "start"),
    [("none", "2…251 ⌀ 1"), ("unit", "0.0"), ("signed", "−"), ("standardize", "≈ −")],
)
def test_values_follow_the_input_scaling(
    experiment: Experiment, images: ImageIndex, scaling: str, start: str
) -> None:
    scaled = replace(experiment, "model.input_scaling", scaling)
    sample = images.part("train")[0]
    made = TileMaker().make(Wanted(scaled, sample, (0,), scaled=True, index=images))
    assert made.values.startswith(start)
    assert made.tiles[0].values
    assert made.tiles[0].values in made.tiles[0].details


def test_decoded_images_are_kept(experiment: Experiment, images: ImageIndex, qtbot: QtBot) -> None:
    sample, maker = images.part("train")[0], TileMaker()
    before = maker.make(Wanted(experiment, sample, (0,)))
    sample.path.unlink()
    after = maker.make(Wanted(experiment, sample, (0,)))
    assert before.tiles[0].picture == after.tiles[0].picture


@pytest.mark.parametrize(
    ("names", "share", "words"),
    [
        (("cat", "dog"), 0.7, "cat 70 %, dog 30 %"),
        (("4", "9"), 0.7, "“4” 70 %, “9” 30 %"),
        (("cat", "dog"), 0.998, "cat 100 %"),
    ],
)
def test_a_mixed_label_is_said_in_parts(
    experiment: Experiment,
    images: ImageIndex,
    names: tuple[str, str],
    share: float,
    words: str,
) -> None:
    pixels = SampleMaker(experiment).load(images.samples[0])
    made = Mixed(pixels, pixels, Drawn(), ((0, share), (1, 1 - share)), "b/1.png")
    assert label_parts(made, dataclasses.replace(images, class_names=names)) == words
