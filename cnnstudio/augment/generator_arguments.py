"""ImageDataGenerator as an entry: its arguments become operations that draw from the same ranges.

https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator; where
it does something else than it says, Keras 3.15 itself was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnstudio.augment.generator_numbers import Reading, Shift, shift, shortened
from cnnstudio.augment.generator_text import Given, Unread, arguments
from cnnstudio.spec.experiment import Augmentation, FillMode, InputScaling
from cnnstudio.spec.operations.geometry import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomShift,
    RandomZoom,
)
from cnnstudio.spec.operations.operation import Operation
from cnnstudio.spec.operations.pixel_shift import RandomPixelShift
from cnnstudio.spec.operations.tone import RandomBrightness, RandomChannelShift

# Families of keras.applications whose `preprocess_input` is x / 127.5 − 1.
_SIGNED = ("inception", "mobilenet", "nasnet", "resnet_v2", "xception")
# scipy's other names, and whether they mean exactly the same.
_FILLS: dict[str, tuple[FillMode, bool]] = {
    "nearest": ("nearest", True),
    "constant": ("constant", True),
    "grid-constant": ("constant", True),
    "reflect": ("reflect", True),
    "grid-mirror": ("reflect", True),
    "mirror": ("reflect", False),
    "wrap": ("wrap", False),
    "grid-wrap": ("wrap", True),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read: the augmentation, the input scaling where one is said, and what to know."""

    augmentation: Augmentation
    input_scaling: InputScaling | None
    notes: tuple[str, ...]


def read(text: str) -> Imported:
    """The augmentation of a pasted `ImageDataGenerator(…)`, which is read and never run.

    Also takes a whole script that holds such a call, a dictionary of arguments, or lines of
    `name = value`. Notes say in plain sentences what the call does not do as one would think.

    Raises `UserError` with the line and the argument that cannot be read.
    """
    given = arguments(text)
    reading = Reading(given)
    operations = (
        *_turns(reading),
        *_shifts(reading),
        *_slants(reading),
        *_zooms(reading),
        *_flips(reading),
        *_levels(reading),
        *_light(reading),
    )
    fill_mode, fill_value = _fill(reading)
    scaling = _scaling(reading)
    _tell_the_rest(reading, given, text)
    if not given:
        reading.note("The call sets nothing, so images stay as they are.")
    augmentation = Augmentation(fill_mode=fill_mode, fill_value=fill_value, operations=operations)
    return Imported(augmentation, scaling, tuple(reading.notes))


def _turns(reading: Reading) -> tuple[Operation, ...]:
    far = abs(reading.number("rotation_range"))
    if far > 180 and far % 180:
        reading.note(f"rotation_range={far:g} is more than a half turn: set to 180°.")
    return (RandomRotation(degrees=min(far, 180)),) if far else ()


def _shifts(reading: Reading) -> tuple[Operation, ...]:
    # The names are swapped in Keras 3: what is called height moves columns.
    sideways, upright = shift(reading, "height_shift_range"), shift(reading, "width_shift_range")
    if sideways != upright:
        reading.note(
            "In Keras 3 width_shift_range moves images up and down and height_shift_range moves "
            "them sideways, the other way round than their names say. This does what your "
            "generator did; exchange the two numbers of the shift for what the names say."
        )
    nothing = Shift()
    alike = (upright.pixels, upright.whole) == (sideways.pixels, sideways.whole)
    if upright and sideways and alike:
        return (_shift_of(sideways, upright),)
    made = [_shift_of(sideways, nothing)] if sideways else []
    made += [_shift_of(nothing, upright)] if upright else []
    return tuple(made)


def _shift_of(sideways: Shift, upright: Shift) -> Operation:
    kind = sideways if sideways else upright
    if not kind.pixels:
        return RandomShift(width=sideways.reach, height=upright.reach)
    return RandomPixelShift(width=sideways.reach, height=upright.reach, whole=kind.whole)


def _slants(reading: Reading) -> tuple[Operation, ...]:
    far = abs(reading.number("shear_range"))
    if 0 < far < 2:
        reading.note(
            f"shear_range={far:g} is {far:g} degrees, which nobody can see: it is an angle, "
            "not a share. A slant of a fifth would be 11.5."
        )
    if far > 60:
        reading.note(f"shear_range={far:g} makes images unrecognizable: set to 60°.")
    return (RandomShear(degrees=min(far, 60)),) if far else ()


def _zooms(reading: Reading) -> tuple[Operation, ...]:
    pair = reading.number_or_pair("zoom_range")
    if isinstance(pair, tuple):
        lower, upper = sorted(pair)
        if lower >= 1 and upper > 1:
            reading.note(
                f"zoom_range=[{lower:g}, {upper:g}] only shrinks the content: a factor above 1 "
                "shows more than the image."
            )
        elif upper < 0.5:
            reading.note(
                f"zoom_range=[{lower:g}, {upper:g}] holds factors, of which 1 changes nothing: "
                "these show only a small part of the image."
            )
    else:
        lower, upper = 1 - abs(pair), 1 + abs(pair)
    within = _within(lower, upper, 0.1, 3.0)
    if within != (lower, upper):
        reading.note(
            f"zoom_range reaches factors from {lower:g} to {upper:g}; at 0 nothing remains and "
            f"below it the image is mirrored. Set to {within[0]:g} to {within[1]:g}."
        )
    reach = _reach(within)
    return (RandomZoom(fraction=reach),) if reach else ()


