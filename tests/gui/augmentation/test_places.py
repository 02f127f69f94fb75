"""Places of a slider: fine near zero, never beyond the bounds, and an arrow key always moves."""

from __future__ import annotations

import pytest

from cnnstudio.gui.augmentation.places import PLACES, places_of, places_of_reach
from cnnstudio.gui.forms.ranges import ends, range_in_words, shortest
from cnnstudio.spec.cards import Card, cards
from cnnstudio.spec.member import members
from cnnstudio.spec.operations.operation import Operation

BOUNDED = [
    (kind, card)
    for kind in members(Operation).values()
    for card in cards(kind)
    if card.shape in ("range", "number", "integer")
]
RANGES = [(kind, card) for kind, card in BOUNDED if card.shape == "range"]


def named(item: object) -> str:
    return item.name if isinstance(item, Card) else getattr(item, "__name__", str(item))


@pytest.mark.parametrize(("kind", "card"), BOUNDED, ids=named)
def test_every_place_of_every_setting_is_a_value_that_the_operation_takes(
    kind: type[Operation], card: Card
) -> None:
    for places in (
        {places_of(card), places_of_reach(card)} if card.shape == "range" else {places_of(card)}
    ):
        values = [places.value(place) for place in range(PLACES + 1)]
        assert values == sorted(values)
        for value in set(values):
            given: object = round(value) if card.shape == "integer" else value
            if card.shape == "range" and places == places_of(card):
                given = (value, value)
            assert getattr(kind.model_validate({card.name: given}), card.name) == given
        assert all(places.value(places.place(value)) == value for value in values)


@pytest.mark.parametrize(("kind", "card"), BOUNDED, ids=named)
def test_steps_visit_another_value_each_until_the_end(kind: type[Operation], card: Card) -> None:
    places = places_of(card)
    place = 0
    seen = [places.value(place)]
    while (further := places.stepped(place, 1)) != place and places.value(further) != seen[-1]:
        place = further
        seen.append(places.value(place))
    assert seen == sorted({places.value(place) for place in range(PLACES + 1)})
    assert places.value(places.stepped(PLACES, -1)) < places.high


@pytest.mark.parametrize(("kind", "card"), RANGES, ids=named)
def test_one_number_stands_for_two_ends_wherever_it_says_the_same(
    kind: type[Operation], card: Card
) -> None:
    places = places_of(card)
    for low in range(0, PLACES + 1, 40):
        for high in range(low, PLACES + 1, 40):
            pair = (places.value(low), places.value(high))
            value = shortest(card, *pair)
            assert ends(card, value) == pair
            assert getattr(kind.model_validate({card.name: value}), card.name) == value


def test_small_turns_have_a_quarter_of_the_way_and_both_sides_alike() -> None:
    card = next(card for kind, card in RANGES if kind.__name__ == "RandomRotation")
    assert places_of_reach(card).value(PLACES // 4) < 15
    whole = places_of(card)
    assert whole.value(PLACES // 2) == 0
    assert whole.value(PLACES // 4) == -45
    assert whole.value(3 * PLACES // 4) == 45


def test_a_range_reads_as_people_write_it() -> None:
    by_kind = {kind.__name__: card for kind, card in RANGES}
    assert range_in_words(by_kind["RandomRotation"], 10.0) == "±10°"
    assert range_in_words(by_kind["RandomBlur"], 1.5) == "≤ 1.5 px"
    assert range_in_words(by_kind["RandomZoom"], (-0.2, 0.5)) == "−20 to 50 %"
