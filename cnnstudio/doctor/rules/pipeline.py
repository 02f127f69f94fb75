"""What the way of an image into the network reveals: scaling, channels and augmentation."""

from collections.abc import Iterator

from cnnstudio.augment import lookalikes
from cnnstudio.doctor.case import Case
from cnnstudio.doctor.finding import finding
from cnnstudio.doctor.rules.data import LIGHT_PRESET
from cnnstudio.doctor.rules.health import told
from cnnstudio.doctor.rules.registry import static_rule
from cnnstudio.doctor.rules.words import counted, percent
from cnnstudio.doctor.view import share_in_view, share_ruined
from cnnstudio.runs.findings import Finding
from cnnstudio.spec.layers.regularization import BatchNormalization
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomQuarterTurn,
    RandomRotation,
    RandomShear,
)
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.ranges import furthest
from cnnstudio.spec.operations.tone import RandomBrightness, RandomContrast
from cnnstudio.spec.patch import Change

IN_VIEW = 0.6
FEW_WITHOUT_VARIATION = 200


@static_rule("P1")
def unscaled(case: Case) -> Iterator[Finding]:
    """Raw grey levels into a network that does not normalize them itself."""
    if case.experiment.model.input_scaling != "none":
        return
    weighted = case.reading.weighted
    # What a normalization sees before the second layer with weights does not depend on the scale.
    end = weighted[1].index if len(weighted) > 1 else len(case.reading.layers)
    if any(isinstance(p.layer, BatchNormalization) for p in case.reading.layers[:end]):
        return
    yield finding(
        "P1",
        "The network gets grey levels of 0 to 255 as they are.",
        severity="warning",
        confidence=0.8,
        evidence=(
            "Input scaling is off, and no normalization follows the first layer.",
            "Inputs are about 255 times larger than the first weights expect.",
        ),
        remedy=(Change(path="model.input_scaling", value="unit"),),
        label="Scale to 0…1",
    )


@static_rule("P5")
def out_of_view(case: Case) -> Iterator[Finding]:
    """Geometry that leaves too little of an image to be seen."""
    augmentation = case.experiment.augmentation
    operations = [o for _, o in case.active_operations]
    height, width = case.experiment.dataset.image_size
    wrapped = augmentation.fill_mode == "wrap"
    left = share_in_view(operations, height, width, wrapped)
    if left >= IN_VIEW:
        return
    without = {
        i: share_in_view([o for j, o in case.active_operations if j != i], height, width, wrapped)
        for i, _ in case.active_operations
    }
    worst = max(without, key=lambda i: without[i])
    title = augmentation.operations[worst].title()
    yield finding(
        "P5",
        f"On average only {percent(left)} of an image stays in view after augmentation.",
        severity="warning",
        confidence=0.6 if left < 0.45 else 0.45,
        evidence=(
            f"Measured over 128 draws at {height}×{width}: {percent(left)} stays in view.",
            f"Without “{title}” it would be {percent(without[worst])}.",
        ),
        remedy=(Change(path=f"augmentation.operations.{worst}.enabled", value=False),),
        label=f"Switch “{title}” off",
    )


@static_rule("P6")
def swaps_classes(case: Case) -> Iterator[Finding]:
    """Mirrors and turns that make one class name's picture into another's."""
    if case.facts is None:
        return
    names = case.facts.class_names
    for index, operation in case.active_operations:
        pairs = [pair for kind in _turns(operation) for pair in lookalikes.pairs(names, kind)]
        if pairs:
            first, second = pairs[0]
            yield finding(
                "P6",
                f"“{operation.title()}” turns “{first}” into “{second}”, and the label stays.",
                severity="warning",
                confidence=0.8 if len(first) > 1 else 0.5,
                evidence=(
                    f"{counted(len(set(pairs)), 'pair')} of classes "
                    f"{'is' if len(set(pairs)) == 1 else 'are'} swapped: "
                    + ", ".join(f"“{a}” and “{b}”" for a, b in dict.fromkeys(pairs))
                    + ".",
                ),
                remedy=(Change(path=f"augmentation.operations.{index}.enabled", value=False),),
                label=f"Switch “{operation.title()}” off",
            )
            return


