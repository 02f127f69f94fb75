"""Weight and activity penalties of a layer, by their Keras names."""

from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member

Strength = Annotated[
    float,
    Field(ge=0, le=100, json_schema_extra={"logarithmic": True, "smallest": 1e-6}),
]


class Regularizer(Member):
    """A penalty that is added to the loss."""

    family = "regularizers"


class L1(Regularizer):
    """Adds the sum of absolute values to the loss: drives useless weights to exactly zero."""

    kind: Literal["L1"] = "L1"
    l1: Strength = Field(0.0001, title="Strength")


class L2(Regularizer):
    """Adds the sum of squares to the loss: keeps weights small.

    Too strong, and the network shrinks its weights instead of learning from the images.
    """

    kind: Literal["L2"] = "L2"
    l2: Strength = Field(0.0001, title="Strength")


class L1L2(Regularizer):
    """Adds both the sum of absolute values and the sum of squares to the loss."""

    kind: Literal["L1L2"] = "L1L2"
    heading = "L1 + L2"
    l1: Strength = Field(0.0001, title="L1 strength")
    l2: Strength = Field(0.0001, title="L2 strength")


AnyRegularizer = Annotated[Regularizer, ANY_MEMBER]
