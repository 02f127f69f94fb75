"""Where caches of pixels and thumbnails lie, and how they stay small."""

import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import platformdirs

from cnnstudio.spec.files import expanded

DAY = 24 * 3600.0
# Entries under construction bear this name until they are whole.
BUILDING = "building-"
# Names that the caches give: digests, and what is being written. Nothing else is ever removed, for
# `CNNSTUDIO_CACHE` may name a folder that holds a person's own `arrays` or, on a disk, `Windows`.
_OURS = re.compile(
    rf"{BUILDING}\w+|[0-9a-f]{{2}}|[0-9a-f]{{30,32}}(-[0-9a-f]{{32}})?(\.[a-z]+)?"
    r"|\.[0-9a-f]{32}\.[a-z]+\.\w+|tmp\w+\.part"
)


def cache_root() -> Path:
    """The folder of all caches: `CNNSTUDIO_CACHE`, or the one of this system's user."""
    named = os.environ.get("CNNSTUDIO_CACHE")
    if named:
        return expanded(named)
    return Path(platformdirs.user_cache_dir("cnnstudio", appauthor=False))


def clean(
    folder: Path,
    most_bytes: int,
    most_days: float = 30.0,
    keep: frozenset[Path] = frozenset(),
    now: float | None = None,
) -> int:
    """Remove the entries of `folder` that nobody used for long, then the oldest above a total size.

    An entry's age is its modification time, which readers renew. Entries in `keep` stay, and so
    does what is under construction, for a day. What another process holds open, or has just
    removed, is passed over, and so is what bears no name that a cache gives. `now` is in unix
    seconds. Returns the bytes freed.
    """
    now = time.time() if now is None else now
    entries: list[tuple[float, int, Path]] = []
    for path in listed(folder):
        try:
            entries.append((path.stat().st_mtime, bytes_of(path), path))
        except OSError:
            continue
    total = sum(size for _, size, _ in entries)
    freed = 0
    for modified, size, path in sorted(entries):
        age = now - modified
        if path.name.startswith(BUILDING):
            unwanted = age > DAY
        else:
            unwanted = age > most_days * DAY or total - freed > most_bytes
        if path in keep or not unwanted:
            continue
        freed += size if discard(path) else 0
    return freed


def under_construction(folder: Path) -> Path:
    """A new folder in `folder` for an entry that is renamed once it is whole.

    Who may read it is what the person lets others read, unlike a temporary folder: several people
    may share one cache.
    """
    made = folder / f"{BUILDING}{uuid4().hex}"
    made.mkdir(parents=True)
    return made


def discard(entry: Path) -> bool:
    """Remove an entry, a file or a folder; who opens it finds it whole or not at all.

    What cannot be removed, since somebody has it open where the system forbids that, stays whole.
    """
    try:
        if not entry.is_dir():
            entry.unlink()
            return True
        leaving = Path(tempfile.mkdtemp(prefix=BUILDING, dir=entry.parent))
    except OSError:
        return False
    try:
        entry.rename(leaving / entry.name)
    except OSError:
        return False
    finally:
        shutil.rmtree(leaving, ignore_errors=True)
    return True


def bytes_of(path: Path) -> int:
    """What a file, or all files below a folder, take; what vanishes meanwhile counts nothing."""
    files = [str(path)]
    for folder, _, names in os.walk(path):
        files += [os.path.join(folder, name) for name in names]  # noqa: PTH118 (spares a Path)
    total = 0
    for file in files:
        try:
            state = os.lstat(file)
        except OSError:
            continue
        total += state.st_size if stat.S_ISREG(state.st_mode) else 0
    return total


def touch(path: Path) -> None:
    """Mark an entry as used now; a cache that may not be written stays as it is."""
    try:
        os.utime(path)
    except OSError:
        return


def listed(folder: Path) -> list[Path]:
    """The entries in a folder of the cache; what bears no name of theirs is none."""
    try:
        return [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    except OSError:
        return []
