"""The walk through a network: shapes, counts and multiply-adds by hand, and where it breaks off."""

import pytest

from cnnstudio.spec.experiment import Dataset, Experiment, Network
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense, Flatten
from cnnstudio.spec.layers.layer import Layer
from cnnstudio.spec.layers.pooling import GlobalAveragePooling2D, MaxPooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization
from cnnstudio.spec.shapes import NetworkFacts, layer_name, walk
from cnnstudio.spec.sources import ClassFolders


def walked(*layers: Layer, side: int = 8) -> NetworkFacts:
    dataset = Dataset(source=ClassFolders(path="/x"), image_size=(side, side))
    return walk(Experiment(dataset=dataset, model=Network(layers=layers)))


def test_a_small_network_is_counted_as_by_hand() -> None:
    facts = walked(
        Conv2D(filters=4, kernel_size=3, padding="valid"),
        BatchNormalization(),
        MaxPooling2D(pool_size=2),
        Flatten(),
        Dense(units=5),
    )
    assert [f.output_shape for f in facts.layers] == [(6, 6, 4), (6, 6, 4), (3, 3, 4), (36,), (5,)]
    assert [tuple(f.parameters) for f in facts.layers] == [
        (3 * 3 * 3 * 4 + 4, 0),
        (8, 8),
        (0, 0),
        (0, 0),
        (36 * 5 + 5, 0),
    ]
    assert facts.layers[0].multiply_adds == 6 * 6 * 4 * 3 * 3 * 3
    assert facts.layers[4].multiply_adds == 36 * 5
    assert facts.memory == 4 * (8 * 8 * 3 + 6 * 6 * 4 * 2 + 3 * 3 * 4 + 36 + 5)


def test_strides_and_padding_follow_keras() -> None:
    assert walked(Conv2D(filters=1, strides=3, padding="same")).output_shape == (3, 3, 1)
    assert walked(Conv2D(filters=1, strides=3, padding="valid")).output_shape == (2, 2, 1)


@pytest.mark.parametrize("kernel", [9, 30])
def test_a_window_larger_than_the_image_is_one_plain_sentence(kernel: int) -> None:
    facts = walked(Conv2D(kernel_size=kernel, padding="valid"), Flatten(), Dense())
    problem = facts.layers[0].problem
    assert problem is not None
    assert "Only 8×8 pixels are left here" in problem
    assert [f.output_shape for f in facts.layers] == [None, None, None]
    assert [f.problem for f in facts.layers[1:]] == [None, None]


def test_a_convolution_below_flat_values_is_one_plain_sentence() -> None:
    problem = walked(GlobalAveragePooling2D(), Conv2D()).layers[1].problem
    assert problem is not None
    assert "needs an image" in problem


def test_layers_of_a_kind_are_numbered() -> None:
    taken: dict[str, int] = {}
    kinds = ["Conv2D", "Conv2D", "MaxPooling2D", "GlobalAveragePooling2D", "BatchNormalization"]
    assert [layer_name(kind, taken) for kind in kinds] == [
        "conv2d",
        "conv2d_1",
        "max_pooling2d",
        "global_average_pooling2d",
        "batch_normalization",
    ]
