"""What the facts of the images reveal: uneven, stray, few, missing or too small images."""

from collections.abc import Iterator

from cnnstudio.data.health.classes import FEW, UNEVEN, VERY_UNEVEN, few, missing, strays
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.health import told
from cnnstudio.doctor.rules.registry import static_rule, train_rule
from cnnstudio.doctor.rules.words import counted, listed, number, percent
from cnnstudio.runs.findings import Finding
from cnnstudio.runs.history import RunHistory
from cnnstudio.spec.patch import Change

BALANCE = (Change(path="training.class_weights", value="balanced"),)


@static_rule("D4")
def imbalance(case: Case) -> Iterator[Finding]:
    """Uneven classes that all count the same."""
    if case.experiment.training.class_weights != "none":
        return
    if case.health is not None:
        yield from told(case, "D4")
        return
    facts = case.facts
    if facts is None:
        return
    train = facts.counts.get("train", {})
    if facts.imbalance < UNEVEN or not all(train.get(name) for name in facts.class_names):
        return
    largest = max(facts.class_names, key=lambda name: train[name])
    smallest = min(facts.class_names, key=lambda name: train[name])
    yield finding(
        "D4",
        f"“{largest}” has {number(round(facts.imbalance, 1))} times as many training images as "
        f"“{smallest}”, and each image counts the same.",
        severity="warning" if facts.imbalance >= VERY_UNEVEN else "information",
        confidence=0.7 if facts.imbalance >= VERY_UNEVEN else 0.4,
        evidence=(
            f"Training images: “{largest}” {train[largest]:,}, “{smallest}” {train[smallest]:,}.",
            f"Always answering “{largest}” is right {percent(facts.majority('train'))} "
            "of the time.",
        ),
        remedy=BALANCE,
        label="Use balanced class weights",
    )


@train_rule("D4")
def only_the_largest_class(case: Case, history: RunHistory) -> Iterator[Finding]:
    """A network that answers the largest class of uneven ones to everything."""
    facts, confusion = case.facts, history.confusion
    if facts is None or confusion is None or facts.imbalance < UNEVEN or not confusion.sum():
        return
    answers = confusion.sum(axis=0) / confusion.sum()
    favourite = int(answers.argmax())
    train = facts.counts.get("train", {})
    largest = max(facts.class_names, key=lambda name: train.get(name, 0))
    if answers[favourite] < 0.95 or facts.class_names[favourite] != largest:
        return
    weighted = case.experiment.training.class_weights != "none"
    yield finding(
        "D4",
        f"The network answers “{largest}”, the largest class, to "
        f"{percent(float(answers[favourite]))} of the validation images.",
        severity="warning",
        confidence=0.6,
        evidence=(
            f"Epoch {int(history.epochs[-1])}: {int(confusion[:, favourite].sum()):,} of "
            f"{int(confusion.sum()):,} answers are “{largest}”.",
        ),
        remedy=() if weighted else BALANCE,
        label="Use balanced class weights",
    )


