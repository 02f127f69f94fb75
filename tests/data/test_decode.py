"""One decoder: every format and mode to 8-bit RGB or gray, or one plain reason why not."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import FORMATS, UnreadableImage, decode, decode_small, header, size

Noise = Callable[..., NDArray[np.uint8]]
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"]
LOSSLESS = {"png": "PNG", "bmp": "BMP", "tif": "TIFF", "ppm": "PPM"}


def png(width: int, height: int, depth: int, color_type: int, rows: bytes = b"") -> bytes:
    """A PNG file written by hand, for what Pillow does not write."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_lossless_formats_give_the_very_pixels(tmp_path: Path, noise: Noise, suffix: str) -> None:
    pixels, path = noise(7, 5), tmp_path / f"a.{suffix}"
    Image.fromarray(pixels).save(path)
    assert np.array_equal(decode(path), pixels)
    gray = decode(path, "grayscale")
    assert gray.shape == (7, 5, 1)
    assert np.array_equal(gray[:, :, 0], np.asarray(Image.fromarray(pixels).convert("L")))


@pytest.mark.parametrize("name", ["a.jpg", "a.gif", "a.webp"])
def test_other_formats_are_read_as_pillow_reads_them(
    tmp_path: Path, noise: Noise, name: str
) -> None:
    path = tmp_path / name
    Image.fromarray(noise(17, 9)).save(path)
    with Image.open(path) as opened:
        assert opened.format in FORMATS
        assert np.array_equal(decode(path), np.asarray(opened.convert("RGB")))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", ["rgb", "grayscale"])
def test_every_8_bit_mode_becomes_rgb_or_gray(
    tmp_path: Path, noise: Noise, mode: str, color: Literal["rgb", "grayscale"]
) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(noise(6, 4)).convert(mode).save(path)
    made = decode(path, color)
    assert made.shape == (6, 4, 3 if color == "rgb" else 1)
    assert made.dtype == np.uint8
    assert size(path) == (6, 4)
    assert header(path)[2] == (mode in {"1", "L", "LA"})


def test_transparency_shows_white(tmp_path: Path) -> None:
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = 0, 128, 255
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    assert decode(path)[0, :, 0].tolist() == [255, 127, 0]
    gray_alpha = tmp_path / "b.png"
    Image.fromarray(pixels).convert("LA").save(gray_alpha)
    assert decode(gray_alpha, "grayscale")[0, :, 0].tolist() == [255, 127, 0]


def test_a_transparent_colour_of_a_palette_or_gray_image_shows_white(tmp_path: Path) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    path = tmp_path / "a.png"
    palette.save(path, transparency=0)
    assert decode(path)[0].tolist() == [[255, 255, 255], [200, 100, 50]]
    gray = Image.fromarray(np.array([[7, 9]], np.uint8))
    gray.save(tmp_path / "b.png", transparency=7)
    assert decode(tmp_path / "b.png", "grayscale")[0, :, 0].tolist() == [255, 9]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_exif_orientation_is_applied_and_known_from_the_header(
    tmp_path: Path, name: str, orientation: int
) -> None:
    # Dark on top left of the upright picture; stored so that the tag brings it back.
    upright = np.full((32, 48, 3), 220, np.uint8)
    upright[:16, :24] = 20
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / name
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif, quality=95)
    assert size(path) == (32, 48)
    made = decode(path).astype(int)
    assert made.shape == upright.shape
    assert np.abs(made - upright).max() <= 20
    assert decode_small(path, 16).size[0] > decode_small(path, 16).size[1]


def test_an_animation_gives_its_first_frame(tmp_path: Path, noise: Noise) -> None:
    frames = [Image.fromarray(noise(8, 8, 1, seed)) for seed in range(3)]
    for name in ("a.gif", "a.webp", "a.png"):
        path = tmp_path / name
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
        assert np.abs(decode(path)[:, :, 0].astype(int) - np.asarray(frames[0])).mean() < 40


def test_a_wrong_extension_does_not_matter(tmp_path: Path, noise: Noise) -> None:
    pixels = noise(4, 4)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert np.array_equal(decode(tmp_path / "a.jpg"), pixels)


@pytest.mark.parametrize("name", ["gray.png", "gray.tif", "color.png", "color.tif", "float.tif"])
def test_more_than_8_bits_are_refused_with_advice(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    kind = np.float32 if name.startswith("float") else np.uint16
    shape = (4, 4, 3) if name.startswith("color") else (4, 4)
    assert cv2.imwrite(str(path), np.full(shape, 3000, kind))
    with pytest.raises(UnreadableImage, match="more than 8 bits") as caught:
        decode(path)
    assert caught.value.place == str(path)
    assert caught.value.sentence.startswith(f"“{name}” holds")
    with pytest.raises(UnreadableImage, match="more than 8 bits"):
        size(path)


def test_a_16_bit_gray_alpha_png_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(1, 1, 16, 4, b"\0" + b"\x12\x34\xff\xff"))
    with pytest.raises(UnreadableImage, match="more than 8 bits"):
        decode(path)


@pytest.mark.parametrize("side", [9_500, 50_000])
def test_a_gigantic_image_is_refused_from_its_header(tmp_path: Path, side: int) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png(side, side, 8, 2))
    for read in (decode, size):
        with pytest.raises(UnreadableImage, match="too large"):
            read(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"<html>not found</html>", "not an image of a known format"),
        (b"%PDF-1.4 something else", "not an image of a known format"),
    ],
)
def test_what_is_no_image_says_so(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(UnreadableImage, match=reason) as caught:
        decode(path)
    assert "\n" not in caught.value.sentence


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="no longer there"):
        decode(tmp_path / "gone.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UnreadableImage, match="is a folder"):
        decode(tmp_path / "folder.png")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.bmp", "a.tif"])
def test_a_cut_file_is_refused_though_its_header_is_whole(
    tmp_path: Path, noise: Noise, name: str
) -> None:
    path = tmp_path / name
    Image.fromarray(noise(64, 64)).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableImage, match=r"copy it again|not an image"):
        decode(path)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_mutated_files_are_decoded_or_refused(
    tmp_path: Path, noise: Noise, data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(["png", "jpg", "gif", "webp", "bmp", "tif", "ppm"]))
    path = tmp_path / f"mutated.{suffix}"
    Image.fromarray(noise(12, 10)).save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 3, len(content))) :]
    path.write_bytes(bytes(content))
    made = decoded_or_refused(path)
    if isinstance(made, UnreadableImage):
        assert made.sentence == f"“mutated.{suffix}” {made.reason}."
    else:
        assert made.dtype == np.uint8
        assert made.shape == (*size(path), 3)


def decoded_or_refused(path: Path) -> NDArray[np.uint8] | UnreadableImage:
    try:
        return decode(path)
    except UnreadableImage as error:
        return error


def test_a_small_decode_is_at_least_as_large_as_asked(tmp_path: Path, noise: Noise) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(noise(800, 600)).save(path)
    made = decode_small(path, 128)
    assert made.mode == "RGB"
    assert 128 <= max(made.size) < 800
    assert decode(path).shape == (800, 600, 3)
