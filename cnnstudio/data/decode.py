"""The one decoder of image files, for thumbnails, preview, training and export checks alike."""

import threading
import warnings
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from cnnstudio.data.picture import Picture, picture_of
from cnnstudio.spec.errors import UserError

Color = Literal["rgb", "grayscale"]
Pixels = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
EXTENSIONS = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp"}
    | {".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"}
)
# Pillow warns above this many pixels; here that is the end. It is 89 megapixels, 270 MB as colour.
MOST_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485
# Above this, at most one image at a time is decoded where a gate is given.
LARGE_PIXELS = 12_000_000

# What Pillow holds with eight bits a channel or fewer, and turns into RGB without loss of range.
_EIGHT_BIT = frozenset({"1", "L", "P", "LA", "PA", "La", "RGB", "RGBA", "RGBa", "RGBX", "CMYK"})
_EIGHT_BIT |= {"YCbCr", "LAB", "HSV"}
_DEEP = "holds more than 8 bits a channel: save it as an 8-bit image"
_BITS_PER_SAMPLE = 258  # TIFF tag

# A header that promises more pixels is refused before anything is allocated; what Pillow mutters
# about odd metadata is of no use to anybody, for the pixels are read or the file is reported.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


class UnreadableImage(UserError):
    """An image file that cannot be used; `reason` continues a sentence that names the file."""

    def __init__(self, path: Path, reason: str, details: str = "") -> None:
        super().__init__(f"“{path.name}” {reason}.", place=str(path), details=details)
        self.reason = reason


def decode(place: Path | Picture, color: Color = "rgb") -> Pixels:
    """The image as uint8[height, width, 3] for `rgb`, uint8[height, width, 1] for `grayscale`.

    The EXIF orientation is applied, animations give their first frame, transparent parts show
    white. Grey is ITU-R 601-2 luma, as Pillow computes it.

    Raises:
        UnreadableImage: the file is missing, damaged, too large or holds more than 8 bits.
    """
    return as_array(decode_image(place, color))


def decode_image(
    place: Path | Picture, color: Color = "rgb", large: AbstractContextManager[object] | None = None
) -> Image.Image:
    """As `decode`, but as a Pillow image of mode `RGB` or `L`.

    `large` is entered while an image above `LARGE_PIXELS` is decoded: a lock there keeps several
    threads from holding several huge images at once.
    """
    picture = picture_of(place)
    path = picture.path
    try:
        if picture.item is not None:
            return _convert(_item(picture), color)
        with Image.open(path, formats=FORMATS) as opened:
            _check(opened, path)
            big = opened.width * opened.height > LARGE_PIXELS
            with large if big and large is not None else nullcontext():
                opened.load()
                return _convert(_upright(opened), color)
    except UnreadableImage:
        raise
    except Exception as error:  # Pillow's parsers raise nearly anything on broken bytes
        raise _unreadable(path, error) from error


def decode_small(place: Path | Picture, side: int) -> Image.Image:
    """An `RGB` image at least `side` pixels on its long side where the file has them.

    JPEG files are decoded at a fraction of their size, which is fast and not quite what training
    sees: for thumbnails only.
    """
    picture = picture_of(place)
    path = picture.path
    if picture != Picture(path):
        return decode_image(picture)
    try:
        with Image.open(path, formats=FORMATS) as opened:
            _check(opened, path)
            opened.draft("RGB", (side, side))
            opened.load()
            return _convert(_upright(opened), "rgb")
    except UnreadableImage:
        raise
    except Exception as error:  # as above
        raise _unreadable(path, error) from error


def size(place: Path | Picture) -> tuple[int, int]:
    """Height and width as decoded, orientation applied, from the header alone.

    Raises:
        UnreadableImage: as `decode`, as far as the header shows it.
    """
    return header(place)[:2]


def header(place: Path | Picture) -> tuple[int, int, bool]:
    """Height, width and whether the file is stored as gray, from the header alone."""
    picture = picture_of(place)
    path = picture.path
    try:
        if picture.item is not None:
            return _item_header(picture)
        with Image.open(path, formats=FORMATS) as opened:
            _check(opened, path)
            width, height = opened.size
            if _turned(opened):
                width, height = height, width
            return height, width, opened.mode in {"1", "L", "LA", "La"}
    except UnreadableImage:
        raise
    except Exception as error:  # as above
        raise _unreadable(path, error) from error


