"""Layers that slide a learned window over the image."""

from typing import Literal

from pydantic import Field

from cnnstudio.spec.layers.layer import (
    Activation,
    ActivityRegularizer,
    BiasRegularizer,
    KernelRegularizer,
    Layer,
    Padding,
    Parameters,
    Shape,
    Size,
    UseBias,
    image_shape,
    window_output,
)


class Conv2D(Layer):
    """Slides learned filters over the image; each finds one pattern wherever it is."""

    kind: Literal["Conv2D"] = "Conv2D"
    heading = "Convolution"
    group = "Convolution"
    icon = "grid-3x3"
    filters: int = Field(32, ge=1, le=4096, title="Filters", description="Patterns to learn")
    kernel_size: Size = Field(3, title="Kernel size", json_schema_extra={"unit": "px"})
    strides: Size = Field(1, title="Strides", json_schema_extra={"unit": "px"})
    padding: Padding = Field("same", title="Padding")
    activation: Activation = "relu"
    use_bias: UseBias = True
    kernel_regularizer: KernelRegularizer = None
    bias_regularizer: BiasRegularizer = None
    activity_regularizer: ActivityRegularizer = None

    def output_shape(self, shape: Shape) -> Shape:
        height, width, _ = image_shape(self, shape)
        rows = window_output(self, height, width, self.kernel_size, self.strides, self.padding)
        return (*rows, self.filters)

    def parameters(self, shape: Shape) -> Parameters:
        channels = image_shape(self, shape)[2]
        weights = self.kernel_size**2 * channels * self.filters
        return Parameters(weights + (self.filters if self.use_bias else 0))

    def multiply_adds(self, shape: Shape) -> int:
        rows, columns, filters = self.output_shape(shape)
        return rows * columns * filters * self.kernel_size**2 * shape[2]

    def describe(self) -> str:
        text = f"{self.filters} × {self.kernel_size}×{self.kernel_size}"
        if self.strides > 1:
            text += f", every {self.strides} px"
        return text if self.activation == "linear" else f"{text}, {self.activation}"
