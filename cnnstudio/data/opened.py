"""What Pillow has opened: upright, at its true depth, and in the colours that are wanted."""

from typing import Literal

from PIL import ExifTags, Image, ImageFile, ImageOps

# What Pillow holds with eight bits a channel or fewer, and turns into RGB without loss of range.
EIGHT_BIT = frozenset({"1", "L", "P", "LA", "PA", "La", "RGB", "RGBA", "RGBa", "RGBX", "CMYK"})
EIGHT_BIT |= {"YCbCr", "LAB", "HSV"}
GRAY = frozenset({"1", "L", "LA", "La"})
_BITS_PER_SAMPLE = 258  # TIFF tag


def deep(opened: Image.Image) -> bool:
    """Whether a file opened in an 8-bit mode stores more, which Pillow would cut or jumble."""
    tags = getattr(opened, "tag_v2", None)
    if tags is not None:
        bits = tags.get(_BITS_PER_SAMPLE, (1,))
        return max(bits if isinstance(bits, tuple) else (bits,), default=1) > 8
    return any(";16" in str(tile[3]) for tile in getattr(opened, "tile", ()))


def orientation(opened: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none."""
    # Asking a PNG for its EXIF data decodes the whole file unless the header brought them.
    if opened.format == "PNG" and not {"exif", "Raw profile type exif"} & opened.info.keys():
        return 1
    try:
        return int(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # broken metadata of a sound picture
        return 1


def turned(opened: Image.Image) -> bool:
    """Whether height and width change places when it is shown upright."""
    # Pillow itself turns TIFF, and reports the turned size from the start.
    return opened.format != "TIFF" and orientation(opened) in {5, 6, 7, 8}


def upright(opened: Image.Image) -> Image.Image:
    """The image as its orientation wants it shown."""
    if opened.format == "TIFF" or orientation(opened) == 1:
        return opened
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # broken metadata of a sound picture
        return opened


def load(opened: ImageFile.ImageFile) -> None:
    """Decode the pixels; Pillow may raise nearly anything on broken bytes."""
    if opened.format == "TIFF":
        # Pillow would map plain gray pixels from the file with the sides that the orientation
        # asks for, before it turns them: a picture of stripes.
        opened.filename = ""
    opened.load()


def convert(image: Image.Image, color: Literal["rgb", "grayscale"]) -> Image.Image:
    """Mode `RGB` or `L`; transparent parts show white."""
    if image.mode in {"LA", "PA", "La", "RGBA", "RGBa"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, layer).convert("RGB")
    elif image.mode not in {"L", "RGB", "1"}:
        image = image.convert("RGB")  # CMYK and palettes turn gray by way of RGB
    wanted = "RGB" if color == "rgb" else "L"
    return image if image.mode == wanted else image.convert(wanted)
