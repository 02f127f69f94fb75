"""The README beside an exported model: what it takes, what it gives, how to call it."""

from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import FixedWindow

_SAVED_MODEL = """\
import numpy as np, tensorflow as tf
from PIL import Image
model = tf.saved_model.load("{place}")
image = np.asarray(Image.open("photo.jpg").convert("{mode}")){grow}
chances = model.serve(image[np.newaxis]).numpy()[0]
print(model.labels().numpy()[chances.argmax()].decode(), chances.max())
"""

_KERAS = """\
import keras, numpy as np
from PIL import Image
model = keras.saving.load_model("{place}")
image = Image.open("photo.jpg").convert("{mode}").resize(({width}, {height}), Image.BILINEAR)
chances = model(np.asarray(image){grow}[np.newaxis]).numpy()[0]
print(open("{labels_file}").read().splitlines()[chances.argmax()], chances.max())
"""

_FITS = {
    "stretch": "stretched to",
    "pad": "scaled into, with black around the picture,",
    "crop": "scaled to fill, cut off at the sides,",
    "fixed_scale": "scaled by {scale:g} whatever their size, and cut or set on black to",
}


def readme(
    format: str,
    experiment: Experiment,
    labels: tuple[str, ...],
    place: str,
    labels_file: str = "labels.txt",
) -> str:
    """Markdown with a usage example of a few lines that runs as it stands.

    `place` is the model and `labels_file` its labels as seen from where the README lies.
    """
    height, width = experiment.dataset.image_size
    gray = experiment.dataset.color == "grayscale"
    colors = "gray images with one channel" if gray else "RGB images"
    levels, kinds = "grey levels 0 to 255", "uint8 or float32"
    intensity = experiment.dataset.intensity
    if isinstance(intensity, FixedWindow):
        levels = (
            f"values as they are stored (inside the model {intensity.low:g} becomes black, "
            f"{intensity.high:g} white)"
        )
        kinds = "uint16 or float32"
    fit = _FITS[experiment.dataset.resize].format(scale=experiment.dataset.scale)
    fits = f"{fit} {height}×{width} pixels (height × width)"
    filled = {
        "place": place,
        "labels_file": labels_file,
        "mode": "L" if gray else "RGB",
        "grow": "[..., np.newaxis]" if gray else "",
        "width": width,
        "height": height,
    }
    if format == "savedmodel":
        takes = (
            f"`serve` takes {colors} of any size, {kinds}, {levels}, as "
            f"`[images, height, width, channels]`. They are {fits} inside the model."
        )
        example = _SAVED_MODEL.format(**filled)
    else:
        takes = (
            f"The model takes {colors}, {levels}, as "
            f"`[images, {height}, {width}, channels]`. In training they were {fits} with "
            "Pillow's BILINEAR filter; do the same. Scaling of the grey levels is inside."
        )
        example = _KERAS.format(**filled)
    if isinstance(intensity, FixedWindow):
        example = _of_values(example, gray)
    names = "\n".join(f"{number}. {name}" for number, name in enumerate(labels))
    return f"""# {experiment.name}

An image classifier made with CNN Studio. {takes} It gives a probability for each class:

{names}

```python
{example}```
"""


def _of_values(example: str, gray: bool) -> str:
    """The example for a TIFF file of stored values [height, width] or [height, width, channels]."""
    read = 'image = tifffile.imread("image.tif").astype(np.float32)'
    if gray:
        read += "[..., np.newaxis]"
    lines = [read if line.startswith("image = ") else line for line in example.splitlines()]
    call = "np.asarray(image)[..., np.newaxis]" if gray else "np.asarray(image)"
    text = "\n".join(lines).replace(call, "image") + "\n"
    return text.replace("from PIL import Image", "import tifffile")