def as_array(image: Image.Image) -> Pixels:
    """A Pillow image of mode `RGB` or `L` as uint8[height, width, 3 or 1], a copy of its own."""
    array = np.array(image, dtype=np.uint8)
    return array if array.ndim == 3 else array[:, :, np.newaxis]


def new_gate() -> AbstractContextManager[object]:
    """A gate for `decode_image(large=...)`, shared by the threads of one job."""
    return threading.Lock()


def _item(picture: Picture) -> Image.Image:
    """One image of an array file, 8 bits a channel."""
    from cnnstudio.data.arrays import image

    values = image(picture.path, picture.item or 0)
    _item_header(picture)
    if values.ndim == 3:
        values = values[:, :, :4] if values.shape[2] > 2 else values[:, :, 0]
    if values.dtype == np.bool_:
        values = values * np.uint8(255)
    return Image.fromarray(np.ascontiguousarray(values, np.uint8))


def _item_header(picture: Picture) -> tuple[int, int, bool]:
    from cnnstudio.data.arrays import shape_of

    shape, kind = shape_of(picture.path)
    if shape[0] * shape[1] > MOST_PIXELS:
        raise UnreadableImage(picture.path, _too_large(shape[1], shape[0]))
    if kind not in (np.uint8, np.bool_):
        raise UnreadableImage(picture.path, _DEEP, str(kind))
    return shape[0], shape[1], len(shape) == 2 or shape[2] < 3


def _check(opened: Image.Image, path: Path) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise UnreadableImage(path, _too_large(opened.width, opened.height))
    if opened.mode not in _EIGHT_BIT or _deep(opened):
        raise UnreadableImage(path, _DEEP, opened.mode)


def _deep(opened: Image.Image) -> bool:
    """Whether a file opened in an 8-bit mode stores more, which Pillow would cut or jumble."""
    tags = getattr(opened, "tag_v2", None)
    if tags is not None:
        bits = tags.get(_BITS_PER_SAMPLE, (1,))
        return max(bits if isinstance(bits, tuple) else (bits,), default=1) > 8
    return any(";16" in str(tile[3]) for tile in getattr(opened, "tile", ()))


def _orientation(opened: Image.Image) -> int:
    # Asking a PNG for its EXIF data decodes the whole file unless the header brought them.
    if opened.format == "PNG" and not {"exif", "Raw profile type exif"} & opened.info.keys():
        return 1
    try:
        return int(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata of a sound picture
        return 1


def _turned(opened: Image.Image) -> bool:
    # Pillow itself turns TIFF, and reports the turned size from the start.
    return opened.format != "TIFF" and _orientation(opened) in {5, 6, 7, 8}


def _upright(opened: Image.Image) -> Image.Image:
    if opened.format == "TIFF" or _orientation(opened) == 1:
        return opened
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # broken metadata of a sound picture
        return opened


def _convert(image: Image.Image, color: Color) -> Image.Image:
    if image.mode in {"LA", "PA", "La", "RGBA", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, layer).convert("RGB")
    elif image.mode not in {"L", "RGB", "1"}:
        image = image.convert("RGB")  # CMYK and palettes turn gray by way of RGB
    wanted = "RGB" if color == "rgb" else "L"
    return image if image.mode == wanted else image.convert(wanted)


def _too_large(width: int, height: int) -> str:
    return (
        f"is too large ({width}×{height} pixels, at most {MOST_PIXELS // 1_000_000} million): "
        "save it smaller"
    )


def _unreadable(path: Path, error: Exception) -> UnreadableImage:
    details = f"{type(error).__name__}: {error}"
    if isinstance(error, FileNotFoundError):
        reason = "is no longer there"
    elif isinstance(error, PermissionError):
        reason = "may not be read: change its permissions"
    elif isinstance(error, IsADirectoryError):
        reason = "is a folder, not an image"
    elif isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        reason = (
            f"is too large (more than {MOST_PIXELS // 1_000_000} million pixels): save it smaller"
        )
    elif isinstance(error, MemoryError):
        reason = "needs more memory than there is"
    elif isinstance(error, UnidentifiedImageError):
        empty = path.is_file() and path.stat().st_size == 0
        reason = "is empty" if empty else "is not an image of a known format (" + _known() + ")"
    elif "truncated" in str(error).lower():
        reason = "is cut short: copy it again from where it came"
    else:
        reason = "is damaged: copy it again from where it came"
    return UnreadableImage(path, reason, details)


def _known() -> str:
    return ", ".join(FORMATS[:-1]) + " or " + FORMATS[-1]
