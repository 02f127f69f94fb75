"""Reading a network for the rules: which layers hold weights, what acts between and after them."""

from dataclasses import dataclass
from itertools import pairwise

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.layers.convolution import Conv2D
from cnnstudio.spec.layers.dense import Activation, Dense
from cnnstudio.spec.layers.layer import Layer, Shape
from cnnstudio.spec.layers.pooling import MaxPooling2D
from cnnstudio.spec.layers.regularization import BatchNormalization, Dropout
from cnnstudio.spec.shapes import NetworkFacts, walk

WEIGHTED = (Conv2D, Dense)


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer with its place in the list and the shapes that enter and leave it, where known."""

    index: int
    layer: Layer
    input_shape: Shape | None
    output_shape: Shape | None
    trainable: int

    @property
    def path(self) -> str:
        """The dotted path of the layer in the experiment."""
        return f"model.layers.{self.index}"

    @property
    def heading(self) -> str:
        """`words` at the beginning of a sentence."""
        return f"L{self.words[1:]}"

    @property
    def words(self) -> str:
        """How people find it: `layer 3 (Dense)`."""
        return f"layer {self.index + 1} ({self.layer.title()})"


class Reading:
    """An experiment's layers, walked once."""

    def __init__(self, experiment: Experiment) -> None:
        self.network: NetworkFacts = walk(experiment)
        self.layers: tuple[Placed, ...] = tuple(
            Placed(f.index, layer, f.input_shape, f.output_shape, f.parameters.trainable)
            for f, layer in zip(self.network.layers, experiment.model.layers, strict=True)
        )

    @property
    def sound(self) -> bool:
        """Whether the walk reaches the end: otherwise `problems` speaks, not the doctor."""
        return bool(self.layers) and self.network.output_shape is not None

    @property
    def weighted(self) -> tuple[Placed, ...]:
        """The convolutions and dense layers."""
        return tuple(p for p in self.layers if isinstance(p.layer, WEIGHTED))

    @property
    def dropouts(self) -> tuple[Placed, ...]:
        """The dropout layers that drop something."""
        return tuple(p for p in self.layers if isinstance(p.layer, Dropout) and p.layer.rate > 0)

    @property
    def normalizations(self) -> tuple[Placed, ...]:
        """The batch normalizations."""
        return tuple(p for p in self.layers if isinstance(p.layer, BatchNormalization))

    @property
    def activations(self) -> tuple[tuple[Placed, str], ...]:
        """Every layer that has a choice of activation, with its name, in order."""
        return tuple(
            (p, p.layer.activation)
            for p in self.layers
            if isinstance(p.layer, Conv2D | Dense | Activation)
        )

    @property
    def last_weighted(self) -> Placed | None:
        """The last convolution or dense layer, which makes the class scores."""
        return self.weighted[-1] if self.weighted else None

    def hidden_activations(self) -> tuple[tuple[Placed, str], ...]:
        """The activations that some later layer with weights reads, without `linear`."""
        last = self.last_weighted
        end = last.index if last is not None else 0
        return tuple((p, a) for p, a in self.activations if p.index < end and a != "linear")

    def output_activations(self) -> tuple[tuple[Placed, str], ...]:
        """The activations from the last layer with weights to the end, without `linear`."""
        last = self.last_weighted
        start = last.index if last is not None else 0
        return tuple((p, a) for p, a in self.activations if p.index >= start and a != "linear")

    def linear_chains(self) -> tuple[Placed, ...]:
        """Layers with weights that reach the next such layer with nothing non-linear between."""
        found: list[Placed] = []
        for before, after in pairwise(self.weighted):
            between = self.layers[before.index : after.index]
            bends = any(
                isinstance(p.layer, MaxPooling2D)
                or getattr(p.layer, "activation", "linear") != "linear"
                for p in between
            )
            if not bends:
                found.append(before)
        return tuple(found)
