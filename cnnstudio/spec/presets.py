"""Sets of operations by name, for the window's menu and the terminal."""

from dataclasses import dataclass

from cnnstudio.spec.defaults import operations_for
from cnnstudio.spec.experiment import Augmentation
from cnnstudio.spec.operations.colors import RandomHue, RandomSaturation
from cnnstudio.spec.operations.cropping import RandomResizedCrop
from cnnstudio.spec.operations.geometry import RandomFlip, RandomRotation, RandomShift, RandomZoom
from cnnstudio.spec.operations.noise import RandomErasing
from cnnstudio.spec.operations.tone import RandomBrightness, RandomContrast, RandomGamma


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
        Preset(
            "Text",
            "Digits and letters: small turns and shifts, nothing mirrored.",
            Augmentation(operations=operations_for("text")),
        ),
        Preset(
            "Colour only",
            "Light and colours vary, every pixel stays in its place.",
            Augmentation(
                operations=(
                    RandomBrightness(fraction=0.2),
                    RandomContrast(fraction=0.2),
                    RandomGamma(fraction=0.2),
                    RandomSaturation(fraction=0.3),
                    RandomHue(degrees=10),
                )
            ),
        ),
        Preset(
            "Light",
            "Photos: mirrored left–right, with small turns, shifts, zoom and changes of light.",
            Augmentation(operations=operations_for("photos")),
        ),
        Preset(
            "No right way up",
            "Microscope and aerial images: every turn and both flips.",
            Augmentation(operations=operations_for("any")),
        ),
        Preset(
            "Classic",
            "The widespread ImageDataGenerator settings: rotation 20°, shifts 20 %, zoom 20 %, "
            "flip. Its popular shear of 0.2 means 0.2° and changes nothing, so it is left out.",
            Augmentation(
                operations=(
                    RandomRotation(degrees=20),
                    RandomShift(width=0.2, height=0.2),
                    RandomZoom(fraction=0.2),
                    RandomFlip(),
                )
            ),
        ),
        Preset(
            "Photos",
            "Many photos of things that fill the image: random crops as for ImageNet, mirrored, "
            "with changes of light and colour.",
            Augmentation(
                operations=(
                    RandomResizedCrop(area=(0.4, 1.0)),
                    RandomFlip(),
                    RandomBrightness(fraction=0.2),
                    RandomContrast(fraction=0.2),
                    RandomSaturation(fraction=0.2),
                )
            ),
        ),
        Preset(
            "Strong",
            "For a network that knows its training images by heart: large turns, shifts and zoom, "
            "strong changes of light and colour, covered parts.",
            Augmentation(
                operations=(
                    RandomRotation(degrees=25),
                    RandomShift(width=0.15, height=0.15),
                    RandomZoom(fraction=0.25),
                    RandomFlip(),
                    RandomBrightness(fraction=0.3),
                    RandomContrast(fraction=0.3),
                    RandomSaturation(fraction=0.4),
                    RandomErasing(),
                )
            ),
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
