"""The one decoder of image files, for thumbnails, preview, training and export checks alike."""

import threading
import warnings
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from cnnstudio.data import arrays, tiff
from cnnstudio.data.opened import EIGHT_BIT, GRAY, convert, deep, load, orientation, turned, upright
from cnnstudio.data.picture import PLAIN, Picture, Reading, picture_of
from cnnstudio.data.values import Values, in_color, turn, windowed
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

TOO_DEEP = "holds more than 8 bits a channel: choose an intensity window"

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
    white. Grey is ITU-R 601-2 luma, as Pillow computes it. More than 8 bits need a window.

    Raises:
        UnreadableImage: the file is missing, damaged, too large or deeper than its reading takes.
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
    try:
        if picture.item is None and picture.reading == PLAIN:
            return _plain(picture, color, large)
        return _levels(picture, color, large)
    except UnreadableImage:
        raise
    except Exception as error:  # parsers raise nearly anything on broken bytes
        raise _unreadable(picture.path, error) from error


def raw(place: Path | Picture, color: Color = "rgb") -> Values:
    """What an exported model takes: stored values float32[h, w, 3 or 1] where a window is set.

    Without a window it is `decode`.

    Raises:
        UnreadableImage: as `decode`.
    """
    picture = picture_of(place)
    if picture.reading.window is None:
        return decode(picture, color)
    try:
        return in_color(_values(picture, None), color)
    except UnreadableImage:
        raise
    except Exception as error:  # as above
        raise _unreadable(picture.path, error) from error


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
            load(opened)
            return convert(upright(opened), "rgb")
    except UnreadableImage:
        raise
    except UnidentifiedImageError:
        return decode_image(picture)  # what Pillow does not know of TIFF
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
        if picture.item is not None or picture.reading != PLAIN:
            return _layout(picture)
        with Image.open(path, formats=FORMATS) as opened:
            _check(opened, path)
            width, height = opened.size
            if turned(opened):
                width, height = height, width
            return height, width, opened.mode in GRAY
    except UnreadableImage:
        raise
    except UnidentifiedImageError as error:
        # What Pillow does not know of TIFF, such as five channels.
        return _unknown(picture, error)
    except Exception as error:  # as above
        raise _unreadable(path, error) from error


def as_array(image: Image.Image) -> Pixels:
    """A Pillow image of mode `RGB` or `L` as uint8[height, width, 3 or 1], a copy of its own."""
    array = np.array(image, dtype=np.uint8)
    return array if array.ndim == 3 else array[:, :, np.newaxis]


def new_gate() -> AbstractContextManager[object]:
    """A gate for `decode_image(large=...)`, shared by the threads of one job."""
    return threading.Lock()


def _unknown(picture: Picture, error: UnidentifiedImageError) -> tuple[int, int, bool]:
    try:
        if tiff.is_tiff(picture.path):
            return _layout(picture)
    except UnreadableImage:
        raise
    except Exception as other:  # as above
        raise _unreadable(picture.path, other) from other
    raise _unreadable(picture.path, error) from error


def _plain(
    picture: Picture, color: Color, large: AbstractContextManager[object] | None
) -> Image.Image:
    """An 8-bit file as it is."""
    path = picture.path
    try:
        with Image.open(path, formats=FORMATS) as opened:
            _check(opened, path)
            with _gate(opened.width * opened.height, large):
                load(opened)
                return convert(upright(opened), color)
    except UnidentifiedImageError:
        if not tiff.is_tiff(path):
            raise
        return _levels(picture, color, large)


def _levels(
    picture: Picture, color: Color, large: AbstractContextManager[object] | None
) -> Image.Image:
    """Values of any depth by the window, or as they are if they have 8 bits."""
    values = _values(picture, large)
    if picture.reading.window is not None:
        levels = windowed(in_color(values, color), picture.reading.window)
        return Image.fromarray(levels[:, :, 0] if color == "grayscale" else levels)
    if values.dtype == np.bool_:
        values = values * np.uint8(255)
    if values.dtype != np.uint8:
        raise UnreadableImage(picture.path, TOO_DEEP, str(values.dtype))
    alpha = values.shape[2] == 4 and not picture.reading.channels and picture.item is not None
    shown = values[:, :, : 4 if alpha else 3] if values.shape[2] > 2 else values[:, :, 0]
    return convert(Image.fromarray(np.ascontiguousarray(shown)), color)


