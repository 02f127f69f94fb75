"""The walk through a network: output shapes, parameter counts and multiply-adds, without Keras."""

from dataclasses import dataclass

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.layers.layer import Parameters, Shape, ShapeError


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What one layer makes of its input.

    Shapes leave the batch out. `problem` is one sentence when the layer does not fit, and the
    shape and counts are then unknown (None, zero) here and below.
    """

    index: int
    kind: str
    name: str
    input_shape: Shape | None
    output_shape: Shape | None
    parameters: Parameters
    multiply_adds: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """The walk and its sums. `memory` is bytes of float32 activations for one image, forward."""

    layers: tuple[LayerFacts, ...]
    parameters: Parameters
    multiply_adds: int
    memory: int

    @property
    def output_shape(self) -> Shape | None:
        """Shape that leaves the last layer, None when the walk breaks off."""
        return self.layers[-1].output_shape if self.layers else None


def walk(experiment: Experiment) -> NetworkFacts:
    """Walk through the layers in order; never raises, faults stand in the layers' facts."""
    shape: Shape | None = experiment.input_shape
    found: list[LayerFacts] = []
    names: dict[str, int] = {}
    for index, layer in enumerate(experiment.model.layers):
        name = layer_name(layer.kind, names)
        before, problem = shape, None
        counts, work = Parameters(0), 0
        if before is not None:
            try:
                shape = layer.output_shape(before)
                counts, work = layer.parameters(before), layer.multiply_adds(before)
            except ShapeError as error:
                shape, problem = None, str(error)
        found.append(LayerFacts(index, layer.kind, name, before, shape, counts, work, problem))
    values = sum(_size(facts.output_shape) for facts in found)
    return NetworkFacts(
        layers=tuple(found),
        parameters=Parameters(
            sum(f.parameters.trainable for f in found),
            sum(f.parameters.non_trainable for f in found),
        ),
        multiply_adds=sum(f.multiply_adds for f in found),
        memory=4 * (values + _size(experiment.input_shape)),
    )


def layer_name(kind: str, taken: dict[str, int]) -> str:
    """`conv2d`, `conv2d_1`, ...: the name of the next layer of a kind; counts it in `taken`."""
    base = "".join(
        (
            "_"
            if i and c.isupper() and not kind[i - 1].isupper() and not kind[i - 1].isdigit()
            else ""
        )
        + c.lower()
        for i, c in enumerate(kind)
    )
    count = taken.get(base, 0)
    taken[base] = count + 1
    return base if count == 0 else f"{base}_{count}"


def _size(shape: Shape | None) -> int:
    size = 1 if shape is not None else 0
    for side in shape or ():
        size *= side
    return size
