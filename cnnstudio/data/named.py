"""A flat folder of images whose file names tell the class: `cat_001.png`, `IMG 17 dog.jpg`."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.data.folders import Walk
from cnnstudio.data.found import Found
from cnnstudio.data.names import shown
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.facts import Unreadable

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
class Preview:
    """What a pattern makes of file names: the first names with their label, and the counts."""

    examples: tuple[tuple[str, str | None], ...]
    classes: tuple[tuple[str, int], ...]
    fitting: int
    total: int


def label_of(pattern: re.Pattern[str], name: str) -> str | None:
    """The label in a file name, None where the pattern does not fit."""
    found = pattern.search(name)
    label = found.group(1) if found else None
    return label.strip() or None if label else None


def preview(folder: Path, pattern: str, most: int = 12) -> Preview:
    """What `pattern` makes of the images in `folder`: at most `most` examples, all classes.

    Raises:
        UserError: the folder cannot be read or the pattern is no regular expression with one group.
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise UserError(f"The pattern is not a regular expression: {error}.") from error
    if compiled.groups != 1:
        raise UserError("The pattern needs exactly one group in parentheses: the label.")
    names = _names(folder)
    labels = [label_of(compiled, name) for name in names]
    counted = Counter(label for label in labels if label is not None)
    return Preview(
        tuple(zip(names[:most], labels[:most], strict=True)),
        tuple(counted.most_common()),
        sum(counted.values()),
        len(names),
    )


def proposed(folder: Path) -> str | None:
    """A pattern that tells the images right in `folder` into classes, None where none does."""
    names = _names(folder)
    for pattern in PATTERNS:
        if _tells(names, re.compile(pattern)):
            return pattern
    return None


def list_named(root: Path, pattern: str) -> Iterator[Found | Unreadable]:
    """The images at any depth below `root` with the label that the pattern finds in the name.

    Raises:
        UserError: fewer than two classes.
    """
    compiled = re.compile(pattern)
    walk = Walk(root)
    below = len(os.path.join(root, ""))  # noqa: PTH118 (with the separator that follows)
    labels: set[str] = set()
    total = 0
    for path in walk.images(str(root)):
        total += 1
        key = path[below:].replace(os.sep, "/")
        label = label_of(compiled, Path(path).name)
        if label is None:
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


def _names(folder: Path) -> list[str]:
    return [Path(path).name for path in Walk(folder).images(str(folder), deep=False)]


def _tells(names: Sequence[str], pattern: re.Pattern[str]) -> bool:
    labels = [label for name in names if (label := label_of(pattern, name)) is not None]
    classes = len(set(labels))
    return (
        len(labels) >= _FITTING * len(names)
        and 2 <= classes <= _MOST_CLASSES
        and len(labels) >= _FEWEST * classes
    )
