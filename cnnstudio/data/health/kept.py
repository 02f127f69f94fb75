"""Measured rows on disk, so that a second check of a folder opens no image."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnnstudio.data.cachefolder import cache_root, clean, touch
from cnnstudio.data.health.table import ROW, Rows

VERSION = 1
"""Changes when a column means something else."""
MOST_BYTES = 2**29


class Kept:
    """The rows known of one source, by the name of the image."""

    def __init__(self, path: Path, names: Sequence[str], rows: Rows) -> None:
        self._path = path
        self._rows = rows
        self._places = {name: place for place, name in enumerate(names)}

    def find(self, name: str, file: str) -> "np.void | None":
        """The row of an image whose file has neither changed nor gone, otherwise None."""
        place = self._places.get(name)
        if place is None:
            return None
        try:
            state = os.stat(file)  # noqa: PTH116 (60,000 paths would cost a second)
        except OSError:
            return None
        row: np.void = self._rows[place]
        same = row["bytes"] == state.st_size and row["modified"] == state.st_mtime_ns
        return row if same else None

    def save(self, names: Sequence[str], rows: Rows) -> None:
        """Keep these rows instead; a disk that takes nothing costs time, nothing else."""
        text = "\0".join(names).encode("utf-8", "surrogatepass")
        with contextlib.suppress(OSError):
            folder = self._path.parent
            folder.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=folder, prefix="building-")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, rows=rows, names=np.frombuffer(text, dtype=np.uint8))
                Path(made).replace(self._path)
            except OSError:
                Path(made).unlink(missing_ok=True)
                raise
            clean(folder, MOST_BYTES, keep=frozenset({self._path}))


def kept(source: str) -> Kept:
    """What is known of the images of a source, by the path of its folder or file."""
    name = f"{VERSION}\0{source}".encode("utf-8", "surrogatepass")
    path = folder() / f"{hashlib.blake2b(name, digest_size=16).hexdigest()}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            rows, text = stored["rows"], stored["names"].tobytes()
    except Exception:  # missing, cut short, or of an earlier version: measured anew
        return Kept(path, (), np.zeros(0, dtype=ROW))
    names = text.decode("utf-8", "surrogatepass").split("\0") if text else []
    if rows.dtype != ROW or len(rows) != len(names):
        return Kept(path, (), np.zeros(0, dtype=ROW))
    touch(path)
    return Kept(path, names, rows)


def folder() -> Path:
    """Where measurements are kept, one file for each source."""
    return cache_root() / "health"
