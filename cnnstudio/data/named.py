"""A flat folder of images whose file names tell the class: `cat_001.png`, `IMG 17 dog.jpg`."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.folders import Walk
from cnnstudio.data.found import Found
from cnnstudio.data.names import shown
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import Unreadable
from cnnstudio.spec.patterns import NameFinder, finder

# What people call their files: the label first, then a number; a number first, then the label.
PATTERNS = (
    r"^([^\W\d_](?:.*[^\W\d_])?)[ ._-]*\(?\d+\)?\.[^.]+$",
    r"^\d+[ ._-]+([^\W\d_][^.]*?)\.[^.]+$",
    r"^([^_.\-]+)[_.\-]",
    r"[_\-]([^_.\-]+)\.[^.]+$",
)
_FITTING = 0.95
_MOST_CLASSES = 200
# A class of a proposed pattern has at least this many images on average.
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Example:
    """A file name, and from where to where its label stands in it; None: the pattern misses."""

    name: str
    part: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a pattern makes of file names: examples, and every label with its count, most first."""

    examples: tuple[Example, ...]
    classes: tuple[tuple[str, int], ...]
    fitting: int
    total: int


def image_names(folder: Path) -> tuple[str, ...]:
    """The file names of the images at any depth below `folder`, as `list_named` meets them.

    Raises:
        UserError: the folder cannot be read.
    """
    return tuple(Path(path).name for path in Walk(folder).images(str(folder)))


def preview(names: Sequence[str], pattern: str, most: int = 8) -> Preview:
    """What `pattern` makes of file names: all labels, and at most `most` examples.

    The examples come from the whole list; a third of them are names that the pattern misses, as
    far as there are any.

    Raises:
        UserError: the pattern is no regular expression with one group, or takes too long.
    """
    found = finder(pattern)
    labels = [found.part(name).strip() for name in names]
    counted = Counter(labels)
    counted.pop("", None)
    fitting = [at for at, label in enumerate(labels) if label]
    missed = [at for at, label in enumerate(labels) if not label]
    few = min(len(missed), max(most // 3, most - len(fitting)))
    shown = sorted([*_spread(fitting, most - few), *_spread(missed, few)])
    return Preview(
        tuple(Example(names[at], _place(found, names[at])) for at in shown),
        tuple(counted.most_common()),
        len(fitting),
        len(names),
    )


def proposed(folder: Path) -> str | None:
    """A pattern that tells the images right in `folder` into classes, None where none does."""
    names = _names(folder)
    for pattern in PATTERNS:
        if _tells(names, finder(pattern)):
            return pattern
    return None


def list_named(root: Path, pattern: str) -> Iterator[Found | Unreadable]:
    """The images at any depth below `root` with the label that the pattern finds in the name.

    Raises:
        UserError: fewer than two classes, or the pattern takes too long on a name.
    """
    found = finder(pattern)
    walk = Walk(root)
    below = len(os.path.join(root, ""))  # noqa: PTH118 (with the separator that follows)
    labels: set[str] = set()
    total = 0
    for path in walk.images(str(root)):
        total += 1
        key = path[below:].replace(os.sep, "/")
        label = found.part(Path(path).name).strip()
        if not label:
            yield Unreadable(key=shown(key), reason="has a name that the pattern does not fit")
            continue
        labels.add(label)
        yield Found(key, path, label, None)
    for link in walk.foreign:
        key = Path(link).relative_to(root).as_posix()
        yield Unreadable(key=shown(key), reason="is a link that leads out of the folder")
    if len(labels) < 2:
        if not total:
            what = "holds no images"
        elif labels:
            what = f"has one label only, “{shown(labels.pop())}”"
        else:
            what = "holds no file name that the pattern fits"
        raise UserError(
            f"“{root.name}” {what}: change the pattern so that it finds the label of each image.",
            place=str(root),
            details=pattern,
        )


def _spread(places: Sequence[int], most: int) -> list[int]:
    """At most `most` of them, evenly spread from the first on."""
    count = min(most, len(places))
    return [places[at * len(places) // count] for at in range(count)]


def _place(found: NameFinder, name: str) -> tuple[int, int] | None:
    return found.place(name) if found.part(name).strip() else None


def _names(folder: Path) -> list[str]:
    return [Path(path).name for path in Walk(folder).images(str(folder), deep=False)]


def _tells(names: Sequence[str], found: NameFinder) -> bool:
    labels = [label for name in names if (label := found.part(name).strip())]
    classes = len(set(labels))
    return (
        len(labels) >= _FITTING * len(names)
        and 2 <= classes <= _MOST_CLASSES
        and len(labels) >= _FEWEST * classes
    )
