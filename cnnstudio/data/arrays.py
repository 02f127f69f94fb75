"""Images and labels in NumPy files: `.npz`, or `.npy` files beside each other.

Arrays are memory-mapped. Those of a `.npz` file cannot be, so they are unpacked once into the
cache. Nothing is ever unpickled.
"""

import contextlib
import hashlib
import math
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.data.cachefolder import cache_root, clean, touch, under_construction
from cnnstudio.data.found import PARTS, Found
from cnnstudio.data.names import natural_key
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import SplitName

ENDINGS = (".npz", ".npy")
MOST_BYTES = 20 * 2**30
IMAGES = ("x", "images", "image", "imgs", "data")
LABELS = ("y", "labels", "label", "targets", "target")
NAMES = ("class_names", "classes", "label_names", "names")
_WORDS = re.compile(r"[^_\W]+")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """One array of images with its labels: file of the images, labels as texts, part."""

    name: str
    images: Path
    labels: tuple[str, ...]
    part: SplitName | None


def list_arrays(path: Path) -> Iterator[Found]:
    """The images of a `.npz` or `.npy` file with their labels, one by one.

    Names tell what is what: `x`, `images` or `data` go with `y`, `labels` or `targets`, perhaps
    with `train`, `validation` or `test` in the name; `class_names` may name the classes.

    Raises:
        UserError: the file is damaged, holds objects, or images and labels do not go together.
    """
    files = _unpacked(path) if path.suffix.lower() == ".npz" else _beside(path)
    pairs = _pairs(files, path)
    if len({label for pair in pairs for label in pair.labels}) < 2:
        raise UserError(f"All images of “{path.name}” have the same label.", place=str(path))
    for pair in pairs:
        digits = len(str(len(pair.labels)))
        file = str(pair.images)
        for item, label in enumerate(pair.labels):
            yield Found(f"{pair.name}/{item:0{digits}}", file, label, pair.part, item)


def image(path: Path, item: int) -> Array:
    """Image `item` of a `.npy` file of images, as stored: [height, width] or [height, width, c].

    Raises:
        OSError, ValueError, IndexError: the file is gone, damaged or too short.
    """
    layout = _layout(path)
    length, *sides = layout.shape
    if not 0 <= item < length:
        raise IndexError(f"no image {item} among {length}")
    if layout.offset is None:
        return np.array(_hwc(_mapped(path))[item])
    count = math.prod(sides)
    with path.open("rb") as file:
        file.seek(layout.offset + item * count * layout.kind.itemsize)
        stored: Array = np.fromfile(file, layout.kind, count).reshape(1, *sides)
    return np.asarray(_hwc(stored)[0])


def length_of(path: Path) -> int:
    """How many images a `.npy` file holds; raises as `image`."""
    return _layout(path).shape[0]


def shape_of(path: Path) -> tuple[tuple[int, ...], Any]:
    """Shape of one image and the type of its values; raises as `image`."""
    layout = _layout(path)
    return _hwc(np.empty((0, *layout.shape[1:]), np.uint8)).shape[1:], layout.kind


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the header of a `.npy` file says; `offset` None: its values lie in an odd order."""

    shape: tuple[int, ...]
    kind: np.dtype[Any]
    offset: int | None


def _layout(path: Path) -> _Layout:
    state = path.stat()
    return _layout_of(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=32)
def _layout_of(path: Path, size: int, modified: int) -> _Layout:
    """Kept, because to read it takes many times as long as to read a small image."""
    images = _mapped(path)
    if images.ndim < 1:
        raise ValueError("one value is no list of images")
    offset = None
    if isinstance(images, np.memmap) and images.flags["C_CONTIGUOUS"]:
        offset = int(images.offset)
    return _Layout(images.shape, images.dtype, offset)


def _mapped(path: Path) -> Array:
    return np.asanyarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _hwc(images: Array) -> Array:
    """Channels last: [n, h, w] or [n, h, w, c]."""
    if images.ndim == 4 and images.shape[1] <= 5 < images.shape[3]:
        return images.transpose(0, 2, 3, 1)
    return images


def _pairs(files: Mapping[str, Path], path: Path) -> list[Pair]:
    arrays = {name: _opened(file, name, path) for name, file in files.items()}
    labels = {(_part(name), _rest(name, LABELS)): name for name in arrays if _is(name, LABELS)}
    class_names = next((arrays[name] for name in arrays if name.lower() in NAMES), None)
    pairs: list[Pair] = []
    for name, images in arrays.items():
        if not _is(name, IMAGES) or images.ndim not in {3, 4}:
            continue
        beside = labels.get((_part(name), _rest(name, IMAGES)))
        if beside is None:
            continue
        texts = _texts(arrays[beside], beside, class_names, path)
        if len(texts) != len(images):
            raise UserError(
                f"“{name}” in “{path.name}” holds {len(images):,} images, “{beside}” "
                f"{len(texts):,} labels: there must be one for each.",
                place=str(path),
            )
        pairs.append(Pair(name, files[name], texts, _part(name)))
    if not pairs:
        held = ", ".join(f"{name} {list(array.shape)}" for name, array in arrays.items())
        raise UserError(
            f"“{path.name}” holds no images with labels: name the arrays “images” and “labels”, "
            "or “x_train”, “y_train”, “x_test” and “y_test”.",
            place=str(path),
            details=f"It holds: {held}",
        )
    return sorted(pairs, key=lambda pair: natural_key(pair.name))


def _texts(labels: Array, name: str, class_names: Array | None, path: Path) -> tuple[str, ...]:
    """Each label as a text: a name, or a number where there are no names."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    elif labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "iufb":
        labels = labels.argmax(axis=1)  # one-hot
    if labels.ndim != 1 or labels.dtype.kind not in "iubUSf":
        raise UserError(
            f"“{name}” in “{path.name}” is no list of labels: it needs one number or one text for "
            "each image.",
            place=str(path),
            details=f"{labels.dtype} {list(labels.shape)}",
        )
    if labels.dtype.kind == "S":
        return tuple(text.decode("utf-8", "replace") for text in labels.tolist())
    if labels.dtype.kind == "U":
        return tuple(labels.tolist())
    if labels.dtype.kind == "f" and not np.array_equal(labels, np.floor(labels)):
        raise UserError(f"“{name}” in “{path.name}” holds fractions: no classes.", place=str(path))
    numbers = labels.astype(np.int64)
    if class_names is None or class_names.ndim != 1 or class_names.dtype.kind not in "US":
        return tuple(map(str, numbers.tolist()))
    names = _texts(class_names, "class_names", None, path)
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(names):
        raise UserError(
            f"“{name}” in “{path.name}” counts to {numbers.max()}, but there are {len(names)} "
            "class names.",
            place=str(path),
        )
    return tuple(names[number] for number in numbers.tolist())