@static_rule("P7")
def meant_otherwise(case: Case) -> Iterator[Finding]:
    """Ranges that do nothing, or that leave no image."""
    for index, operation in case.active_operations:
        if not isinstance(operation, RandomRotation | RandomShear):
            continue
        degrees = furthest(operation.degrees)
        if degrees < 1:
            yield finding(
                "P7",
                f"“{operation.title()}” turns by at most {degrees:g}°, which nobody "
                "can see: the unit is degrees.",
                severity="information",
                confidence=0.8,
                evidence=(
                    f"At the edge of the image that moves a pixel by at most "
                    f"{_edge(case, degrees):.1f} px.",
                ),
                remedy=(Change(path=f"augmentation.operations.{index}.degrees", value=10),),
                label="Set 10°",
            )
            return
    yield from _ruined(case)


def _ruined(case: Case) -> Iterator[Finding]:
    """Draws of colour and noise that leave hardly any picture."""
    side = min(case.experiment.dataset.image_size)
    ruined = share_ruined([o for _, o in case.active_operations], side)
    if ruined < 0.1:
        return
    without = {
        i: share_ruined([o for j, o in case.active_operations if j != i], side)
        for i, _ in case.active_operations
    }
    worst = min(without, key=lambda i: without[i])
    operation = case.experiment.augmentation.operations[worst]
    title = operation.title()
    remedy: tuple[Change, ...] = (
        Change(path=f"augmentation.operations.{worst}.enabled", value=False),
    )
    label = f"Switch “{title}” off"
    gentler = tuple(
        Change(path=f"augmentation.operations.{index}.fraction", value=0.2)
        for index, one in case.active_operations
        if isinstance(one, RandomBrightness | RandomContrast) and furthest(one.fraction) > 0.2
    )
    if gentler and isinstance(operation, RandomBrightness | RandomContrast):
        remedy, label = gentler, "Set 20 %"
    yield finding(
        "P7",
        f"Colour and noise leave hardly any picture in {percent(ruined)} of the draws.",
        severity="warning",
        confidence=0.7,
        evidence=(
            f"In {percent(ruined)} of the draws under a quarter of the contrast is left, half of "
            "the grey levels are clipped, or the picture is hardly like its image.",
            f"Without “{title}” it would be {percent(without[worst])}.",
        ),
        remedy=remedy,
        label=label,
    )


@static_rule("P9")
def nothing_varies(case: Case) -> Iterator[Finding]:
    """Few images and no augmentation."""
    if case.facts is None or case.training_images is None or case.active_operations:
        return
    each = case.training_images / max(1, len(case.facts.class_names))
    if each < FEW_WITHOUT_VARIATION:
        yield finding(
            "P9",
            "Nothing varies, and there are few images: the network can learn them by heart.",
            severity="information",
            confidence=0.4,
            evidence=(
                f"{each:.0f} training images a class, the same ones in every epoch.",
                "Augmentation helps validation; training accuracy will not rise by it.",
            ),
            remedy=LIGHT_PRESET,
            label="Add a little rotation and shift",
        )


@static_rule("P10")
def copied_channels(case: Case) -> Iterator[Finding]:
    """Three equal channels for images without colour, or colour in some images alone."""
    if case.experiment.dataset.color != "rgb":
        return
    if case.health is not None:
        yield from told(case, "P10")
    elif case.facts is not None and case.facts.gray:
        yield finding(
            "P10",
            "The images have no colour, but the network reads three equal channels.",
            severity="information",
            confidence=0.9,
            evidence=("No sampled image has colour.",),
            remedy=(Change(path="dataset.color", value="grayscale"),),
            label="Read one channel",
        )


def _edge(case: Case, degrees: float) -> float:
    return max(case.experiment.dataset.image_size) / 2 * degrees * 3.14159 / 180


def _turns(operation: Operation) -> tuple[lookalikes.Table, ...]:
    """The tables of pairs that an operation can swap."""
    if isinstance(operation, RandomFlip):
        return {
            "horizontal": (lookalikes.MIRRORED,),
            "vertical": (lookalikes.FLIPPED,),
            "horizontal_and_vertical": (
                lookalikes.MIRRORED,
                lookalikes.FLIPPED,
                lookalikes.UPSIDE_DOWN,
            ),
        }[operation.mode]
    if isinstance(operation, RandomQuarterTurn):
        return (lookalikes.UPSIDE_DOWN,)
    if isinstance(operation, RandomRotation) and furthest(operation.degrees) >= 135:
        return (lookalikes.UPSIDE_DOWN,)
    return ()
