"""Optimizers by their Keras names and arguments."""

from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member
from cnnstudio.spec.schedules import Constant, RateOrSchedule

Beta = Annotated[float, Field(ge=0, lt=1, json_schema_extra={"advanced": True})]
Epsilon = Annotated[
    float,
    Field(gt=0, le=1, json_schema_extra={"logarithmic": True, "smallest": 1e-16, "advanced": True}),
]
WeightDecay = Annotated[
    float | None,
    Field(
        ge=0,
        le=10,
        title="Weight decay",
        description="Decoupled decay of the weights, beside the loss",
        json_schema_extra={"logarithmic": True, "smallest": 1e-6, "empty": "none"},
    ),
]


class Optimizer(Member):
    """How gradients change the weights."""

    family = "optimizers"
    learning_rate: RateOrSchedule = Field(Constant(), title="Learning rate")
    global_clipnorm: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Clip norm",
        description="Longest gradient over all weights together; longer ones are shortened to it",
        json_schema_extra={"empty": "none", "suggestion": 1.0},
    )


class Adam(Optimizer):
    """Adapts the rate of each weight to its gradients: the safe first choice."""

    kind: Literal["Adam"] = "Adam"
    weight_decay: WeightDecay = None
    beta_1: Beta = Field(0.9, title="Beta 1")
    beta_2: Beta = Field(0.999, title="Beta 2")
    epsilon: Epsilon = Field(1e-7, title="Epsilon")


class AdamW(Optimizer):
    """Adam with weight decay kept apart from the gradients."""

    kind: Literal["AdamW"] = "AdamW"
    heading = "AdamW"
    weight_decay: float = Field(
        0.004,
        ge=0,
        le=10,
        title="Weight decay",
        description="Decoupled decay of the weights, beside the loss",
        json_schema_extra={"logarithmic": True, "smallest": 1e-6},
    )
    beta_1: Beta = Field(0.9, title="Beta 1")
    beta_2: Beta = Field(0.999, title="Beta 2")
    epsilon: Epsilon = Field(1e-7, title="Epsilon")


class SGD(Optimizer):
    """Plain stochastic gradient descent, with momentum if wanted; needs a well-chosen rate."""

    kind: Literal["SGD"] = "SGD"
    heading = "SGD"
    learning_rate: RateOrSchedule = Field(Constant(learning_rate=0.01), title="Learning rate")
    momentum: float = Field(0.0, ge=0, lt=1, title="Momentum")
    nesterov: bool = Field(False, title="Nesterov momentum")
    weight_decay: WeightDecay = None


class RMSprop(Optimizer):
    """Divides each gradient by a running average of its size."""

    kind: Literal["RMSprop"] = "RMSprop"
    heading = "RMSprop"
    rho: Beta = Field(0.9, title="Rho")
    momentum: float = Field(0.0, ge=0, lt=1, title="Momentum")
    epsilon: Epsilon = Field(1e-7, title="Epsilon")
    centered: bool = Field(False, title="Centred", json_schema_extra={"advanced": True})
    weight_decay: WeightDecay = None


AnyOptimizer = Annotated[Optimizer, ANY_MEMBER]
