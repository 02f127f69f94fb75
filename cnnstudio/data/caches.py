"""All that the program keeps to be quick: how much it is, and how to be rid of it."""

from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.cachefolder import bytes_of, cache_root, clean, listed

KINDS = {
    "pixels": "decoded images",
    "thumbnails": "thumbnails",
    "arrays": "unpacked arrays",
    "health": "health measurements",
    "windows": "intensity windows",
}
"""The folders of the cache and what lies in each."""


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of cache and its bytes on disk."""

    kind: str
    words: str
    folder: Path
    bytes: int


def held() -> tuple[Held, ...]:
    """What each kind takes on disk; it looks at every file."""
    root = cache_root()
    return tuple(
        Held(kind, words, root / kind, sum(map(bytes_of, listed(root / kind))))
        for kind, words in KINDS.items()
    )


def clear() -> int:
    """Remove everything that is not under construction; returns the bytes freed.

    A run that has pixels open reads on where the system allows to remove what is open; elsewhere
    they stay. Everything is made again when it is needed.
    """
    return sum(clean(cache_root() / kind, 0) for kind in KINDS)


def in_words(size: int) -> str:
    """Bytes as people read them: 1 MB is a million."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"