def _is(name: str, kinds: tuple[str, ...]) -> bool:
    return any(word in kinds for word in _WORDS.findall(name.lower()))


def _rest(name: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """What is left of a name without the kind of array and the part."""
    words = _WORDS.findall(name.lower())
    return tuple(word for word in words if word not in kinds and word not in PARTS)


def _part(name: str) -> SplitName | None:
    return next((PARTS[word] for word in _WORDS.findall(name.lower()) if word in PARTS), None)


def _beside(path: Path) -> dict[str, Path]:
    try:
        return {
            file.stem: file
            for file in sorted(path.parent.iterdir())
            if file.suffix.lower() == ".npy" and not file.name.startswith(".")
        }
    except OSError as error:
        raise _gone(path, error) from error


def _opened(file: Path, name: str, path: Path) -> Array:
    try:
        return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        objects = "llow_pickle" in str(error) or "Python objects" in str(error)
        what = "holds Python objects, which may be anything" if objects else "is damaged"
        raise UserError(
            f"The array “{name}” of “{path.name}” {what}: save numbers or texts.",
            place=str(path),
            details=str(error),
        ) from error


def _unpacked(path: Path) -> dict[str, Path]:
    """The arrays of a `.npz` file as files in the cache, by name; unpacked once."""
    try:
        state = path.stat()
        mark = f"{path}\0{state.st_size}\0{state.st_mtime_ns}"
        digest = hashlib.blake2b(mark.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        folder = cache_root() / "arrays" / digest
        if not folder.is_dir():
            _unpack(path, folder)
            clean(folder.parent, MOST_BYTES, keep=frozenset({folder}))
        touch(folder)
        return {file.stem: file for file in sorted(folder.iterdir())}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UserError(
            f"“{path.name}” is damaged or no .npz file: copy it again from where it came.",
            place=str(path),
            details=str(error),
        ) from error
    except OSError as error:
        raise _gone(path, error) from error


def _unpack(path: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
        if sum(member.file_size for member in members) > shutil.disk_usage(folder.parent).free:
            raise UserError(
                f"“{path.name}” does not fit on the disk of the cache: free some space, or set "
                "CNNSTUDIO_CACHE to a folder on another disk.",
                place=str(folder.parent),
            )
        made = under_construction(folder.parent)
        try:
            for member in members:
                # A name in an archive may try to leave the folder.
                name = re.sub(r"[^\w-]", "_", member.filename.removesuffix(".npy"))[:80]
                with archive.open(member) as inside, (made / f"{name}.npy").open("wb") as file:
                    shutil.copyfileobj(inside, file, 2**20)
            with contextlib.suppress(OSError):  # another run was faster
                os.replace(made, folder)  # noqa: PTH105 (a folder onto none)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _gone(path: Path, error: OSError) -> UserError:
    if isinstance(error, FileNotFoundError):
        sentence = f"There is no file “{path.name}”: it was moved or renamed. Choose it again."
    else:
        sentence = f"“{path.name}” could not be read or unpacked: {error.strerror or error}."
    return UserError(sentence, place=str(path), details=str(error))
