"""Augmentation draws: inside their range, repeatable, and apart from each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomQuarterTurn,
    RandomRotation,
    RandomShift,
)
from cnnstudio.spec.operations.operation import (
    BatchOperation,
    BendingOperation,
    CompoundOperation,
    GeometryOperation,
    MixingOperation,
    Operation,
    PixelOperation,
    ToneOperation,
)
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift

ALL = list(members(Operation).values())
LEVELS = np.arange(256, dtype=np.float64)
IMAGE = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_switching_an_operation_off_leaves_the_next_draws_as_they_were(
    cls: type[Operation],
) -> None:
    on, off = rng(), rng()
    cls().drawn(on)
    assert cls(enabled=False).drawn(off) is None
    assert on.random() == off.random()


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_draw_has_a_label_and_sound_arithmetic(cls: type[Operation]) -> None:
    operation = cls(probability=1.0)
    generator = rng(1)
    for _ in range(50):
        draw = operation.drawn(generator)
        assert draw is not None
        assert operation.label(draw)
        if isinstance(operation, GeometryOperation):
            matrix = operation.matrix(draw, 20, 30)
            assert matrix.shape == (3, 3)
            assert abs(np.linalg.det(matrix)) > 0.001
        elif isinstance(operation, BendingOperation):
            assert operation.shifts(draw, 20, 30).shape == (20, 30, 2)
        elif isinstance(operation, ToneOperation):
            assert operation.curve(LEVELS, draw).shape == (256,)
        elif isinstance(operation, MixingOperation):
            # Gray stays gray.
            np.testing.assert_allclose(operation.mixture(draw).sum(axis=1), 1.0, atol=1e-9)
        elif isinstance(operation, PixelOperation):
            assert operation.apply(IMAGE, draw).shape == IMAGE.shape
        elif isinstance(operation, BatchOperation):
            assert 0.0 <= operation.share(draw, 20, 30) <= 1.0
        else:
            assert isinstance(operation, CompoundOperation)
            assert operation.parts(draw)


@settings(max_examples=30)
@given(st.floats(0.0, 180.0), st.integers(0, 1000))
def test_a_rotation_stays_within_its_range(degrees: float, seed: int) -> None:
    draw = RandomRotation(degrees=degrees).draw(rng(seed))
    assert -degrees <= draw["degrees"] <= degrees


def test_a_probability_is_the_share_of_images_that_change() -> None:
    operation, generator = RandomRotation(probability=0.3), rng()
    changed = sum(operation.drawn(generator) is not None for _ in range(4000))
    assert changed / 4000 == pytest.approx(0.3, abs=0.03)


def test_each_direction_of_a_flip_tosses_its_own_coin() -> None:
    operation, generator = RandomFlip(mode="horizontal_and_vertical"), rng()
    draws = [operation.draw(generator) for _ in range(2000)]
    both = sum(d["horizontal"] and d["vertical"] for d in draws)
    assert both / 2000 == pytest.approx(0.25, abs=0.04)
    assert all(not RandomFlip(mode="horizontal").draw(generator)["vertical"] for _ in range(100))


def test_four_quarter_turns_are_no_turn() -> None:
    turn = RandomQuarterTurn().matrix({"turns": 1.0}, 20, 20)
    np.testing.assert_allclose(np.linalg.matrix_power(turn, 4), np.eye(3), atol=1e-12)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_an_operation_that_never_applies_never_draws(cls: type[Operation]) -> None:
    operation = cls.model_validate({"probability": 0.0})
    assert all(operation.drawn(rng(seed)) is None for seed in range(50))


@pytest.mark.parametrize(
    ("cls", "card"),
    [(cls, c) for cls in ALL for c in cards(cls) if c.shape == "range"],
    ids=lambda item: getattr(item, "__name__", None) or item.name,
)
def test_a_range_is_one_number_or_two_ends_and_nothing_else(
    cls: type[Operation], card: Card
) -> None:
    assert card.minimum is not None
    assert card.maximum is not None
    most = card.maximum if card.minimum >= 0 else min(card.maximum, -card.minimum)
    assert getattr(cls.model_validate({card.name: most}), card.name) == most
    ends = (card.minimum, card.maximum)
    assert getattr(cls.model_validate({card.name: list(ends)}), card.name) == ends
    wrongs = (most * 1.01, [card.maximum, card.minimum], [card.minimum - 1, 0], [1], "x")
    for wrong in (*wrongs, 10**400, [0, 10**400], float("nan"), True):
        with pytest.raises(ValidationError):
            cls.model_validate({card.name: wrong})


def test_a_label_has_a_real_minus_and_no_sign_before_zero() -> None:
    assert RandomRotation().label({"degrees": -12.4}) == "−12°"
    assert RandomRotation().label({"degrees": 12.4}) == "+12°"
    assert RandomShift().label({"width": 0.08, "height": 0.001}) == "−8/0 %"
    assert RandomPixelShift().label({"width": 0.0, "height": -3.0}) == "0/+3 px"
