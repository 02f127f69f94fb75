"""What measured speeds amount to: what is faster beyond the noise, in which words."""

from __future__ import annotations

from typing import Any

import pytest

from cnnstudio.runs.events import SpeedMeasured, dump, parse
from cnnstudio.runs.speed import SpeedVariant, fastest_first, gain, helps, rate, sentence
from cnnstudio.spec.experiment import Training

AS_SET = SpeedVariant(images_per_second=100, ratio=1)


def variant(images_per_second: float, noise: float = 0.0, **settings: Any) -> SpeedVariant:
    return SpeedVariant(
        **{"precision": "mixed_float16", **settings},
        images_per_second=images_per_second,
        ratio=images_per_second / 100,
        noise=noise,
    )


@pytest.mark.parametrize(
    ("one", "worth_it"),
    [
        (variant(180), True),
        (variant(104), False),
        (variant(106), True),
        (variant(120, noise=0.25), False),
        (variant(60), False),
        (variant(0), False),
    ],
)
def test_a_gain_counts_beyond_the_noise_alone(one: SpeedVariant, worth_it: bool) -> None:
    assert helps(one, AS_SET) is worth_it


def test_what_can_be_timed_helps_beside_what_cannot() -> None:
    without = SpeedVariant(precision="mixed_float16", failed="It takes minutes.")
    assert gain(AS_SET, without) == 0
    assert helps(AS_SET, without)
    assert not helps(without, without)


def test_the_sentence_names_the_fastest_and_both_figures() -> None:
    fast = variant(1834, jit_compile=True)
    assert sentence((AS_SET, variant(150), fast)) == (
        "mixed_float16 with XLA trains 18.34 times as fast as float32 without XLA: "
        "1,830 instead of 100 images a second."
    )


def test_the_sentence_says_when_nothing_is_faster() -> None:
    found = sentence((AS_SET, variant(103), variant(0)))
    assert found == "Nothing is faster here than float32 without XLA: 100 images a second."
    waiting = sentence((AS_SET, variant(103)), waiting=0.452)
    assert waiting.endswith(
        " A step waits 45 % of its time for augmented images, which no setting of the network "
        "shortens."
    )


def test_the_sentence_says_what_could_not_be_timed() -> None:
    slow = SpeedVariant(precision="mixed_float16", failed="It takes minutes.")
    assert sentence((slow, AS_SET)) == (
        "mixed_float16 without XLA could not be timed: It takes minutes. The fastest here is "
        "float32 without XLA: 100 images a second."
    )
    assert sentence((slow,)) == "Nothing could be timed. It takes minutes."


def test_a_variant_is_the_settings_it_changes() -> None:
    training = Training(precision="mixed_bfloat16", jit_compile=True, devices="all")
    made = SpeedVariant.of(training)
    assert made.words == "mixed_bfloat16 with XLA on all devices"
    changed = {change.path: change.value for change in made.changes}
    assert changed == {
        "training.precision": "mixed_bfloat16",
        "training.jit_compile": True,
        "training.devices": "all",
    }
    assert variant(1).same_as(variant(2, noise=0.5))
    assert not variant(1).same_as(variant(1, jit_compile=True))
    assert fastest_first((variant(0), AS_SET, variant(180)))[0].images_per_second == 180


@pytest.mark.parametrize(("value", "words"), [(1234.4, "1,230"), (48.3, "48"), (2.64, "2.6")])
def test_rates_have_the_digits_that_mean_something(value: float, words: str) -> None:
    assert rate(variant(value)) == words


def test_what_was_measured_survives_its_line() -> None:
    event = SpeedMeasured(
        variants=(AS_SET, variant(180, 0.02)), batch_size=32, device="CPU", sentence="Faster."
    )
    assert parse(dump(event)) == event
