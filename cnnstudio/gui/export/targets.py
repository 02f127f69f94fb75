"""What a model can be exported as, and how such an export is used, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import EightBit


@dataclass(frozen=True, slots=True)
class Target:
    """One form of export. `format` is the engine's word; `name` ends the proposed path."""

    format: str
    title: str
    sentence: str
    icon: str
    name: str


TARGETS = (
    Target(
        "savedmodel",
        "SavedModel folder",
        "For TensorFlow, TensorFlow Serving and TF Lite. Takes images of any size with grey "
        "levels 0 to 255; resizing, scaling and the class names are inside.",
        "package",
        "savedmodel",
    ),
    Target(
        "keras",
        "Keras file",
        "To load and train on in Keras. Takes images of the network's size with grey levels "
        "0 to 255; scaling is inside, class names lie beside it.",
        "file-code",
        "model.keras",
    ),
)


def target(format: str) -> Target:
    """The target of that format; raises `StopIteration` for an unknown one."""
    return next(target for target in TARGETS if target.format == format)


def proposed_path(run: Path, format: str) -> Path:
    """`exports/<run>/…` beside the folder of runs: nothing else lies there."""
    return run.parent.parent / "exports" / run.name / target(format).name


def snippet(format: str, path: Path, experiment: Experiment) -> str:
    """A few lines of Python that load the export and name the class of one image."""
    gray = experiment.dataset.color == "grayscale"
    mode, grow = ("L", "[..., np.newaxis]") if gray else ("RGB", "")
    deep = not isinstance(experiment.dataset.intensity, EightBit)
    reader = "import tifffile\n" if deep else "from PIL import Image\n"
    stored = f'image = tifffile.imread("image.tif").astype(np.float32){grow}\n'
    if format == "savedmodel":
        eight_bit = f'image = np.asarray(Image.open("photo.jpg").convert("{mode}")){grow}\n'
        return (
            "import numpy as np, tensorflow as tf\n"
            + reader
            + f"model = tf.saved_model.load({str(path)!r})\n"
            + (stored if deep else eight_bit)
            + "chances = model.serve(image[np.newaxis]).numpy()[0]\n"
            "print(model.labels().numpy()[chances.argmax()].decode(), chances.max())"
        )
    height, width = experiment.dataset.image_size
    labels = path.with_suffix(".labels.txt") if path.suffix == ".keras" else path / "labels.txt"
    file = path if path.suffix == ".keras" else path / "model.keras"
    eight_bit = (
        f'image = Image.open("photo.jpg").convert("{mode}").resize(({width}, {height}), '
        "Image.BILINEAR)\n"
    )
    return (
        "import keras, numpy as np\n"
        + reader
        + f"model = keras.saving.load_model({str(file)!r})\n"
        + (stored if deep else eight_bit)
        + f"chances = model(np.asarray(image){'' if deep else grow}[np.newaxis]).numpy()[0]\n"
        f"print(open({str(labels)!r}).read().splitlines()[chances.argmax()], chances.max())"
    )
