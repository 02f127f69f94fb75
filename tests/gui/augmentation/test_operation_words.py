"""What a folded row says: every setting that matters, in few words."""

from __future__ import annotations

import pytest

from cnnstudio.gui.augmentation.operation_words import summary
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.bending import RandomElastic
from cnnstudio.spec.operations.cropping import RandomResizedCrop
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift, RandomZoom
from cnnstudio.spec.operations.mixing import MixUp
from cnnstudio.spec.operations.noise import RandomErasing, RandomJPEG
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.rand_augment import RandAugment


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (RandomShift(width=0.08, height=0.08), "±8 %"),
        (RandomShift(width=0.05, height=(0.0, 0.2)), "width ±5 % · height 0 to 20 %"),
        (RandomZoom(fraction=0.1, keep_aspect=True), "±10 % · keep aspect"),
        (RandomFlip(mode="vertical"), "vertical · in 50 %"),
        (RandomFlip(probability=1), "horizontal"),
        (RandomElastic(strength=0.05, cells=6, probability=0.2), "≤ 5 % · 6 cells · in 20 %"),
        (RandomJPEG(), "40 to 95"),
        (RandomErasing(), "2 to 20 % · grey · in 50 %"),
        (RandomRotation(degrees=(-5, 10)), "−5 to 10°"),
        (RandomResizedCrop(), "50 to 100 % · stretch up to 1.33 ×"),
        (RandAugment(), "2 changes · strength 30 %"),
        (MixUp(probability=0.5), "alpha 0.2 · in 50 %"),
    ],
    ids=lambda item: item if isinstance(item, str) else type(item).__name__,
)
def test_a_summary_says_what_is_set(operation: Operation, words: str) -> None:
    assert summary(operation) == words


@pytest.mark.parametrize("kind", members(Operation).values(), ids=lambda kind: kind.__name__)
def test_every_kind_has_a_summary_unless_there_is_nothing_to_set(kind: type[Operation]) -> None:
    assert bool(summary(kind())) == (kind.__name__ != "RandomQuarterTurn")