def _flips(reading: Reading) -> tuple[Operation, ...]:
    across, down = reading.switch("horizontal_flip"), reading.switch("vertical_flip")
    if across and down:
        return (RandomFlip(mode="horizontal_and_vertical"),)
    if across or down:
        return (RandomFlip(mode="horizontal" if across else "vertical"),)
    return ()


def _levels(reading: Reading) -> tuple[Operation, ...]:
    far = abs(reading.number("channel_shift_range"))
    if 0 < far < 1:
        reading.note(
            f"channel_shift_range={far:g} adds at most {far:g} of 255 grey levels, which nobody "
            "can see."
        )
    if far > 255:
        reading.note(f"channel_shift_range={far:g} is more than all 255 grey levels: set to 255.")
    return (RandomChannelShift(levels=min(far, 255)),) if far else ()


def _light(reading: Reading) -> tuple[Operation, ...]:
    pair = reading.pair("brightness_range")
    if pair is None:
        return ()
    lower, upper = sorted(pair)
    if upper < 0.5:
        reading.note(
            f"brightness_range=({lower:g}, {upper:g}) multiplies, and 1 changes nothing: with "
            "these factors every image is nearly black."
        )
    within = _within(lower, upper, 0.0, 4.0)
    if within != (lower, upper):
        reading.note(f"brightness_range is set to ({within[0]:g}, {within[1]:g}).")
    reach = _reach(within)
    return (RandomBrightness(fraction=reach),) if reach else ()


def _within(lower: float, upper: float, least: float, most: float) -> tuple[float, float]:
    """Two factors, brought to where an operation takes them."""
    return min(max(lower, least), most), min(max(upper, least), most)


def _reach(factors: tuple[float, float]) -> float | tuple[float, float]:
    """Factors about 1 as a range about 0: one number where its ends are as far, 0 for none."""
    lower, upper = (round(factor - 1, 10) for factor in factors)
    return upper if lower == -upper else (lower, upper)


def _fill(reading: Reading) -> tuple[FillMode, int]:
    said = reading.word("fill_mode", "nearest")
    if said not in _FILLS:
        raise reading.error("fill_mode", "must be nearest, constant, reflect or wrap")
    mode, same = _FILLS[said]
    if mode == "wrap" and not same:
        reading.note(
            "Beyond the border “wrap” differs: ImageDataGenerator repeats the image without its "
            "last row and column, here the whole image is repeated."
        )
    elif not same:
        reading.note(f"fill_mode “{said}” is set to {mode}, which repeats the border pixel, too.")
    level = reading.number("cval")
    if mode == "constant" and 0 < level <= 1:
        reading.note(
            f"cval={level:g} is a grey level of 255 and filled in before rescaling: that is "
            "black. White is 255."
        )
    value = round(min(max(level, 0), 255))
    if value != level and mode == "constant":
        reading.note(f"cval={level:g} is set to the grey level {value}.")
    return mode, value


def _scaling(reading: Reading) -> InputScaling | None:
    factor = reading.number("rescale")
    scaling: InputScaling | None = None
    if abs(255 * factor - 1) < 0.01:
        scaling = "unit"
        reading.note(
            "rescale=1/255 becomes the model's input scaling “unit”, so that the exported model "
            "takes plain images; do not divide by 255 a second time."
        )
    elif factor not in (0, 1):
        reading.note(
            f"rescale={factor:g} is left out: choose the model's input scaling, such as unit for "
            "levels 0 to 1."
        )
    names = ("featurewise_center", "featurewise_std_normalization", "zca_whitening")
    center, spread, whitening = (reading.switch(name) for name in names)
    if spread and not whitening:  # which Keras takes to mean both
        reading.note("Featurewise standardization becomes the input scaling “standardize”.")
        return "standardize"
    if center or whitening:
        name = "zca_whitening" if whitening else "featurewise_center"
        reading.note(f"{name} is left out; the input scaling “standardize” comes nearest.")
    if reading.switch("samplewise_center") or reading.switch("samplewise_std_normalization"):
        reading.note(
            "samplewise_* scales each image by itself and is left out; the input scaling "
            "“standardize” does so with the numbers of all training images."
        )
    return _preprocessed(reading) or scaling


def _preprocessed(reading: Reading) -> InputScaling | None:
    said = reading.source("preprocessing_function")
    if said in ("", "None"):
        return None
    if said.endswith("preprocess_input") and any(family in said for family in _SIGNED):
        reading.note(
            f"{shortened(said)} becomes the model's input scaling “signed”, levels −1 to 1."
        )
        return "signed"
    reading.note(
        f"preprocessing_function={shortened(said)} is Python of your own and is left out. "
        "If it scales values, choose the model's input scaling; if it changes images, look for "
        "an operation."
    )
    return None


def _tell_the_rest(reading: Reading, given: Mapping[str, Given], text: str) -> None:
    share = reading.number("validation_split")
    if share:
        reading.note(
            f"validation_split={share:g} takes the first files of each class, unshuffled; set "
            f"the dataset's split instead (dataset.split.validation={share:g})."
        )
    if share or "validation_data" in text or 'subset="validation"' in text.replace("'", '"'):
        reading.note(
            "A generator augments validation images, too, where they come from the same "
            "generator. Here only training images are augmented."
        )
    if reading.word("data_format", "channels_last") != "channels_last":
        reading.note("data_format is left out: images have their channels last here.")
    if reading.number("interpolation_order", 1) != 1:
        reading.note("interpolation_order is left out: images are interpolated bilinearly here.")
    kind = given.get("dtype")
    if kind is not None and kind.value not in (None, "float32"):
        name = kind.value.source if isinstance(kind.value, Unread) else kind.value
        reading.note(f"dtype={name} is left out: choose training.precision.")
