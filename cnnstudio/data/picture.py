"""Where one image lies and how its values become grey levels."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a dataset are read.

    `page` counts from 0. `channels` are the chosen ones, empty for the file's own. `window` is
    (low, high), the values that become 0 and 255; None reads 8-bit images as they are.
    """

    page: int = 0
    channels: tuple[int, ...] = ()
    window: tuple[float, float] | None = None


PLAIN = Reading()


@dataclass(frozen=True, slots=True)
class Picture:
    """One image: its file, its place in a file of many images, and how it is read."""

    path: Path
    item: int | None = None
    reading: Reading = PLAIN


def picture_of(place: Path | Picture) -> Picture:
    """A plain file is a picture that is read as it is."""
    return place if isinstance(place, Picture) else Picture(place)
