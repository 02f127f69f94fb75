"""The short controlled runs that tell one suspect from another: each removes one and no other.

All of them, the unchanged controls too, hold the rate constant at the schedule's peak: a fork of a
few hundred steps inside a warm-up or at the end of a decay would show the schedule alone.
"""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.doctor.penalty import without_regularizers
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.patch import Change
from cnnstudio.spec.schedules import Constant

Suspect = Literal["nothing", "augmentation", "regularization", "rate"]

CONTROL = "control"
AUGMENTATION_OFF = "augmentation_off"
REGULARIZATION_OFF = "regularization_off"
RATE_UP = "rate_up"
RATE_DOWN = "rate_down"
RATE_ORDINARY = "rate_ordinary"

CONTROLS = 3
"""Seeds of the unchanged run: the least from which a spread can be told."""

FAR_OFF = 30.0
"""A rate this many times above or below the ordinary one is out of reach of a factor of ten."""

_LARGEST_SEED = 2**31 - 1
_LARGEST_RATE = 100.0


@dataclass(frozen=True, slots=True)
class Fork:
    """One short run: the experiment with `changes`, seeded with `seed`.

    `probe` is unique in a plan; `removes` is the suspect that the changes take away.
    """

    probe: str
    title: str
    changes: tuple[Change, ...]
    seed: int
    removes: Suspect = "nothing"

    @property
    def control(self) -> bool:
        """Whether nothing is taken away."""
        return self.removes == "nothing"


def is_control(probe: str) -> bool:
    """Whether a probe's name is that of an unchanged run."""
    return probe == CONTROL or probe.startswith(f"{CONTROL}_")


def planned_forks(experiment: Experiment) -> tuple[Fork, ...]:
    """The forks worth running: three controls, then one for each suspect that is there.

    The first control comes first and the other two last, so that a short budget still compares
    every suspect with something.
    """
    seed = experiment.training.seed
    steady = _rate(experiment, 1.0)
    suspects: list[Fork] = []
    if still := _still(experiment):
        suspects.append(
            Fork(AUGMENTATION_OFF, "Without augmentation", still + steady, seed, "augmentation")
        )
    if free := _free(experiment):
        suspects.append(
            Fork(
                REGULARIZATION_OFF, "Without regularization", free + steady, seed, "regularization"
            )
        )
    if experiment.training.optimizer.learning_rate.peak * 10 <= _LARGEST_RATE:
        suspects.append(Fork(RATE_UP, "Rate × 10", _rate(experiment, 10.0), seed, "rate"))
    suspects.append(Fork(RATE_DOWN, "Rate ÷ 10", _rate(experiment, 0.1), seed, "rate"))
    peak, usual = experiment.training.optimizer.learning_rate.peak, ordinary_rate(experiment)
    if not usual / FAR_OFF < peak < usual * FAR_OFF:
        title = f"Ordinary rate, {usual:g}"
        suspects.append(Fork(RATE_ORDINARY, title, _rate(experiment, usual / peak), seed, "rate"))
    controls = [
        Fork(
            f"{CONTROL}_{number}",
            f"Unchanged ({number} of {CONTROLS})",
            steady,
            (seed + number - 1) % (_LARGEST_SEED + 1),
        )
        for number in range(1, CONTROLS + 1)
    ]
    return (controls[0], *suspects, *controls[1:])


def ordinary_rate(experiment: Experiment) -> float:
    """The rate at which most small networks learn with this optimizer: Keras's own default."""
    return float(type(experiment.training.optimizer)().learning_rate.peak)


def _still(experiment: Experiment) -> tuple[Change, ...]:
    """Changes that switch every operation off which changes images."""
    return tuple(
        Change(path=f"augmentation.operations.{index}.enabled", value=False)
        for index, operation in enumerate(experiment.augmentation.operations)
        if operation.enabled and not operation.idle
    )


def _free(experiment: Experiment) -> tuple[Change, ...]:
    """Changes that take away penalties, dropout and weight decay, and leave every layer in place.

    The layers stay so that the fork starts from the very same weights.
    """
    changes = list(without_regularizers(experiment))
    for index, layer in enumerate(experiment.model.layers):
        if isinstance(layer, Dropout) and layer.rate > 0:
            changes.append(Change(path=f"model.layers.{index}.rate", value=0.0))
    if getattr(experiment.training.optimizer, "weight_decay", None):
        changes.append(Change(path="training.optimizer.weight_decay", value=0.0))
    return tuple(changes)


def _rate(experiment: Experiment, factor: float) -> tuple[Change, ...]:
    """The change to a constant rate, `factor` times the schedule's peak; none if it is that."""
    schedule = experiment.training.optimizer.learning_rate
    rate = float(f"{schedule.peak * factor:.6g}")
    if schedule == Constant(learning_rate=rate):
        return ()
    return (
        Change(
            path="training.optimizer.learning_rate",
            value={"kind": "Constant", "learning_rate": rate},
        ),
    )
