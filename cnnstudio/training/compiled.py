"""The training step compiled: as a TensorFlow graph, or through XLA where that is set and works."""

import re
from collections.abc import Callable
from typing import Any

from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network
from cnnstudio.training.engine import tf

SEVERAL_DEVICES = "XLA compiles for one device: with several the run goes on without it."

_UNSUPPORTED = re.compile(r"on XLA_\w+: (\w+)")
# What XLA raises for want of a kernel, of a part of it on this machine, or by a fault of its own.
_REFUSALS = (
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
    tf.errors.InternalError,
    tf.errors.NotFoundError,
)


def compiled(step: Any, network: Network, experiment: Experiment) -> Callable[..., Any]:
    """The concrete function of `step`, a `tf.function` with a signature; `note` tells of XLA's."""
    plain: Callable[..., Any] = step.get_concrete_function()
    if not experiment.training.jit_compile:
        return plain
    if network.shared:
        return _Noted(plain, SEVERAL_DEVICES)
    return ThroughXla(step, plain, experiment.dataset.batch_size)


def note(function: Callable[..., Any] | None) -> str:
    """Why a function that `compiled` gave goes without the XLA that was asked for; else empty."""
    return getattr(function, "note", "")


class _Noted:
    def __init__(self, function: Callable[..., Any], note: str) -> None:
        self._function, self.note = function, note

    def __call__(self, *batch: Any) -> Any:
        return self._function(*batch)


class ThroughXla:
    """A step that XLA computes for batches of `size` images, and the graph for any other.

    XLA compiles anew for each size of a batch, and takes its time: for the last batch of an epoch
    that is never worth it. Where XLA refuses, nothing has been computed yet: the graph does it.
    """

    def __init__(self, step: Any, plain: Callable[..., Any], size: int) -> None:
        self._plain = plain
        self._fast = tf.function(
            step.python_function, input_signature=step.input_signature, jit_compile=True
        ).get_concrete_function()
        self._size = size
        self._proven = False
        self.note = ""

    def __call__(self, *batch: Any) -> Any:
        """Takes the step's tensors, images first."""
        if self.note or batch[0].shape[0] != self._size:
            return self._plain(*batch)
        if self._proven:
            return self._fast(*batch)
        try:
            result = self._fast(*batch)
        except _REFUSALS as error:
            found = _UNSUPPORTED.search(str(error))
            reason = f" ({found[1]})" if found else ""
            self.note = f"XLA cannot compile this network{reason}: the run goes on without it."
            return self._plain(*batch)
        self._proven = True
        return result
