"""An experiment's augmentation as code: layers of Keras in tf.data, or an ImageDataGenerator."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.operations.elsewhere import Argument, Frame, GeneratorArguments, tidy
from cnnstudio.spec.operations.operation import GeometryOperation, MixingOperation, Operation
from cnnstudio.spec.shapes import walk

STAGES = ("geometry", "color", "noise", "batch")
# ImageDataGenerator acts in this order whatever the order of its arguments.
ORDER = (
    "rotation_range",
    "height_shift_range",
    "width_shift_range",
    "shear_range",
    "zoom_range",
    "horizontal_flip",
    "vertical_flip",
    "channel_shift_range",
    "brightness_range",
)

_HEAD = '''\
"""Augmentation of {name}: images float32[height, width, channels] of levels 0 to 255."""

{imports}

{sometimes}CHANGES = [
{changes}]


def augmented(image, label):
    """One training image, changed at random."""
    image = tf.cast(image, tf.float32)
    for change in CHANGES:
        image = tf.clip_by_value(change(image), 0.0, 255.0)
        image = tf.ensure_shape(image, ({height}, {width}, {channels}))
    return image, label


{mixed}def batches(images, training):
    """Batches of a tf.data.Dataset of (image, label); only training images are changed."""
    if training:
        images = images.map(augmented, num_parallel_calls=tf.data.AUTOTUNE)
    images = images.batch({batch_size})
{mixing}    return images.prefetch(tf.data.AUTOTUNE)


# training, validation = tf.keras.utils.image_dataset_from_directory(
#     "images", validation_split=0.2, subset="both", seed=0,
#     image_size=({height}, {width}), {color}batch_size=None)
# model.fit(batches(training, training=True),
#           validation_data=batches(validation, training=False))
'''

_SOMETIMES = '''\

def sometimes(probability, change):
    """The change on that share of the images."""

    def changed(image):
        chosen = tf.random.uniform(()) < probability
        return tf.cond(chosen, lambda: tf.cast(change(image), tf.float32), lambda: image)

    return changed


'''

_MIXED = '''\
CLASSES = {classes}
MIXTURES = [
{mixtures}]


def mixed(images, labels):
    """A batch whose images and labels are mixed; labels become float32[batch, CLASSES]."""
    batch = {{"images": images, "labels": tf.one_hot(labels, CLASSES)}}
    for mixture in MIXTURES:
        batch = mixture(batch)
    return batch["images"], batch["labels"]


def plain(images, labels):
    """A batch with labels of the same form."""
    return images, tf.one_hot(labels, CLASSES)


'''


@dataclass(frozen=True, slots=True)
class Code:
    """Python that can be run as it stands, and a sentence for each difference in meaning."""

    text: str
    notes: tuple[str, ...]


def keras_pipeline(experiment: Experiment) -> Code:
    """The augmentation as layers of Keras in a tf.data pipeline, on training images alone."""
    frame, notes = _frame(experiment), []
    unlike: list[Operation] = []
    changes: list[str] = []
    mixtures: list[str] = []
    warps = 0
    for operation in _in_effect(experiment, frame):
        made = operation.keras_layers(frame)
        if made is None:
            unlike.append(operation)
            continue
        notes += [f"{operation.title()}: {note}" for note in made.notes]
        sometimes = operation.probability < 1 and not made.own_probability
        if operation.stage == "batch":
            mixtures += made.calls
            if sometimes:
                notes.append(f"{operation.title()}: Keras mixes every batch.")
            continue
        warps += isinstance(operation, GeometryOperation)
        changes += [
            f"sometimes({tidy(operation.probability)}, {call})" if sometimes else call
            for call in made.calls
        ]
    if warps > 1:
        notes.append(
            f"CNN Studio composes all {warps} geometric operations and interpolates once; each "
            "layer of Keras interpolates again, which blurs."
        )
    if warps and frame.fill_mode == "wrap":
        notes.append("Wrap: Keras blends copies of the image otherwise where they meet.")
    if len(mixtures) > 1:
        notes.append("Keras applies all mixtures to a batch, CNN Studio one to an image.")
    if mixtures:
        notes.append(
            "The labels become shares of each class: compile with CategoricalCrossentropy."
        )
        if _outputs(experiment) == 1:
            notes.append("The network ends in one unit: with such labels it needs two and softmax.")
    notes.append(_scaling_note(experiment))
    notes.append(
        "image_dataset_from_directory stretches images to their size and does not smooth them "
        f"while it shrinks them; here they are smoothed, by “{experiment.dataset.resize}”."
    )
    text = _keras_text(experiment, frame, changes, mixtures)
    return Code(text, tuple(note for note in (_left_out(unlike), *notes) if note))


def generator_call(experiment: Experiment) -> Code:
    """The augmentation as an ImageDataGenerator for training, and a plain one for validation."""
    frame, notes = _frame(experiment), []
    unlike: list[Operation] = []
    values: dict[str, Argument] = {}
    places: list[int] = []
    for operation in _in_effect(experiment, frame):
        made = _generator_arguments(operation, frame)
        if made is None:
            unlike.append(operation)
            continue
        twice = [name for name in made.values if name in values]
        if twice:
            notes.append(f"{operation.title()}: {twice[0]} is taken already, so it is left out.")
            continue
        notes += [f"{operation.title()}: {note}" for note in made.notes]
        values |= made.values
        places += [ORDER.index(name) for name in made.values]
    if places != sorted(places):
        notes.append(
            "ImageDataGenerator has one order: rotation, shift, shear, zoom, flips, and channel "
            "shift before brightness. Here the order was another one."
        )
    notes += _shift_notes(values, frame)
    augmentation = experiment.augmentation
    values["fill_mode"] = augmentation.fill_mode
    if augmentation.fill_mode == "constant":
        values["cval"] = augmentation.fill_value
    if augmentation.fill_mode == "wrap":
        notes.append("Wrap repeats one row and column less there.")
    rescale = experiment.model.input_scaling == "unit"
    if not rescale:
        notes.append(_scaling_note(experiment))
    notes.append(
        "flow_from_directory stretches images to target_size and takes the nearest pixel unless "
        f"interpolation says otherwise; here they are smoothed, by “{experiment.dataset.resize}”."
    )
    said = [f"{name}={_literal(value)}" for name, value in values.items()]
    said += ["rescale=1 / 255"] if rescale else []
    plain = "rescale=1 / 255" if rescale else ""
    text = (
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n\n"
        f"training = ImageDataGenerator(\n{_lines(said)})\n"
        "# Validation and test images stay as they are.\n"
        f"validation = ImageDataGenerator({plain})\n"
    )
    return Code(text, tuple(note for note in (_left_out(unlike), *notes) if note))


def _left_out(unlike: list[Operation]) -> str:
    """One sentence for all that cannot be said."""
    *others, last = dict.fromkeys(operation.title() for operation in unlike) or ("",)
    if others:
        return f"There is nothing like {', '.join(others)} and {last}, so they are left out."
    return last and f"There is nothing like {last}, so it is left out."


def _in_effect(experiment: Experiment, frame: Frame) -> Iterator[Operation]:
    """The operations that can change an image, in the order in which they act."""
    for stage in STAGES:
        for operation in experiment.augmentation.operations:
            colorless = frame.channels == 1 and isinstance(operation, MixingOperation)
            acts = operation.enabled and not operation.idle and not colorless
            if acts and operation.stage == stage:
                yield operation


def _frame(experiment: Experiment) -> Frame:
    augmentation = experiment.augmentation
    return Frame(*experiment.input_shape, augmentation.fill_mode, augmentation.fill_value)


def _generator_arguments(operation: Operation, frame: Frame) -> GeneratorArguments | None:
    made = operation.generator_arguments(frame)
    if made is None:
        return None
    flips = all(isinstance(value, bool) for value in made.values.values())
    if operation.probability < 1 and made.values and not flips:
        share = f"{100 * operation.probability:.0f} %"
        return GeneratorArguments(
            {}, (f"ImageDataGenerator changes every image, not {share}, so it is left out.",)
        )
    return made


def _shift_notes(values: dict[str, Argument], frame: Frame) -> Iterator[str]:
    shifts = [values.get("height_shift_range"), values.get("width_shift_range")]
    if shifts[0] != shifts[1]:
        yield (
            "In Keras 3 height_shift_range moves images sideways and width_shift_range up and "
            "down, so they stand here the other way round than their names say."
        )
    if frame.height != frame.width and "rotation_range" in values:
        yield (
            "ImageDataGenerator turns images that are not square about a point beside their middle."
        )


def _scaling_note(experiment: Experiment) -> str:
    match experiment.model.input_scaling:
        case "unit":
            layer = "layers.Rescaling(1 / 255)"
        case "signed":
            layer = "layers.Rescaling(1 / 127.5, offset=-1)"
        case "standardize":
            layer = "layers.Normalization(), adapted to the training images"
        case _:
            return ""
    return f"Images keep levels 0 to 255; the model starts with {layer}."


def _keras_text(
    experiment: Experiment, frame: Frame, changes: list[str], mixtures: list[str]
) -> str:
    calls = "\n".join(changes + mixtures)
    imports = ["import math\n"] if "math." in calls else []
    imports.append("import tensorflow as tf")
    if "layers." in calls:
        imports.append("from keras import layers")
    return _HEAD.format(
        name=_quoted(experiment.name),
        imports="\n".join(imports),
        sometimes=_SOMETIMES if "sometimes(" in calls else "",
        changes=_lines(changes),
        mixed=_mixed(experiment, mixtures),
        mixing="    images = images.map(mixed if training else plain)\n" if mixtures else "",
        batch_size=experiment.dataset.batch_size,
        height=frame.height,
        width=frame.width,
        channels=frame.channels,
        color='color_mode="grayscale", ' if frame.channels == 1 else "",
    )


def _mixed(experiment: Experiment, mixtures: list[str]) -> str:
    if not mixtures:
        return ""
    return _MIXED.format(classes=max(2, _outputs(experiment)), mixtures=_lines(mixtures))


def _outputs(experiment: Experiment) -> int:
    """Numbers that the network gives for an image, 0 where that is not known yet."""
    layers = walk(experiment).layers
    shape = layers[-1].output_shape if layers else None
    return shape[-1] if shape else 0


def _lines(items: list[str]) -> str:
    return "".join(f"    {item},\n" for item in items)


def _literal(value: Argument) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _quoted(name: str) -> str:
    """A person's name for the experiment, such that it cannot end the docstring."""
    plain = " ".join(name.split()).replace("\\", "/").replace('"', "'")
    return f"“{plain}”"
