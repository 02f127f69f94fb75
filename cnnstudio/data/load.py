"""An image file as the network will see it before augmentation: decoded and resized."""

from contextlib import AbstractContextManager
from pathlib import Path

from cnnstudio.data.decode import Pixels, as_array, decode_image
from cnnstudio.data.picture import Picture
from cnnstudio.data.resize import resize_image
from cnnstudio.spec.experiment import Dataset


def load(
    place: Path | Picture, dataset: Dataset, large: AbstractContextManager[object] | None = None
) -> Pixels:
    """uint8[height, width, channels] in the size and colour that `dataset` asks for.

    `large` is the gate of `decode.decode_image`.

    Raises:
        UnreadableImage: the file cannot be used.
    """
    image = decode_image(place, dataset.color, large)
    return as_array(resize_image(image, dataset.image_size, dataset.resize, dataset.scale))
