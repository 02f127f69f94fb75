"""Scientific images: any depth through one window that is the same for all, never per image."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data import tiff
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.decode import UnreadableImage, decode, decode_small, header, raw
from cnnstudio.data.facts import facts
from cnnstudio.data.index import deal, index
from cnnstudio.data.intensity import intensity_of, resolved
from cnnstudio.data.load import load
from cnnstudio.data.names import key_hash
from cnnstudio.data.picture import Picture, Reading
from cnnstudio.data.scanning import scan
from cnnstudio.data.thumbnails import thumbnail
from cnnstudio.data.values import turn, windowed
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.intensities import EightBit, FixedWindow, Intensity, PercentileWindow
from cnnstudio.spec.sources import ArrayFile, ClassFolders

Values = NDArray[Any]
Window = tuple[float, float]
NUMBERS = np.random.default_rng(5)
GRAY = NUMBERS.integers(0, 4096, (20, 31), dtype=np.uint16)  # 12 bits in 16
RGB = NUMBERS.integers(0, 65536, (20, 31, 3), dtype=np.uint16)
FIVE = NUMBERS.integers(0, 65536, (20, 31, 5), dtype=np.uint16)


def seen(path: Path, window: Window | None, page: int = 0, *channels: int) -> Picture:
    return Picture(path, None, Reading(page, channels, window))


def levels(values: Values, window: Window) -> Values:
    """The window in exact arithmetic of 64 bits."""
    low, high = window
    return np.floor(np.clip((values.astype(float) - low) * 255 / (high - low), 0, 255) + 0.5)


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.uint32, np.float32])
def test_a_gray_tiff_of_any_depth_goes_through_the_window(
    tmp_path: Path, kind: type[Any], compression: str | None
) -> None:
    path, window = tmp_path / "a.tif", (10.0, 3000.0)
    values = (GRAY % 256 if kind is np.uint8 else GRAY).astype(kind)
    tifffile.imwrite(path, values, compression=compression)
    made = decode(seen(path, window), "grayscale")
    assert made.shape == (20, 31, 1)
    assert np.abs(made[..., 0] - levels(values, window)).max() <= 1
    assert np.array_equal(decode(seen(path, window))[..., 1], made[..., 0])
    assert header(seen(path, window)) == (20, 31, True)
    assert np.array_equal(raw(seen(path, window), "grayscale")[..., 0], values)
    if kind is not np.uint8:
        with pytest.raises(UnreadableImage, match="choose an intensity window"):
            decode(path)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_planar_and_interleaved_colour_are_the_same(
    tmp_path: Path, planar: str, compression: str | None
) -> None:
    path, window = tmp_path / "a.tif", (0.0, 65535.0)
    stored = RGB if planar == "contig" else RGB.transpose(2, 0, 1)
    tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar, compression=compression)
    assert np.abs(decode(seen(path, window)) - levels(RGB, window)).max() <= 1
    luma = levels(RGB @ [0.299, 0.587, 0.114], window)
    assert np.abs(decode(seen(path, window), "grayscale")[..., 0] - luma).max() <= 1


@pytest.mark.parametrize("form", ["png", "tif", "pgm"])
def test_16_bit_files_of_other_formats_keep_their_depth(tmp_path: Path, form: str) -> None:
    path, window = tmp_path / f"a.{form}", (1000.0, 50_000.0)
    assert cv2.imwrite(str(path), RGB[..., ::-1] if form != "pgm" else RGB[..., 0])
    made = decode(seen(path, window))
    assert np.abs(made[..., 0] - levels(RGB[..., 0], window)).max() <= 1
    if form != "pgm":
        assert np.abs(made - levels(RGB, window)).max() <= 1


@pytest.mark.parametrize("imagej", [True, False])
def test_a_page_and_channels_of_a_stack_are_chosen(tmp_path: Path, imagej: bool) -> None:
    stack = NUMBERS.integers(0, 65536, (4, 5, 20, 31), dtype=np.uint16)
    path, window = tmp_path / "stack.tif", (0.0, 65535.0)
    tifffile.imwrite(
        path, stack, imagej=imagej, metadata={"axes": "ZCYX"}, ome=None if imagej else True
    )
    made = decode(seen(path, window, 2, 4, 0, 1))
    assert np.abs(made - levels(stack[2][[4, 0, 1]].transpose(1, 2, 0), window)).max() <= 1
    one = decode(seen(path, window, 3, 1), "grayscale")
    assert np.abs(one[..., 0] - levels(stack[3, 1], window)).max() <= 1
    with pytest.raises(UnreadableImage, match="there is no page 4"):
        decode(seen(path, window, 4))
    with pytest.raises(UnreadableImage, match=r"has 5 channels, counted from 0: .* no channel 5"):
        decode(seen(path, window, 0, 5))


def test_five_channels_of_8_bits_need_no_window(tmp_path: Path) -> None:
    path = tmp_path / "five.tif"
    eight = (FIVE >> 8).astype(np.uint8)
    tifffile.imwrite(path, eight, photometric="minisblack", planarconfig="contig")
    assert header(path) == (20, 31, False)
    assert np.array_equal(decode(path), eight[..., :3])
    assert np.array_equal(decode(seen(path, None, 0, 4), "grayscale"), eight[..., 4:])
    assert np.array_equal(np.asarray(decode_small(path, 64)), eight[..., :3])


def test_pages_of_8_bits_need_no_window(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((6, 7, 3), level, np.uint8)) for level in (10, 20, 30)]
    path = tmp_path / "pages.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert [int(decode(seen(path, None, page)).max()) for page in range(3)] == [10, 20, 30]


def test_a_window_holds_for_ordinary_pictures_too(tmp_path: Path) -> None:
    pixels = NUMBERS.integers(0, 256, (9, 8, 3), dtype=np.uint8)
    for name in ("a.png", "a.bmp", "a.tif"):
        Image.fromarray(pixels).save(tmp_path / name)
        made = decode(seen(tmp_path / name, (0.0, 127.5)))
        assert np.array_equal(made, np.minimum(pixels.astype(int) * 2, 255))
        only = decode(seen(tmp_path / name, None, 0, 2), "grayscale")
        assert np.array_equal(only, pixels[..., 2:])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_as_pillow_does(tmp_path: Path, orientation: int) -> None:
    eight = (GRAY >> 4).astype(np.uint8)
    tag = (274, "H", 1, orientation, True)
    tifffile.imwrite(tmp_path / "a.tif", eight, extratags=[tag])
    shown = decode(tmp_path / "a.tif", "grayscale")
    assert np.array_equal(turn(eight[..., np.newaxis], orientation), shown)
    assert np.array_equal(tiff.read(tmp_path / "a.tif"), shown)
    found = tiff.layout(tmp_path / "a.tif")
    assert (found.height, found.width) == shown.shape[:2]


def test_white_is_zero_is_turned_round(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GRAY, photometric="miniswhite")
    made = tiff.read(tmp_path / "a.tif")
    assert np.array_equal(made[..., 0], 65535 - GRAY)


def test_what_is_no_number_is_black() -> None:
    values = np.array([[[np.nan], [-np.inf], [np.inf], [0.5]]], np.float32)
    assert windowed(values, (0.0, 1.0)).ravel().tolist() == [0, 0, 255, 128]


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_cut_deep_files_are_refused(tmp_path: Path, cut: float) -> None:
    for name, compression in (("a.tif", None), ("b.tif", "zlib")):
        tifffile.imwrite(tmp_path / name, RGB, photometric="rgb", compression=compression)
    assert cv2.imwrite(str(tmp_path / "c.png"), RGB)
    for path in tmp_path.iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * cut)])
        with pytest.raises(UnreadableImage) as caught:
            decode(seen(path, (0.0, 65535.0)))
        assert "\n" not in caught.value.sentence


def test_a_tiff_without_any_page_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0\x08\0\0\0" + bytes(6))
    with pytest.raises(UnreadableImage, match=r"is damaged|not an image"):
        decode(seen(path, (0.0, 1.0)))


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """Two classes of dark 16-bit images, one class brighter than the other."""
    for name, level in (("dim", 300), ("lit", 900)):
        (tmp_path / "deep" / name).mkdir(parents=True)
        for number in range(8):
            values = NUMBERS.integers(level - 200, level + 200, (16, 16), dtype=np.uint16)
            tifffile.imwrite(tmp_path / "deep" / name / f"{number}.tif", values)
    return tmp_path / "deep"


def dataset(root: Path, intensity: Intensity, color: Literal["rgb", "grayscale"]) -> Dataset:
    return Dataset(
        source=ClassFolders(path=str(root)),
        image_size=(16, 16),
        intensity=intensity,
        color=color,
    )


def test_a_new_experiment_of_deep_images_begins_with_percentiles(
    collection: Path, make_small: Callable[[Path], Path]
) -> None:
    assert intensity_of(ClassFolders(path=str(collection))) == PercentileWindow()
    assert intensity_of(ClassFolders(path=str(make_small(collection.parent)))) == EightBit()
    np.savez(collection.parent / "a.npz", x=np.zeros((4, 3, 3)), y=[0, 1, 0, 1])
    assert intensity_of(ArrayFile(path=str(collection.parent / "a.npz"))) == PercentileWindow()


@pytest.fixture
def make_small() -> Callable[[Path], Path]:
    """A folder of two classes of 8-bit images."""

    def make(root: Path) -> Path:
        for name in "ab":
            (root / "small" / name).mkdir(parents=True)
            Image.new("RGB", (4, 4)).save(root / "small" / name / "1.png")
        return root / "small"

    return make


def test_one_window_is_measured_for_all_images(collection: Path) -> None:
    wanted = dataset(collection, PercentileWindow(low=1, high=99), "grayscale")
    listed = index(wanted)
    readings = {sample.reading for sample in listed.samples}
    (reading,) = readings
    assert reading.window is not None
    low, high = reading.window
    training = np.stack([tifffile.imread(sample.path) for sample in listed.part("train")])
    assert np.allclose((low, high), np.percentile(training, (1, 99)))
    # Dim and lit stay apart: a window of its own for each image would make them alike.
    cache = PixelCache.open(wanted, listed)
    part = cache.part("train")
    dim, lit = (cache.pixels[part.rows[part.labels == label]].mean() for label in (0, 1))
    assert lit - dim > 80


def test_the_measured_window_is_kept_and_follows_the_training_images(collection: Path) -> None:
    wanted = dataset(collection, PercentileWindow(), "grayscale")
    before = index(wanted).samples[0].reading.window
    stored = {path: path.read_bytes() for path in collection.rglob("*.tif")}
    for path, content in stored.items():
        state = path.stat()
        path.write_bytes(bytes(len(content)))  # same size and time: no image is opened again
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert index(wanted).samples[0].reading.window == before
    for path, content in stored.items():
        path.write_bytes(content)
        tifffile.imwrite(path, tifffile.imread(path) * np.uint16(3))
    after = index(wanted).samples[0].reading.window
    assert before is not None
    assert after is not None
    assert np.allclose(after, np.multiply(before, 3), rtol=0.01)


def test_an_edit_opens_only_the_image_that_is_new_in_the_sample(
    collection: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def counted(picture: Picture, color: Literal["rgb", "grayscale"]) -> Values:
        opened.append(picture.path)
        return raw(picture, color)

    monkeypatch.setattr("cnnstudio.data.intensity.raw", counted)
    monkeypatch.setattr("cnnstudio.data.intensity.SAMPLE", 4)
    wanted = dataset(collection, PercentileWindow(low=0, high=100), "grayscale")
    listed = index(wanted)
    training = sorted(listed.part("train"), key=lambda s: (key_hash(s.key, 16), s.key))
    assert [s.path for s in training[:4]] == opened
    for gone in range(5):
        opened.clear()
        edits = NO_EDITS.changed([training[gone].key], excluded=True)
        left = [sample for sample in training if sample.key != training[gone].key][:4]
        reading = index(wanted.model_copy(update={"edits": edits})).samples[0].reading
        values = np.stack([tifffile.imread(sample.path) for sample in left])
        assert reading.window == (values.min(), values.max())
        # The fifth is new to the sample the first time that another leaves it.
        assert opened == ([training[4].path] if gone == 0 else [])
    other = PercentileWindow(low=10, high=90)
    index(wanted.model_copy(update={"intensity": other}))
    assert not opened


def test_a_training_image_that_is_gone_does_not_count(collection: Path) -> None:
    wanted = dataset(collection, PercentileWindow(low=0, high=100), "grayscale")
    found = scan(wanted.source)
    training = deal(wanted, found).part("train")
    for sample in training[1:]:
        sample.path.unlink()
    values = tifffile.imread(training[0].path)
    for _ in range(2):
        window = deal(wanted, found).samples[0].reading.window
        assert window == (values.min(), values.max())
    training[0].path.unlink()
    assert deal(wanted, found).samples[0].reading.window == (0.0, 1.0)


def test_a_window_is_not_kept_while_an_image_cannot_be_read(
    collection: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = dataset(collection, PercentileWindow(), "grayscale")

    def refused(picture: Picture, color: Literal["rgb", "grayscale"]) -> Values:
        raise UnreadableImage(picture.path, "may not be read")

    monkeypatch.setattr("cnnstudio.data.intensity.raw", refused)
    assert index(wanted).samples[0].reading.window == (0.0, 1.0)
    monkeypatch.undo()
    low, high = index(wanted).samples[0].reading.window or (0.0, 1.0)
    assert high - low > 100


def test_browser_cache_and_training_see_the_same(collection: Path) -> None:
    wanted = dataset(collection, FixedWindow(low=100, high=1100), "rgb")
    listed = index(wanted)
    cache = PixelCache.open(wanted, listed)
    known = facts(wanted, listed)
    assert known.images() == 16
    assert known.gray
    for row, sample in zip(cache.rows, cache.samples, strict=True):
        values = tifffile.imread(sample.path)
        assert np.abs(cache.pixels[row][..., 0] - levels(values, (100, 1100))).max() <= 1
        assert np.array_equal(cache.pixels[row], load(sample.picture, wanted))
        assert np.array_equal(cache.pixels[row], thumbnail(sample.picture, 64))
    other = dataset(collection, FixedWindow(low=0, high=4095), "rgb")
    assert PixelCache.open(other, index(other)).folder != cache.folder


def test_a_trained_model_keeps_the_numbers(collection: Path) -> None:
    wanted = dataset(collection, PercentileWindow(), "rgb")
    assert resolved(wanted, (1.0, 2.0)).intensity == FixedWindow(low=1, high=2)
    plain = dataset(collection, EightBit(), "rgb")
    assert resolved(plain, None) == plain
