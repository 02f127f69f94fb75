"""What layers put out for a few images: which units are dead, which values are saturated.

A unit is a channel of a convolution, or one output of a dense layer. It is dead where it lets no
gradient through, whatever image comes: with relu, where its output is 0 at every place of every
image (CS231n, https://cs231n.github.io/neural-networks-1/, "dying ReLU"); with gelu and silu, where
its outputs all lie in -0.001..0, so far down that the slope is under 0.01.

A value is saturated where the function is nearly level, so that little gradient comes through it
(Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html). For tanh that is beyond
±0.97, as A. Karpathy counts it (https://github.com/karpathy/nn-zero-to-hero, lecture 4), where the
slope is under 0.06. The others follow: sigmoid is a tanh squeezed into 0..1, so below 0.015 or
above 0.985; elu and selu have one level end, so beyond 97 % of the way to it. Softmax is saturated
for an image whose largest output is above 0.985: in the last layer no fault, but a sure answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cnnstudio.data.cache import PartPixels
from cnnstudio.training import clean
from cnnstudio.training.build import Network
from cnnstudio.training.engine import tf

_SELU_END = -1.7580993408473766  # -scale · alpha of Klambauer and others 2017
_LAYERS = {"ReLU": "relu", "ELU": "elu", "Softmax": "softmax"}

Test = Callable[[Any], Any]
"""Which of the values float[n, ..., units] are so: bool of the same shape, or without units."""

_DEAD: dict[str, Test] = {
    "relu": lambda values: tf.equal(values, 0.0),
    "gelu": lambda values: (values >= -1e-3) & (values <= 0.0),
    "silu": lambda values: (values >= -1e-3) & (values <= 0.0),
}
_SATURATED: dict[str, Test] = {
    "sigmoid": lambda values: (values < 0.015) | (values > 0.985),
    "tanh": lambda values: tf.abs(values) > 0.97,
    "elu": lambda values: values < -0.97,
    "selu": lambda values: values < 0.97 * _SELU_END,
    "softmax": lambda values: tf.reduce_max(values, axis=-1) > 0.985,
}


@dataclass(frozen=True, slots=True)
class Activity:
    """Shares 0..1 of one layer's dead units and saturated values.

    None where its activation has none; NaN where an output was no finite number.
    """

    dead: float | None = None
    saturated: float | None = None


def activation(layer: Any) -> str | None:
    """The activation of a Keras layer that can die or saturate; None: it has no such one."""
    if type(layer).__name__ == "ReLU" and layer.negative_slope:
        return None
    function = getattr(layer, "activation", None)
    name = _LAYERS.get(type(layer).__name__, getattr(function, "__name__", ""))
    return name if name in _DEAD or name in _SATURATED else None


class ActivityMeter:
    """Looks at what the layers put out for the images of a part, all at once; changes nothing.

    The first look costs more: it is compiled then.
    """

    def __init__(self, network: Network, part: PartPixels) -> None:
        self.keys = part.keys
        """The images that are looked at."""
        self._images = part.pixels[part.rows]
        names = {layer.name: activation(layer) for layer in network.layers}
        self._kinds = {name: kind for name, kind in names.items() if kind is not None}

        signature = [tf.TensorSpec(self._images.shape, tf.uint8)]

        @tf.function(input_signature=signature, autograph=False)
        def look(images: Any) -> Any:
            shares = {
                layer.name: _share(self._kinds[layer.name], tf.cast(values, tf.float32))
                for layer, values in clean.layer_outputs(network, images)
                if layer.name in self._kinds
            }
            return tf.stack([shares[name] for name in self._kinds])

        self._look = look

    def measure(self) -> dict[str, Activity]:
        """What each layer that can die or saturate does now, by its name."""
        if not self._kinds:
            return {}
        shares = self._look(tf.constant(self._images)).numpy().tolist()
        return {
            name: Activity(dead=share) if kind in _DEAD else Activity(saturated=share)
            for (name, kind), share in zip(self._kinds.items(), shares, strict=True)
        }


def _share(kind: str, values: Any) -> Any:
    """Dead units among all, or saturated values among all: float32 scalar."""
    if kind in _DEAD:
        places = list(range(len(values.shape) - 1))
        flags = tf.reduce_all(_DEAD[kind](values), axis=places)
    else:
        flags = _SATURATED[kind](values)
    share = tf.reduce_mean(tf.cast(flags, tf.float32))
    return tf.where(tf.reduce_all(tf.math.is_finite(values)), share, float("nan"))
