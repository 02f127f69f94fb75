"""What makes a number look worse than the network is."""

from collections.abc import Iterator

from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.registry import static_rule, train_rule
from cnnstudio.doctor.rules.words import listed, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.layers.regularization import BatchNormalization
from cnnstudio.spec.operations.operation import BatchOperation
from cnnstudio.spec.patch import Change

REMEMBERED = 0.05
"""Part of the first averages that may still be in the running averages after three epochs."""


@static_rule("M3")
def slow_averages(case: Case) -> Iterator[Finding]:
    """Batch normalization whose running averages need longer than three epochs."""
    if case.epoch_steps is None:
        return
    slow = [
        (p, p.layer.momentum)
        for p in case.reading.normalizations
        if isinstance(p.layer, BatchNormalization)
        and p.layer.momentum > 0.95
        and p.layer.momentum ** (3 * case.epoch_steps) > REMEMBERED
    ]
    if not slow:
        return
    momentum = max(m for _, m in slow)
    left = momentum ** (3 * case.epoch_steps)
    yield finding(
        "M3",
        "Validation will stay near chance in the first epochs, because batch normalization's "
        "averages follow slowly.",
        severity="information",
        confidence=0.6,
        evidence=(
            f"With momentum {momentum:g} and {case.epoch_steps:,} steps an epoch, "
            f"{percent(left)} of the starting averages is left after three epochs.",
        ),
        remedy=tuple(Change(path=f"{p.path}.momentum", value=0.9) for p, _ in slow),
        label="Use momentum 0.9",
    )


@train_rule("P8")
def mixed_by_design(case: Case, history: RunHistory) -> Iterator[Finding]:
    """Training accuracy below that of the plain images, because images are mixed."""
    training, clean = history.latest("training_accuracy"), history.latest("clean_accuracy")
    if training is None or clean is None or history.started is None or not _mixing(case):
        return
    images = max(1, history.started.training_images // 4)
    if clean - training <= 2 * _noise(clean, images):
        return
    names = listed([f"“{name}”" for name in _mixing(case)])
    yield finding(
        "P8",
        f"{names} {'lays' if len(_mixing(case)) == 1 else 'lay'} images over each other, so the "
        "reported training accuracy stays low however well the network knows its images.",
        severity="information",
        confidence=0.9,
        evidence=(
            f"Epoch {int(history.epochs[-1])}: reported {percent(training)}, clean training "
            f"images {percent(clean)}.",
            "A mixed image counts as the class of its larger share.",
        ),
    )


@train_rule("M1")
def understated(case: Case, history: RunHistory) -> Iterator[Finding]:
    """Training accuracy below validation, because it is measured under augmentation and dropout."""
    training = history.latest("training_accuracy")
    clean, validation = history.latest("clean_accuracy"), history.latest("validation_accuracy")
    if training is None or clean is None or validation is None or history.started is None:
        return
    noise = _noise(validation, max(1, history.started.validation_images))
    if validation - training <= 2 * noise or clean < validation - 2 * noise or _mixing(case):
        return
    acting = [
        *(["augmentation"] if case.active_operations else []),
        *(["dropout"] if case.reading.dropouts else []),
    ]
    because = f" {listed(acting)} {'are' if len(acting) > 1 else 'is'} on, and" if acting else ""
    yield finding(
        "M1",
        f"Training accuracy lies below validation because of how it is measured:{because} it is "
        "an average over the epoch.",
        severity="information",
        confidence=0.9,
        evidence=(
            f"Epoch {int(history.epochs[-1])}: reported {percent(training)}, clean training "
            f"images {percent(clean)}, validation {percent(validation)}.",
        ),
    )


def _mixing(case: Case) -> list[str]:
    """The operations that mix images, by their titles."""
    return [o.title() for _, o in case.active_operations if isinstance(o, BatchOperation)]


def _noise(accuracy: float, images: int) -> float:
    """The standard deviation of an accuracy that was measured on so many images."""
    return float((max(accuracy * (1 - accuracy), 1e-4) / images) ** 0.5)