@static_rule("D5")
def stray_class(case: Case) -> Iterator[Finding]:
    """A class of a handful of files beside large ones, or folders of the wrong level."""
    if case.health is not None:
        yield from told(case, "D5")
        return
    if case.facts is None:
        return
    counts = {name: case.facts.class_count(name) for name in case.facts.class_names}
    names = strays(case.facts)
    if names:
        middle = sorted(counts.values())[len(counts) // 2]
        yield finding(
            "D5",
            f"{listed([f'“{name}”' for name in names])} "
            f"{'has' if len(names) == 1 else 'have'} hardly any images: is it a class?",
            severity="warning",
            confidence=0.7,
            evidence=tuple(
                f"“{name}” has {counted(counts[name], 'image')}; half of the classes have "
                f"at least {middle:,}."
                for name in names[:4]
            ),
        )


@static_rule("D6")
def unreadable(case: Case) -> Iterator[Finding]:
    """Files that cannot be decoded, and blank images where they were looked for."""
    if case.health is not None:
        yield from told(case, "D6")
        return
    if case.facts is None or not case.facts.unreadable:
        return
    bad, images = case.facts.unreadable, case.facts.images()
    share = len(bad) / max(1, len(bad) + images)
    yield finding(
        "D6",
        f"{counted(len(bad), 'file')} cannot be used and "
        f"{'is' if len(bad) == 1 else 'are'} left out.",
        severity="warning" if share > 0.05 else "information",
        confidence=1.0,
        evidence=(
            *(f"“{item.key}” {item.reason}." for item in bad[:5]),
            f"That is {percent(share)} of all files.",
        ),
    )


@static_rule("D8")
def few_images(case: Case) -> Iterator[Finding]:
    """So few images in a class that they can be learned by heart."""
    if case.health is not None:
        yield from told(case, "D8")
        return
    if case.facts is None:
        return
    names = few(case.facts)
    if names:
        smallest = min(names, key=lambda name: names[name])
        yield finding(
            "D8",
            f"{listed([f'“{name}”' for name in names])} "
            f"{'has' if len(names) == 1 else 'have'} under {FEW} images to train on.",
            severity="warning" if names[smallest] < 10 else "information",
            confidence=0.5,
            evidence=(
                f"“{smallest}” has {counted(names[smallest], 'training image')}.",
                f"There are {counted(case.facts.images('train'), 'training image')} in "
                f"{len(case.facts.class_names)} classes.",
            ),
        )


@static_rule("D9")
def missing_from_validation(case: Case) -> Iterator[Finding]:
    """Classes that validation never shows."""
    if case.health is not None:
        yield from told(case, "D9")
        return
    facts = case.facts
    if facts is None:
        return
    names = missing(facts)
    if names:
        yield finding(
            "D9",
            f"Validation has no image of {listed([f'“{name}”' for name in names])}.",
            severity="warning",
            confidence=0.9,
            evidence=(
                f"{len(names)} of {len(facts.class_names)} classes are missing among "
                f"{counted(facts.images('validation'), 'validation image')}.",
            ),
        )


@static_rule("D10")
def too_small(case: Case) -> Iterator[Finding]:
    """Images that are shrunk to a few pixels although they have many."""
    if case.facts is None:
        return
    side, native = min(case.experiment.dataset.image_size), case.facts.median_short_side
    if side < 48 and native > 2 * side:
        yield finding(
            "D10",
            f"Images of {native} pixels are shrunk to {side}; what tells the classes apart "
            "may be gone.",
            severity="information",
            confidence=0.4,
            evidence=(
                f"Short side: {native} px in the files, {side} px in training, "
                f"{percent((side / native) ** 2)} of the pixels.",
            ),
            remedy=(Change(path="dataset.image_size", value=[64, 64]),),
            label="Train on 64×64",
        )


@train_rule("D8")
def knows_its_own_images(case: Case, history: RunHistory) -> Iterator[Finding]:
    """Training far above validation although the images are varied: more of them would help."""
    if not case.active_operations:
        return  # P9 says what to do first
    gap = _gap(history)
    if gap is not None:
        yield finding(
            "D8",
            "The network knows its own images better than new ones, although they are varied: "
            "more images would help most.",
            severity="information",
            confidence=0.5,
            evidence=(gap,),
        )


@train_rule("P9")
def remembers(case: Case, history: RunHistory) -> Iterator[Finding]:
    """Training far above validation, and nothing varies."""
    if case.active_operations:
        return
    gap = _gap(history)
    if gap is not None:
        yield finding(
            "P9",
            "The network remembers its training images: augmentation would help validation; "
            "it does not raise training accuracy.",
            severity="warning",
            confidence=0.7,
            evidence=(gap, "No augmentation is on."),
            remedy=LIGHT_PRESET,
            label="Add a little rotation and shift",
        )


LIGHT_PRESET = (
    Change(
        path="augmentation.operations",
        value=[
            {"kind": "RandomRotation", "degrees": 8},
            {"kind": "RandomShift", "width": 0.05, "height": 0.05},
        ],
    ),
)
"""Changes that no task minds: small turns and shifts, no mirror."""


def _gap(history: RunHistory) -> str | None:
    """The numbers when training has stayed 15 points above validation for three epochs."""
    training = history.curve("clean_accuracy")[1]
    if training[-3:].size == 0 or training[-3:].tolist() != training[-3:].tolist():
        training = history.curve("training_accuracy")[1]
    validation = history.curve("validation_accuracy")[1]
    if len(history.epochs) < 6 or not all((training[-3:] - validation[-3:]) > 0.15):
        return None
    return (
        f"Epoch {int(history.epochs[-1])}: training {percent(float(training[-1]))}, "
        f"validation {percent(float(validation[-1]))}."
    )
