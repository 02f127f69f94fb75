"""Sets of operations by name, for the window and the terminal; in the window each is one edit."""

from dataclasses import dataclass

from cnnstudio.spec.defaults import operations_for
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.operations.bending import RandomPerspective
from cnnstudio.spec.operations.colors import RandomHue, RandomSaturation
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.noise import RandomBlur, RandomErasing
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.rand_augment import RandAugment
from cnnstudio.spec.operations.tone import RandomBrightness, RandomContrast


@dataclass(frozen=True, slots=True)
class Preset:
    """A named augmentation, and the sentence that says for which images it is meant."""

    name: str
    help: str
    augmentation: Augmentation


def presets() -> tuple[Preset, ...]:
    """Every preset, mildest first."""
    return (
        Preset("None", "Nothing varies: every epoch sees the same pixels.", Augmentation()),
        _preset(
            "Text and digits",
            "Letters, digits and signs: small turns and shifts, nothing mirrored.",
            operations_for("text"),
        ),
        _preset(
            "Light",
            "For a first try with any images: very small turns, shifts and changes of light, "
            "nothing mirrored.",
            (
                RandomRotation(degrees=5),
                RandomShift(width=0.05, height=0.05),
                RandomZoom(fraction=0.05),
                RandomBrightness(fraction=0.1),
            ),
        ),
        _preset(
            "Photos",
            "Photos of things and animals: mirrored left–right, with small turns, shifts, zoom "
            "and changes of light.",
            operations_for("photos"),
        ),
        _preset(
            "Strong",
            "Few photos and a network that learns them by heart: all that a photo can bear. "
            "Training accuracy rises later.",
            (
                RandomRotation(degrees=25),
                RandomShift(width=0.15, height=0.15),
                RandomZoom(fraction=0.25),
                RandomShear(degrees=10),
                RandomPerspective(fraction=0.1),
                RandomFlip(),
                RandomBrightness(fraction=0.3),
                RandomContrast(fraction=0.3),
                RandomSaturation(fraction=0.3),
                RandomHue(degrees=10),
                RandomBlur(sigma=1.0, probability=0.2),
                RandomErasing(),
            ),
        ),
        _preset(
            "No right way up",
            "Microscope and aerial images: every turn and both flips.",
            operations_for("any"),
        ),
        _preset(
            "Colour only",
            "Where place and direction matter, as in X-rays and maps, but light does not: no "
            "pixel moves.",
            (
                RandomBrightness(fraction=0.2),
                RandomContrast(fraction=0.2),
                RandomSaturation(fraction=0.2),
                RandomHue(degrees=8),
            ),
        ),
        _preset(
            "Classic",
            "The widespread ImageDataGenerator settings: rotation 20°, shifts 20 %, zoom 20 %, "
            "flip. Its popular shear of 0.2 means 0.2° and changes nothing, so it is left out.",
            (
                RandomRotation(degrees=20),
                RandomShift(width=0.2, height=0.2),
                RandomZoom(fraction=0.2),
                RandomFlip(),
            ),
        ),
        _preset(
            "RandAugment",
            "Photos: a flip, and two changes drawn for every image from a fixed set, all of one "
            "strength; one number to tune instead of twenty.",
            (RandomFlip(), RandAugment()),
        ),
    )


def with_fill_of(now: Augmentation, preset: Augmentation) -> Augmentation:
    """A preset's operations with the fill that is set: it belongs to the images, not to them."""
    kept = {"fill_mode": now.fill_mode, "fill_value": now.fill_value}
    return preset.model_copy(update=kept)


def preset_of(augmentation: Augmentation) -> str:
    """The name of the preset that has the same operations, `Custom` when there is none."""
    if not any(operation.enabled for operation in augmentation.operations):
        return "None"
    for preset in presets():
        if preset.augmentation.operations == augmentation.operations:
            return preset.name
    return "Custom"


def _preset(name: str, help: str, operations: tuple[Operation, ...]) -> Preset:
    return Preset(name, help, Augmentation(operations=operations))
