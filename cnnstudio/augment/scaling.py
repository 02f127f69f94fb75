"""What the network's input stage makes of grey levels, without the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.decode import Pixels
from cnnstudio.spec.experiment import InputScaling


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation of each channel, in grey levels."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The least, the largest and the mean of the values that enter the first layer."""

    least: float
    most: float
    mean: float


def spread(images: Sequence[Pixels]) -> Spread:
    """The spread of several uint8[height, width, channels] of one shape, of at least one level."""
    every = np.stack([image.reshape(-1, image.shape[2]) for image in images])
    flat = every.reshape(-1, every.shape[2]).astype(np.float32)
    mean, deviation = flat.mean(axis=0), np.maximum(flat.std(axis=0), 1.0)
    return Spread(tuple(mean.tolist()), tuple(deviation.tolist()))


def span(image: Pixels, scaling: InputScaling, known: Spread | None = None) -> Span:
    """The values of uint8[height, width, channels] after the input stage.

    `known` is the training images' spread, which `standardize` needs.

    Raises:
        ValueError: it is missing.
    """
    channels = image.shape[2]
    factor, offset = _linear(scaling, channels, known)
    planes = cv2.split(image)
    ends = np.array([cv2.minMaxLoc(plane)[:2] for plane in planes])
    means = np.array(cv2.mean(image)[:channels])
    scaled = ends * factor[:, np.newaxis] + offset[:, np.newaxis]
    mean = float((means * factor + offset).mean())
    return Span(float(scaled[:, 0].min()), float(scaled[:, 1].max()), mean)


def _linear(
    scaling: InputScaling, channels: int, known: Spread | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factor and offset of each channel: every input stage is a straight line."""
    one = np.ones(channels)
    match scaling:
        case "unit":
            return one / 255.0, 0.0 * one
        case "signed":
            return one / 127.5, -one
        case "standardize":
            if known is None:
                raise ValueError("standardizing needs the spread of the training images")
            deviation = np.array(known.deviation)
            return 1.0 / deviation, -np.array(known.mean) / deviation
        case _:
            return one, 0.0 * one
