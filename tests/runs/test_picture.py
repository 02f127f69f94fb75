"""The picture of a run's curves: readable, whatever the numbers are."""

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from cnnstudio.runs.events import EpochEnded, RunStarted, Scores
from cnnstudio.runs.history import RunHistory
from cnnstudio.runs.picture import HEIGHT, TRAINING, VALIDATION, WIDTH, Box, _apart, draw, save
from cnnstudio.spec.errors import UserError


def history(
    training: Sequence[float], validation: Sequence[float] | None, loss: float = 1.0
) -> RunHistory:
    run = RunHistory()
    run.add(
        RunStarted(
            name="x",
            epochs=len(training),
            steps_per_epoch=1,
            batch_size=1,
            training_images=100,
            validation_images=20,
            test_images=0,
            class_names=("a", "b"),
            majority_share=0.5,
        )
    )
    for index, value in enumerate(training):
        shown = Scores(loss=1.5 * loss, accuracy=validation[index]) if validation else None
        run.add(
            EpochEnded(
                epoch=index + 1,
                step=index + 1,
                seconds=1,
                images_per_second=1,
                training=Scores(loss=loss, accuracy=value),
                validation=shown,
                learning_rate=0.001,
            )
        )
    return run


def pixels_of(picture: Image.Image, color: str, half: slice) -> int:
    """Pixels near a colour in a part of the picture's height."""
    wanted = np.array(ImageColor.getrgb(color))
    array = np.asarray(picture, dtype=np.int64)[half]
    return int((np.abs(array - wanted).max(axis=2) < 60).sum())


def test_both_curves_are_in_both_plots() -> None:
    picture = draw(history([0.5, 0.6, 0.9], [0.5, 0.55, 0.8]), "A name")
    assert picture.size == (WIDTH, HEIGHT)
    for half in (slice(0, 450), slice(470, HEIGHT)):
        assert pixels_of(picture, TRAINING, half) > 300
        assert pixels_of(picture, VALIDATION, half) > 150


def test_a_solid_line_has_more_ink_than_a_dashed_one_along_the_same_way() -> None:
    picture = draw(history([0.2] * 20, [0.8] * 20))
    plot = np.asarray(picture)[:450, 96:1040]
    solid = (np.abs(plot - np.array(ImageColor.getrgb(TRAINING))).max(axis=2) < 40).any(axis=0)
    dashed = (np.abs(plot - np.array(ImageColor.getrgb(VALIDATION))).max(axis=2) < 40).any(axis=0)
    assert solid.mean() > 0.99
    assert 0.4 < dashed.mean() < 0.9


def test_without_validation_there_is_one_curve() -> None:
    picture = draw(history([0.5, 0.6, 0.9], None))
    assert pixels_of(picture, VALIDATION, slice(0, HEIGHT)) == 0


def test_nothing_is_drawn_before_the_first_epoch() -> None:
    with pytest.raises(ValueError, match="no epoch"):
        draw(RunHistory())


numbers = st.one_of(st.floats(0, 1), st.just(math.nan), st.just(math.inf))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(numbers, min_size=1, max_size=80),
    st.one_of(st.floats(1e-9, 1e12), st.just(math.nan), st.just(0.0)),
)
def test_any_numbers_can_be_drawn(values: list[float], loss: float) -> None:
    assert draw(history(values, values, loss)).size == (WIDTH, HEIGHT)


@given(st.lists(st.floats(112, 430), min_size=1, max_size=4))
def test_labels_at_line_ends_never_cover_each_other(ends: list[float]) -> None:
    box = Box(96, 112, 1040, 430, (1, 2), 0, 1)
    placed = sorted(y for y, _, _ in _apart([(y, str(i), "") for i, y in enumerate(ends)], box))
    assert all(b - a >= 18 - 1e-6 for a, b in pairwise(placed))
    assert placed[-1] <= 430


def test_a_picture_that_cannot_be_written_is_a_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        save(history([0.5], [0.5]), tmp_path / "gone" / "x.png")
    save(history([0.5], [0.5]), tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.format == "PNG"
