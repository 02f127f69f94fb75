"""Resizing inside the exported graph is the resizing of training, to one grey level."""

from __future__ import annotations

import numpy as np
import pytest

from cnnstudio.data.resize import resize
from cnnstudio.spec.experiment import Resize
from cnnstudio.training.engine import tf
from cnnstudio.training.serving import fit_images

SIZES = [(16, 16), (40, 25), (25, 40), (9, 7), (130, 33), (1, 6), (64, 48), (200, 300)]


@pytest.mark.parametrize(
    ("how", "scale"),
    [("stretch", 1), ("pad", 1), ("crop", 1), *(("fixed_scale", s) for s in (0.3, 1, 1.7))],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_it_agrees_with_pillow_to_one_grey_level(how: Resize, scale: float, channels: int) -> None:
    rng = np.random.default_rng(3)
    function = tf.function(
        lambda images: fit_images(images, (16, 12), how, scale),
        input_signature=[tf.TensorSpec([None, None, None, channels], tf.uint8)],
    )
    differing = []
    for height, width in SIZES:
        image = rng.integers(0, 256, (height, width, channels)).astype(np.uint8)
        ours = resize(image, (16, 12), how, scale).astype(np.float32)
        graph = function(image[np.newaxis]).numpy()[0]
        assert graph.shape == ours.shape
        assert np.abs(graph - ours).max() <= 1, (height, width)
        differing.append(float(np.mean(graph != ours)))
    assert np.mean(differing) < 0.05


def test_images_of_the_right_size_pass_unchanged_whatever_their_type() -> None:
    image = np.random.default_rng(4).integers(0, 256, (2, 10, 8, 3)).astype(np.uint8)
    for given in (image, image.astype(np.float32), image.astype(np.float32) + 0.3):
        assert np.array_equal(fit_images(tf.constant(given), (10, 8), "stretch"), image)


def test_values_outside_the_grey_levels_are_brought_inside() -> None:
    given = tf.constant([[[[-20.0], [300.0]]]])
    assert fit_images(given, (1, 2), "stretch").numpy().ravel().tolist() == [0.0, 255.0]
