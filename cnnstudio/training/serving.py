"""Images of any size to the network's input inside a TensorFlow graph, as `data.resize` does it.

Pillow filters columns first and rows then, and rounds to whole grey levels after each; so does
this. With one rounding at the end every tenth value would be off by one level.
"""

from math import floor
from typing import Any

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment, Resize
from cnnstudio.spec.intensities import FixedWindow, PercentileWindow
from cnnstudio.training.engine import keras, tf


def window_images(images: Any, window: tuple[float, float]) -> Any:
    """Values of any type [n, h, w, c] to whole grey levels float32, as `data.values.windowed`."""
    low, high = window
    scaled = (tf.cast(images, tf.float32) - low) * (255 / (high - low))
    scaled = tf.where(tf.math.is_nan(scaled), tf.zeros_like(scaled), scaled)
    return _rounded(tf.clip_by_value(scaled, 0.0, 255.0))


def window_of(experiment: Experiment) -> tuple[float, float] | None:
    """The stored values that are black and white; None for 8-bit images.

    Raises:
        UserError: the window was never measured, since the run has not begun to train.
    """
    intensity = experiment.dataset.intensity
    if isinstance(intensity, FixedWindow):
        return intensity.low, intensity.high
    if isinstance(intensity, PercentileWindow):
        raise UserError("The intensity window of this run was never measured: train it again.")
    return None


def of_values(model: Any, window: tuple[float, float]) -> Any:
    """A model of grey levels as one of stored values, scaled and cut off by plain Keras layers."""
    low, high = window
    scale = 255 / (high - low)
    values = keras.Input(model.input_shape[1:], name="values")
    levels = keras.layers.Rescaling(scale, offset=-low * scale, name="window")(values)
    levels = keras.layers.ReLU(max_value=255.0, name="window_limits")(levels)
    return keras.Model(values, model(levels), name="classifier_of_values")


def fit_images(images: Any, size: tuple[int, int], how: Resize, scale: float = 1.0) -> Any:
    """uint8 or float 0..255 [n, h, w, c] to float32[n, height, width, c], whole grey levels.

    `size` is (height, width). Agrees with `data.resize.resize` to one grey level.
    """
    rows, columns = size
    values = tf.clip_by_value(_rounded(tf.cast(images, tf.float32)), 0.0, 255.0)
    height, width = tf.shape(values)[1], tf.shape(values)[2]
    taller = height * columns >= width * rows
    if how == "stretch":
        placed = _resized(values, rows, columns)
    elif how == "pad":
        inner_rows = tf.where(taller, rows, _divided(height * columns, width))
        inner_columns = tf.where(taller, _divided(width * rows, height), columns)
        placed = _padded(_resized(values, inner_rows, inner_columns), size)
    elif how == "fixed_scale":
        part_rows, inner_rows = _scaled(height, rows, scale)
        part_columns, inner_columns = _scaled(width, columns, scale)
        top, left = (height - part_rows) // 2, (width - part_columns) // 2
        part = values[:, top : top + part_rows, left : left + part_columns, :]
        placed = _padded(_resized(part, inner_rows, inner_columns), size)
    else:
        part_rows = tf.where(taller, _divided(width * rows, columns), height)
        part_columns = tf.where(taller, width, _divided(height * columns, rows))
        top, left = (height - part_rows) // 2, (width - part_columns) // 2
        part = values[:, top : top + part_rows, left : left + part_columns, :]
        placed = _resized(part, rows, columns)
    return tf.ensure_shape(placed, [None, rows, columns, images.shape[-1]])


def _resized(values: Any, rows: Any, columns: Any) -> Any:
    wide = tf.image.resize(values, [tf.shape(values)[1], columns], "bilinear", antialias=True)
    return _rounded(tf.image.resize(_rounded(wide), [rows, columns], "bilinear", antialias=True))


def _padded(values: Any, size: tuple[int, int]) -> Any:
    """Black around, an odd pixel of it at the bottom or right."""
    missing = [size[0] - tf.shape(values)[1], size[1] - tf.shape(values)[2]]
    top, left = missing[0] // 2, missing[1] // 2
    return tf.pad(values, [[0, 0], [top, missing[0] - top], [left, missing[1] - left], [0, 0]])


def _scaled(side: Any, wanted: int, scale: float) -> tuple[Any, Any]:
    """As `data.resize` does it, in float64 as Python."""
    exact = tf.floor(tf.cast(side, tf.float64) * scale + 0.5)
    scaled = tf.maximum(1, tf.cast(exact, tf.int32))
    part = tf.minimum(side, max(1, floor(wanted / scale + 0.5)))
    return tf.where(scaled <= wanted, side, part), tf.minimum(scaled, wanted)


def _rounded(values: Any) -> Any:
    return tf.floor(values + 0.5)


def _divided(number: Any, by: Any) -> Any:
    """Whole quotient, halves upward, at least 1."""
    return tf.maximum(1, (2 * number + by) // (2 * by))
