"""What the policies of an experiment decide after an epoch: which is best, and whether to end."""

from dataclasses import dataclass

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.policies import EarlyStopping
from cnnstudio.training.progress import Progress

_WORDS = {
    "validation_loss": "the validation loss",
    "validation_accuracy": "the validation accuracy",
    "training_loss": "the training loss",
    "training_accuracy": "the training accuracy",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """After an epoch: the best epoch so far (from 1) and why the run ends, empty: it goes on."""

    best_epoch: int | None
    ends: str = ""


def decide(experiment: Experiment, progress: Progress) -> Decision:
    """What the policies make of the epochs so far."""
    ends = ""
    for policy in experiment.training.policies:
        values = progress.watched.get(policy.monitor, [])
        if values and policy.stops(values):
            ends = f"{_WORDS[policy.monitor]} has stopped improving"
            break
    return Decision(best_epoch(experiment, progress), ends)


def best_epoch(experiment: Experiment, progress: Progress) -> int | None:
    """The best epoch (from 1) by the policy that keeps it, else by the loss on new images."""
    keeper = keeping(experiment)
    if keeper is None:
        validated = "validation_loss" in progress.watched
        keeper = EarlyStopping(monitor="validation_loss" if validated else "training_loss")
    best = keeper.best(progress.watched.get(keeper.monitor, []))
    return None if best is None else best + 1


def keeping(experiment: Experiment) -> EarlyStopping | None:
    """The policy that wants the best epoch's weights exported; None: the last ones are."""
    for policy in experiment.training.policies:
        if isinstance(policy, EarlyStopping) and policy.restore_best:
            return policy
    return None