def _values(picture: Picture, large: AbstractContextManager[object] | None) -> Values:
    """Stored values [height, width, channels], upright, the chosen channels alone."""
    path, reading = picture.path, picture.reading
    height, width, _ = _layout(picture, any_depth=True)
    with _gate(height * width, large):
        if picture.item is not None:
            values = arrays.image(path, picture.item)
            values = values if values.ndim == 3 else values[:, :, np.newaxis]
        elif tiff.is_tiff(path):
            try:
                return tiff.read(path, reading.page, reading.channels)
            except tiff.NoValues:
                values = _pillow_values(path, reading)
        else:
            values = _pillow_values(path, reading)
    channels = values.shape[2]
    _check_channels(channels, reading)
    return values[:, :, list(reading.channels)] if reading.channels else values


def _pillow_values(path: Path, reading: Reading) -> Values:
    with Image.open(path, formats=FORMATS) as opened:
        if opened.format == "PNG" and deep(opened):
            from imagecodecs import png_decode  # Pillow cuts 16-bit colour to 8

            values = np.asarray(png_decode(path.read_bytes()))
            values = values if values.ndim == 3 else values[:, :, np.newaxis]
            return turn(values, orientation(opened))
        if opened.format == "TIFF":
            _seek(opened, reading.page)
        load(opened)
        image = upright(opened)
        if image.mode in EIGHT_BIT:
            gray = image.mode in GRAY
            return as_array(convert(image, "grayscale" if gray else "rgb"))
        values = np.array(image)
        return values if values.ndim == 3 else values[:, :, np.newaxis]


def _seek(opened: Image.Image, page: int) -> None:
    try:
        opened.seek(page)
    except EOFError as error:
        raise tiff.WrongPart(f"has fewer pages, counted from 0: there is no page {page}") from error


def _layout(picture: Picture, any_depth: bool = False) -> tuple[int, int, bool]:
    """Height, width and whether it is gray, from headers; refused if it is too large or too deep.

    `any_depth` lets values pass that have no window: whoever asks looks at them himself.
    """
    path, reading = picture.path, picture.reading
    if picture.item is not None:
        shape, kind = arrays.shape_of(path)
        if not 0 <= picture.item < arrays.length_of(path):
            raise UnreadableImage(path, "holds fewer images than before: open it again")
        height, width, channels = shape[0], shape[1], shape[2] if len(shape) == 3 else 1
    else:
        height, width, channels, kind = _file_layout(path, reading)
    if height * width > MOST_PIXELS or height * width * channels > 8 * MOST_PIXELS:
        raise UnreadableImage(path, _too_large(width, height))
    if reading.window is None and not any_depth and kind not in (np.uint8, np.bool_):
        raise UnreadableImage(path, TOO_DEEP, str(kind))
    _check_channels(channels, reading)
    if reading.channels:
        channels = len(reading.channels)
    return height, width, channels < 3


def _check_channels(channels: int, reading: Reading) -> None:
    if any(channel >= channels for channel in reading.channels):
        raise tiff.WrongPart(
            f"has {channels} channel{'s' if channels > 1 else ''}, counted from 0: there is no "
            f"channel {max(reading.channels)}"
        )


def _file_layout(path: Path, reading: Reading) -> tuple[int, int, int, object]:
    """Height, width, channels and type of the values of a file."""
    if tiff.is_tiff(path):
        try:
            found = tiff.layout(path, reading.page)
            return found.height, found.width, found.channels, found.kind
        except tiff.NoValues:
            pass
    with Image.open(path, formats=FORMATS) as opened:
        if opened.format == "TIFF":
            _seek(opened, reading.page)
        width, height = opened.size
        if turned(opened):
            width, height = height, width
        shallow = opened.mode in EIGHT_BIT and not deep(opened)
        gray = opened.mode in GRAY or opened.mode not in EIGHT_BIT
        return height, width, 1 if gray else 3, np.uint8 if shallow else np.uint16


def _gate(
    pixels: int, large: AbstractContextManager[object] | None
) -> AbstractContextManager[object]:
    return large if large is not None and pixels > LARGE_PIXELS else nullcontext()


def _check(opened: Image.Image, path: Path) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise UnreadableImage(path, _too_large(opened.width, opened.height))
    if opened.mode not in EIGHT_BIT or deep(opened):
        raise UnreadableImage(path, TOO_DEEP, opened.mode)


def _too_large(width: int, height: int) -> str:
    return (
        f"is too large ({width}×{height} pixels, at most {MOST_PIXELS // 1_000_000} million): "
        "save it smaller"
    )


def _unreadable(path: Path, error: Exception) -> UnreadableImage:
    details = f"{type(error).__name__}: {error}"
    if isinstance(error, tiff.WrongPart):
        reason = str(error)
    elif isinstance(error, FileNotFoundError):
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
