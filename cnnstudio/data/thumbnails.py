"""Small pictures of image files for lists and grids, kept on disk between sessions."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from PIL import Image

from cnnstudio.data.cachefolder import cache_root, clean, touch
from cnnstudio.data.decode import Pixels, UnreadableImage, as_array, decode_image, decode_small
from cnnstudio.data.picture import PLAIN, Picture, picture_of

MOST_BYTES = 2**30
# Decoding a file below this size is as fast as reading its stored thumbnail.
SMALL_FILE = 24_000


def thumbnail(place: Path | Picture, side: int) -> Pixels:
    """uint8[height, width, 3] whose longer side is at most `side`; smaller images are not enlarged.

    Raises:
        UnreadableImage: the file cannot be used.
    """
    picture = picture_of(place)
    path = picture.path
    try:
        state = path.stat()
    except OSError as error:
        raise UnreadableImage(path, "is no longer there", str(error)) from error
    if state.st_size <= SMALL_FILE or picture.item is not None:
        return as_array(_shrunk(picture, side))
    name = f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0{side}"
    if picture.reading != PLAIN:
        name += f"\0{picture.reading}"
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    kept = thumbnails_folder() / digest[:2] / f"{digest[2:]}.jpg"
    try:
        known = as_array(decode_image(kept))
    except UnreadableImage:
        small = _shrunk(picture, side)
    else:
        touch(kept)
        return known
    _keep(small, kept)
    return as_array(small)


def clean_thumbnails() -> int:
    """Remove thumbnails that are long unused or too many; they are made again when needed."""
    return sum(
        clean(folder, MOST_BYTES // 256) for folder in sorted(thumbnails_folder().glob("??"))
    )


def thumbnails_folder() -> Path:
    """Where thumbnails are kept: 256 folders by the first two digits of their digest."""
    return cache_root() / "thumbnails"


def _shrunk(picture: Picture, side: int) -> Image.Image:
    image = decode_small(picture, side)
    scale = min(1.0, side / max(image.size))
    if scale == 1.0:
        return image
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def _keep(image: Image.Image, path: Path) -> None:
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                image.save(file, "JPEG", quality=90, subsampling=0)
            Path(made).replace(path)
        except OSError:
            Path(made).unlink(missing_ok=True)
            raise
