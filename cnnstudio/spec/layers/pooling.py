"""Layers that make the image smaller."""

from typing import Literal

from pydantic import Field

from cnnstudio.spec.layers.layer import Layer, Padding, Shape, Size, image_shape, window_output


class _Pooling(Layer):
    """Takes one value from each window."""

    group = "Pooling"
    icon = "minimize-2"
    pool_size: Size = Field(2, title="Window", json_schema_extra={"unit": "px"})
    strides: Size | None = Field(
        None,
        title="Strides",
        description="Distance from window to window",
        json_schema_extra={"unit": "px", "empty": "as the window", "advanced": True},
    )
    padding: Padding = Field("valid", title="Padding", json_schema_extra={"advanced": True})

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = image_shape(self, shape)
        strides = self.strides or self.pool_size
        rows = window_output(self, height, width, self.pool_size, strides, self.padding)
        return (*rows, channels)

    def describe(self) -> str:
        return f"{self.pool_size}×{self.pool_size}"


class MaxPooling2D(_Pooling):
    """Keeps the largest value of each window."""

    kind: Literal["MaxPooling2D"] = "MaxPooling2D"
    heading = "Max pooling"


class AveragePooling2D(_Pooling):
    """Keeps the average of each window."""

    kind: Literal["AveragePooling2D"] = "AveragePooling2D"
    heading = "Average pooling"


class GlobalAveragePooling2D(Layer):
    """Averages each channel over the whole image: one value a channel, and no weights."""

    kind: Literal["GlobalAveragePooling2D"] = "GlobalAveragePooling2D"
    heading = "Global average pooling"
    group = "Pooling"
    icon = "minimize-2"

    def output_shape(self, shape: Shape) -> Shape:
        return (image_shape(self, shape)[2],)
