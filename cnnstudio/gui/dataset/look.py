"""Reading one image closely, in a thread: its pixels, its histogram, what its file says of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from cnnstudio.gui.dataset.pictures import as_image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnstudio.data.index import Sample
    from cnnstudio.spec.experiment import Dataset

LONGEST = 1200
"""Pixels of the longer side that are kept of a large photo."""
CAMERA, TAKEN = 272, 306
"""EXIF tags: the camera's model, and when the file was made."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One image: its size in pixels and bytes, itself and what the network sees of it.

    `histogram` is int64[1 or 3, 256], pixels of each level in each channel; `notes` are short
    facts for people (`JPEG`, `RGB`, a date, a camera).
    """

    height: int
    width: int
    file_bytes: int
    whole: QImage
    seen: QImage
    histogram: NDArray[np.int64]
    notes: tuple[str, ...]


def look_at(sample: Sample, dataset: Dataset) -> Looked:
    """Decode an image whole and as the network sees it.

    Raises:
        UnreadableImage: the file cannot be used.
    """
    from cnnstudio.data.decode import decode
    from cnnstudio.data.load import load

    pixels = decode(sample.picture)
    height, width, _ = pixels.shape
    image = as_image(pixels)
    if max(height, width) > LONGEST:
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        image = image.scaled(LONGEST, LONGEST, keep, smooth)
    seen = as_image(load(sample.picture, dataset))
    file_bytes = sample.path.stat().st_size
    return Looked(height, width, file_bytes, image, seen, histogram(pixels), _notes(sample))


def histogram(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """int64[channels, 256] of uint8[height, width, channels]; one row where all channels agree."""
    import numpy as np

    gray = pixels.shape[2] == 1 or bool(
        np.array_equal(pixels[..., 0], pixels[..., 1])
        and np.array_equal(pixels[..., 0], pixels[..., 2])
    )
    channels = [pixels[..., 0]] if gray else [pixels[..., at] for at in range(3)]
    return np.stack([np.bincount(part.ravel(), minlength=256) for part in channels]).astype(
        np.int64
    )


def whole_picture(sample: Sample) -> QImage:
    """Every pixel of an image. Raises `UnreadableImage`."""
    from cnnstudio.data.decode import decode

    return as_image(decode(sample.picture))


def size_words(count: int) -> str:
    """`812 bytes`, `34 KB`, `2.1 MB`."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} KB" if count < 2**20 else f"{count / 2**20:.1f} MB"


def _notes(sample: Sample) -> tuple[str, ...]:
    """Format, mode, camera and date, as far as the file tells."""
    from PIL import Image

    day = time.strftime("%d %b %Y", time.localtime(sample.path.stat().st_mtime)).lstrip("0")
    if sample.item is not None:
        return (f"no. {sample.item} in {sample.path.name}", day)
    try:
        with Image.open(sample.path) as opened:
            exif = opened.getexif()
            found = [opened.format, _MODES.get(opened.mode, opened.mode), _text(exif.get(CAMERA))]
            taken = _text(exif.get(TAKEN)).partition(" ")[0].replace(":", "-")
    except Exception:  # the picture is shown; what else its file says is a courtesy
        return (day,)
    return tuple(word for word in (*found, taken or day) if word)


def _text(value: Any) -> str:
    return value.strip("\0 ") if isinstance(value, str) else ""


_MODES = {"1": "black and white", "L": "gray", "P": "palette", "RGBA": "RGB + alpha"}
_MODES |= {"LA": "gray + alpha", "I;16": "16-bit gray", "F": "float"}
