"""The weight penalty before the first step, from the weights that training starts with.

Keras starts kernels from Glorot's uniform distribution on ±√(6 / (fan_in + fan_out)), so the mean
square of a weight is 2 / (fan_in + fan_out) and its mean absolute value half the limit.
Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
"""

from dataclasses import dataclass
from math import floor, log10, sqrt

from cnnstudio.doctor.network import Placed, Reading
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Dense
from cnnstudio.spec.patch import Change
from cnnstudio.spec.regularizers import L1, L1L2, L2, Regularizer

FIELDS = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "beta_regularizer",
    "gamma_regularizer",
)


@dataclass(frozen=True, slots=True)
class Kernel:
    """One weight array: how many weights, and how large they are at the start."""

    weights: int
    mean_square: float
    mean_absolute: float


@dataclass(frozen=True, slots=True)
class Share:
    """One regularizer, where it stands, and its part of the penalty at the start."""

    path: str
    words: str
    regularizer: Regularizer
    penalty: float


def kernel(placed: Placed) -> Kernel | None:
    """The kernel of a convolution or dense layer as Keras starts it, None for other layers."""
    layer, shape = placed.layer, placed.input_shape
    if shape is None or not isinstance(layer, Conv2D | Dense):
        return None
    if isinstance(layer, Conv2D):
        window = layer.kernel_size**2
        fan_in, fan_out = window * shape[2], window * layer.filters
        weights = window * shape[2] * layer.filters
    else:
        fan_in, fan_out = shape[-1], layer.units
        weights = fan_in * fan_out
    return Kernel(weights, 2 / (fan_in + fan_out), sqrt(6 / (fan_in + fan_out)) / 2)


def initial_norm(reading: Reading) -> float:
    """Length of all kernels together before the first step."""
    kernels = [kernel(placed) for placed in reading.weighted]
    return sqrt(sum(k.weights * k.mean_square for k in kernels if k is not None))


def shares(reading: Reading) -> tuple[Share, ...]:
    """Every regularizer of the network with its penalty before the first step.

    Biases and offsets start at zero and cost nothing; what an activity regularizer costs depends
    on the images and is counted as nothing here.
    """
    found: list[Share] = []
    for placed in reading.layers:
        for field in FIELDS:
            regularizer = getattr(placed.layer, field, None)
            if regularizer is None:
                continue
            start = kernel(placed) if field == "kernel_regularizer" else None
            if field == "gamma_regularizer" and placed.input_shape is not None:
                start = Kernel(placed.input_shape[-1], 1.0, 1.0)
            cost = 0.0 if start is None else _cost(regularizer, start)
            found.append(Share(f"{placed.path}.{field}", placed.words, regularizer, cost))
    return tuple(found)


def initial_penalty(reading: Reading) -> float:
    """What all regularizers together add to the loss before the first step."""
    return sum(share.penalty for share in shares(reading))


def weaker(found: tuple[Share, ...], factor: float) -> tuple[Change, ...]:
    """Changes that multiply every regularizer's strength by `factor`, rounded down to 1, 2 or 5."""
    changes: list[Change] = []
    for share in found:
        plain = share.regularizer.model_dump(mode="json")
        for name in ("l1", "l2"):
            if plain.get(name):
                plain[name] = rounded_down(plain[name] * factor)
        changes.append(Change(path=share.path, value=plain))
    return tuple(changes)


def without_regularizers(experiment: Experiment) -> tuple[Change, ...]:
    """Changes that remove every regularizer with a strength above zero."""
    return tuple(
        Change(path=f"model.layers.{index}.{field}", value=None)
        for index, layer in enumerate(experiment.model.layers)
        for field in FIELDS
        if strength(getattr(layer, field, None)) > 0
    )


def strength(regularizer: Regularizer | None) -> float:
    """The larger of a regularizer's factors, 0 for none."""
    match regularizer:
        case L1(l1=factor) | L2(l2=factor):
            return factor
        case L1L2(l1=first, l2=second):
            return max(first, second)
        case _:
            return 0.0


def rounded_down(value: float) -> float:
    """The next number of the form 1, 2 or 5 times a power of ten that is not above `value`."""
    if value <= 0:
        return 0.0
    power = floor(log10(value) + 1e-9)
    digit = value / 10.0**power
    first = 5 if digit >= 5 - 1e-9 else 2 if digit >= 2 - 1e-9 else 1
    return float(f"{first}e{power}")


def _cost(regularizer: Regularizer, start: Kernel) -> float:
    absolute, square = start.weights * start.mean_absolute, start.weights * start.mean_square
    match regularizer:
        case L1(l1=factor):
            return factor * absolute
        case L2(l2=factor):
            return factor * square
        case L1L2(l1=first, l2=second):
            return first * absolute + second * square
        case _:
            return 0.0
