"""The values that enter the first layer, counted without the network."""

import numpy as np
import pytest

from cnnstudio.augment.scaling import Span, Spread, span, spread
from cnnstudio.spec.experiment import InputScaling

IMAGE = np.array([[[0, 51, 255], [255, 51, 0]]], np.uint8)


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        ("none", Span(0.0, 255.0, 102.0)),
        ("unit", Span(0.0, 1.0, 0.4)),
        ("signed", Span(-1.0, 1.0, -0.2)),
    ],
)
def test_fixed_scalings_are_lines(scaling: InputScaling, expected: Span) -> None:
    found = span(IMAGE, scaling)
    assert (found.least, found.most, found.mean) == pytest.approx(
        (expected.least, expected.most, expected.mean)
    )


def test_standardizing_goes_by_channel() -> None:
    found = span(IMAGE, "standardize", Spread((127.5, 51.0, 0.0), (127.5, 1.0, 255.0)))
    assert (found.least, found.most) == pytest.approx((-1.0, 1.0))
    assert found.mean == pytest.approx((0 + 0 + 0.5) / 3)


def test_standardizing_needs_the_training_images() -> None:
    with pytest.raises(ValueError, match="spread"):
        span(IMAGE, "standardize")


def test_the_spread_of_images_makes_them_mean_zero_and_spread_one() -> None:
    images = list(np.random.default_rng(0).integers(0, 256, (5, 8, 9, 3), dtype=np.uint8))
    known = spread(images)
    scaled = (np.stack(images) - np.array(known.mean)) / np.array(known.deviation)
    assert scaled.mean() == pytest.approx(0.0, abs=1e-5)
    assert scaled.std(axis=(0, 1, 2)) == pytest.approx(np.ones(3), abs=1e-4)
    spans = [span(image, "standardize", known) for image in images]
    assert np.mean([one.mean for one in spans]) == pytest.approx(0.0, abs=1e-5)


def test_a_flat_gray_image_has_a_span_of_one_level() -> None:
    flat = np.full((4, 4, 1), 7, np.uint8)
    assert spread([flat]).deviation == (1.0,)
    assert span(flat, "none") == Span(7.0, 7.0, 7.0)
