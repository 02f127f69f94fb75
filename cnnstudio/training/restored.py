"""A trained run as a network again: which weights count as its model, rebuilt and filled."""

from typing import Any

import numpy as np

from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, build, probabilities
from cnnstudio.training.engine import keras
from cnnstudio.training.policy import keeping
from cnnstudio.training.schedule import RateTable
from cnnstudio.training.snapshot import Checkpoints, Snapshot, restore


def chosen(folder: RunFolder, experiment: Experiment) -> Snapshot:
    """The snapshot that is the run's model: the best epoch where a policy keeps it, else the last.

    Raises:
        UserError: nothing was trained yet, or nothing sound is left of it.
    """
    checkpoints = Checkpoints(folder)
    snapshot = checkpoints.best() if keeping(experiment) is not None else None
    if snapshot is None:
        snapshot = checkpoints.last()
    if snapshot is None or snapshot.progress.step == 0:
        raise UserError(
            "This run has no trained model yet: train it for at least one step first.",
            place=str(folder.path),
        )
    return snapshot


def rebuild(experiment: Experiment, snapshot: Snapshot) -> Network:
    """The network of `experiment` with the weights of `snapshot`; not for further training."""
    network = build(experiment, RateTable(np.zeros(1)), snapshot.statistics)
    restore(network, snapshot, optimizer=False)
    return network


def inference_model(network: Network, experiment: Experiment, classes: int) -> Any:
    """A plain Keras model from images 0..255 [n, height, width, c] to float32[n, classes]."""
    outputs = probabilities(network.outputs[0], experiment, classes)
    return keras.Model(network.inputs[0], outputs, name="classifier")
