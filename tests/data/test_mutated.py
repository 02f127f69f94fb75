"""Five hundred broken and odd files: none ends the program, each is listed once with its reason."""

import json
import random
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.data.decode import UnreadableImage
from cnnstudio.data.thumbnails import thumbnail

Noise = Callable[..., NDArray[np.uint8]]
EACH = 50
SUFFIXES = ("png", "jpg", "bmp", "gif", "webp", "tif", "ppm")
# What is beyond repair, and the words that say why; what is merely odd has to be read.
REASONS = {
    "zero": "is empty",
    "bomb": "is too large",
    "text": "is not an image",
    "cut": "",
    "sixteen": "more than 8 bits",
}
READ = ("renamed", "animated", "cmyk", "turned")

# Reads headers, then pixels, as the window and training do, and says what it took.
READER = """
import json, resource, sys
from pathlib import Path
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.facts import facts
from cnnstudio.data.index import index
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.sources import ClassFolders

dataset = Dataset(source=ClassFolders(path=sys.argv[1]), image_size=(16, 16))
listed = index(dataset)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
known = facts(dataset, listed)
cache = PixelCache.open(dataset, listed)
print(json.dumps({
    "grown": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
    "unit": 1 if sys.platform == "darwin" else 1024,
    "listed": len(listed.samples),
    "facts": [[left.key, left.reason] for left in known.unreadable],
    "cache": [[left.key, left.reason] for left in cache.unreadable],
    "read": [sample.key for sample in cache.samples],
}))
"""


def stored(pixels: NDArray[np.uint8], suffix: str, **options: object) -> bytes:
    file = BytesIO()
    kind = {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix.upper())
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG whose header promises 50,000 × 50,000 pixels in a few hundred bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(150_001)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


def mutants(kind: str, pixels: NDArray[np.uint8], number: int, chance: random.Random) -> bytes:
    """The content of one file of a kind; `number` chooses among formats and depths of damage."""
    suffix = SUFFIXES[number % len(SUFFIXES)]
    whole = stored(pixels, suffix)
    if kind == "zero":
        return b""
    if kind == "text":
        return b"<html>404 not found</html>" * (number + 1)
    if kind == "bomb":
        return bomb()
    if kind == "cut":
        return whole[: chance.randrange(1, len(whole) * 2 // 3)]
    if kind == "flipped":
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        return bytes(broken)
    if kind == "animated":
        frames = [Image.fromarray(np.roll(pixels, shift, 0)) for shift in range(3)]
        file = BytesIO()
        format = ("GIF", "WEBP", "PNG")[number % 3]
        frames[0].save(file, format, save_all=True, append_images=frames[1:])
        return file.getvalue()
    if kind == "cmyk":
        file = BytesIO()
        Image.fromarray(pixels).convert("CMYK").save(file, ("JPEG", "TIFF")[number % 2])
        return file.getvalue()
    if kind == "sixteen":
        deep = pixels.astype(np.uint16) * 257
        _, made = cv2.imencode((".png", ".tif")[number % 2], deep if number % 3 else deep[:, :, 0])
        return made.tobytes()
    if kind == "turned":
        exif = Image.Exif()
        exif[0x0112] = 1 + number % 8
        return stored(pixels, "jpg", exif=exif)
    return whole


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five hundred files of ten kinds in two classes, and twenty that are sound."""
    root = tmp_path_factory.mktemp("mutated")
    chance, numbers = random.Random(7), np.random.default_rng(7)
    kinds = ("flipped", *REASONS, *READ)
    assert len(kinds) * EACH == 500
    for kind in (*kinds, "sound"):
        for number in range(EACH if kind != "sound" else 20):
            pixels = numbers.integers(0, 256, (40, 28, 3), dtype=np.uint8)
            suffix = SUFFIXES[(number + (3 if kind == "renamed" else 0)) % len(SUFFIXES)]
            file = root / "ab"[number % 2] / f"{kind} {number}.{suffix}"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(mutants(kind, pixels, number, chance))
    return root


def kind_of(key: str) -> str:
    return key.split("/")[1].split(" ")[0]


def test_no_broken_file_ends_the_program_and_each_is_listed_once(collection: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", READER, str(collection)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    assert said["listed"] == 520
    left_out = dict(said["cache"])
    assert len(left_out) == len(said["cache"])
    assert len(left_out) + len(said["read"]) == 520
    assert not set(left_out) & set(said["read"])
    # The headers promise no more than the pixels keep: who is refused there is refused here.
    assert len(dict(said["facts"])) == len(said["facts"])
    assert dict(said["facts"]).items() <= left_out.items()
    for key, reason in left_out.items():
        assert REASONS.get(kind_of(key), "") in reason, key
        assert "\n" not in reason
    refused = Counter(map(kind_of, left_out))
    assert all(refused[kind] == EACH for kind in REASONS), refused
    assert not any(refused[kind] for kind in (*READ, "sound")), refused
    assert 0 < refused["flipped"] <= EACH
    assert said["grown"] * said["unit"] < 150 * 2**20


def test_a_broken_file_has_the_same_reason_as_a_thumbnail(collection: Path) -> None:
    for name, reason in REASONS.items():
        for number in range(6):
            (path,) = (collection / "ab"[number % 2]).glob(f"{name} {number}.*")
            with pytest.raises(UnreadableImage) as caught:
                thumbnail(path, 64)
            assert reason in caught.value.reason
