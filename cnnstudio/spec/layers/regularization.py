"""Layers that regularize: dropout and batch normalization."""

from typing import Literal

from pydantic import Field

from cnnstudio.spec.layers.layer import Layer, Parameters, Shape
from cnnstudio.spec.regularizers import AnyRegularizer


class Dropout(Layer):
    """Sets a random share of the values to zero while training, so that none is relied upon."""

    kind: Literal["Dropout"] = "Dropout"
    group = "Regularization"
    icon = "droplet"
    rate: float = Field(
        0.25,
        ge=0,
        le=0.99,
        title="Rate",
        description="Share of the values that are dropped",
        json_schema_extra={"unit": "%", "percent": True},
    )

    def describe(self) -> str:
        return f"{100 * self.rate:.0f} %"


class BatchNormalization(Layer):
    """Brings each channel to mean 0 and spread 1 over the batch: deep networks learn faster.

    Keras's own momentum of 0.99 leaves validation at chance for many short epochs.
    """

    kind: Literal["BatchNormalization"] = "BatchNormalization"
    heading = "Batch normalization"
    group = "Regularization"
    icon = "sliders-horizontal"
    momentum: float = Field(
        0.99, ge=0, lt=1, title="Momentum", description="How slowly the running averages follow"
    )
    epsilon: float = Field(
        0.001,
        gt=0,
        le=1,
        title="Epsilon",
        json_schema_extra={"logarithmic": True, "smallest": 1e-8, "advanced": True},
    )
    center: bool = Field(True, title="Learn an offset", json_schema_extra={"advanced": True})
    scale: bool = Field(True, title="Learn a scale", json_schema_extra={"advanced": True})
    beta_regularizer: AnyRegularizer | None = Field(
        None, title="Offset regularizer", json_schema_extra={"advanced": True}
    )
    gamma_regularizer: AnyRegularizer | None = Field(
        None, title="Scale regularizer", json_schema_extra={"advanced": True}
    )

    def parameters(self, shape: Shape) -> Parameters:
        channels = shape[-1]
        return Parameters(channels * (self.center + self.scale), 2 * channels)

    def multiply_adds(self, shape: Shape) -> int:
        values = 1
        for side in shape:
            values *= side
        return values

    def describe(self) -> str:
        return f"momentum {self.momentum:g}"
