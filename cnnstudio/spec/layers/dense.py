"""Layers that join everything, reshape, or apply a function to each value."""

from math import prod
from typing import Literal

from pydantic import Field

from cnnstudio.spec.layers.layer import (
    Activation as ActivationField,
)
from cnnstudio.spec.layers.layer import (
    ActivityRegularizer,
    BiasRegularizer,
    KernelRegularizer,
    Layer,
    Parameters,
    Shape,
    UseBias,
)


class Dense(Layer):
    """Joins every input to every unit; the last one has a unit for each class."""

    kind: Literal["Dense"] = "Dense"
    group = "Dense"
    icon = "network"
    units: int = Field(64, ge=1, le=65_536, title="Units")
    activation: ActivationField = "relu"
    use_bias: UseBias = True
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: BiasRegularizer = None
    activity_regularizer: ActivityRegularizer = None

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(shape[-1] * self.units + (self.units if self.use_bias else 0))

    def multiply_adds(self, shape: Shape) -> int:
        return prod(shape) * self.units

    def describe(self) -> str:
        text = f"{self.units} units" if self.units != 1 else "1 unit"
        return text if self.activation == "linear" else f"{text}, {self.activation}"


class Flatten(Layer):
    """Lays the image out as one row of values."""

    kind: Literal["Flatten"] = "Flatten"
    group = "Dense"
    icon = "rows-3"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)


class Activation(Layer):
    """Applies a function to each value: after a normalization, or on its own."""

    kind: Literal["Activation"] = "Activation"
    group = "Dense"
    icon = "activity"
    activation: ActivationField = "relu"

    def describe(self) -> str:
        return self.activation
