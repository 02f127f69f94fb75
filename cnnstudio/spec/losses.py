"""Losses by their Keras names, each with the form of target that it wants."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member

Target = Literal["index", "one_hot", "binary"]
FromLogits = Annotated[
    bool,
    Field(
        title="From logits",
        description="The last layer has no softmax or sigmoid; the loss applies it",
    ),
]


class Loss(Member):
    """What training makes small. `target` is the form in which labels reach it:

    `index` int class numbers [n], `one_hot` float [n, classes], `binary` float [n, 1].
    """

    family = "losses"
    target: ClassVar[Target] = "index"


class SparseCategoricalCrossentropy(Loss):
    """Cross-entropy over class numbers: for two or more classes and one output unit per class."""

    kind: Literal["SparseCategoricalCrossentropy"] = "SparseCategoricalCrossentropy"
    heading = "Sparse categorical cross-entropy"
    from_logits: FromLogits = False


class CategoricalCrossentropy(Loss):
    """Cross-entropy over one-hot labels, which can be smoothed."""

    kind: Literal["CategoricalCrossentropy"] = "CategoricalCrossentropy"
    heading = "Categorical cross-entropy"
    target = "one_hot"
    from_logits: FromLogits = False
    label_smoothing: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Label smoothing",
        description="Share of certainty taken from the true class and spread over all",
    )


class BinaryCrossentropy(Loss):
    """Cross-entropy for two classes and a single sigmoid unit."""

    kind: Literal["BinaryCrossentropy"] = "BinaryCrossentropy"
    heading = "Binary cross-entropy"
    target = "binary"
    from_logits: FromLogits = False


AnyLoss = Annotated[Loss, ANY_MEMBER]
