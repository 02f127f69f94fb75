"""What every layer is: fields by Keras's names, and pure arithmetic on shapes and counts."""

from math import prod
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from cnnstudio.spec.member import Member
from cnnstudio.spec.regularizers import AnyRegularizer

Shape = tuple[int, ...]
"""Shape of one sample, without the batch: (height, width, channels) or (units,)."""

ActivationName = Literal[
    "linear", "relu", "leaky_relu", "elu", "gelu", "selu", "silu", "sigmoid", "tanh", "softmax"
]
Padding = Literal["valid", "same"]


class ShapeError(ValueError):
    """A layer cannot take the shape that reaches it; the text is one plain sentence."""


class Parameters(NamedTuple):
    """Counts of weights: those that training changes, and those that it only keeps."""

    trainable: int
    non_trainable: int = 0


def _square(value: object) -> object:
    """A pair of equal numbers, as Keras writes sizes, is one number here."""
    if isinstance(value, list | tuple) and len(value) == 2 and value[0] == value[1]:
        return value[0]
    return value


Size = Annotated[int, Field(ge=1, le=512), BeforeValidator(_square)]

KernelRegularizer = Annotated[
    AnyRegularizer | None,
    Field(title="Kernel regularizer", description="Penalty on the weights"),
]
BiasRegularizer = Annotated[
    AnyRegularizer | None,
    Field(
        title="Bias regularizer",
        description="Penalty on the biases",
        json_schema_extra={"advanced": True},
    ),
]
ActivityRegularizer = Annotated[
    AnyRegularizer | None,
    Field(
        title="Activity regularizer",
        description="Penalty on what the layer puts out",
        json_schema_extra={"advanced": True},
    ),
]
Activation = Annotated[ActivationName, Field(title="Activation")]
UseBias = Annotated[bool, Field(title="Bias", json_schema_extra={"advanced": True})]


class Layer(Member):
    """One layer of a network. Shapes leave the batch out."""

    family = "layers"
    group: ClassVar[str] = ""
    icon: ClassVar[str] = "layers"

    def output_shape(self, shape: Shape) -> Shape:
        """Shape that leaves the layer; raises `ShapeError` when `shape` does not fit."""
        return shape

    def parameters(self, shape: Shape) -> Parameters:
        """Counts of weights for an input of `shape`."""
        return Parameters(0)

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with addition for one sample in the forward direction."""
        return 0

    def describe(self) -> str:
        """The settings that matter most, in a few words for a list row."""
        return ""


def image_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """`shape` as (height, width, channels); raises `ShapeError` for anything else."""
    if len(shape) != 3:
        raise ShapeError(
            f"{layer.title()} needs an image, but {prod(shape)} flat values reach it: "
            "move it above Flatten and the pooling over everything."
        )
    return shape


def window_output(
    layer: Layer, height: int, width: int, size: int, strides: int, padding: Padding
) -> tuple[int, int]:
    """Positions of a sliding window, as in https://keras.io/api/layers/ ; raises `ShapeError`."""
    if padding == "same":
        return -(-height // strides), -(-width // strides)
    rows, columns = (height - size) // strides + 1, (width - size) // strides + 1
    if rows < 1 or columns < 1:
        raise ShapeError(
            f"Only {height}×{width} pixels are left here, and {layer.title()} needs at least "
            f"{size}×{size}: use fewer pooling layers, padding “same” or larger images."
        )
    return rows, columns
