"""Walk a folder of images: names alone, naturally sorted, hidden files and foreign links apart."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from cnnstudio.data.decode import EXTENSIONS, TOO_DEEP
from cnnstudio.data.names import natural_key, natural_sorted, shown
from cnnstudio.spec.errors import UserError

HIDDEN = (".", "__MACOSX")
# Endings as nearly all files have them, of four characters and of five.
_USUAL = EXTENSIONS | {ending.upper() for ending in EXTENSIONS}
_PIECE = 1000


class Walk:
    """The folders and images below `root`, each folder entered once, however links may loop.

    Links whose target lies outside `root` are kept in `foreign` and not followed. A link to a
    folder that the walk meets anyway is passed over: its images have their place already.

    `progress` is called with the number of images so far, after each further thousand.
    """

    def __init__(self, root: Path, progress: Callable[[int], None] | None = None) -> None:
        self.root = root
        self.foreign: list[str] = []
        self._real_root = os.path.realpath(root)
        self._entered: set[str] = set()
        self._progress = progress
        self._told = 0
        self._count = 0

    def folders(self, folder: str) -> list[str]:
        """Paths of the visible folders right below `folder`, in natural order, links last."""
        with _readable(folder), os.scandir(folder) as entries:
            found = [entry for entry in entries if _visible(entry) and _is(entry.is_dir)]
        plain: list[str] = []
        links: list[str] = []
        for entry in _sorted(found):
            (links if entry.is_symlink() else plain).append(entry.path)
        return plain + [link for link in links if self._leads_on(link)]

    def images(self, folder: str, deep: bool = True) -> Iterator[str]:
        """Paths of the images in `folder` and, if `deep`, below it; natural order, folder first."""
        for path, names in self.names(folder, deep):
            for name in natural_sorted(names):
                yield os.path.join(path, name)  # noqa: PTH118 (spares a Path)

    def names(self, folder: str, deep: bool = True) -> Iterator[tuple[str, list[str]]]:
        """Each folder that holds images, with their names in no order.

        First `folder` and, if `deep`, then those below it in natural order.
        """
        real = os.path.realpath(folder)
        if real in self._entered:
            return
        self._entered.add(real)
        names, others = self._read(folder)
        below: list[str] = []
        linked: list[str] = []
        for entry in _sorted(others):
            link = entry.is_symlink()
            if (
                _has_ending(entry.name)
                and (not link or self._inside(entry.path))
                and _is(entry.is_file)
            ):
                names.append(entry.name)
            elif deep and _is(entry.is_dir):
                (linked if link else below).append(entry.path)
        self._count += len(names)
        if names:
            yield folder, names
        for path in below:
            yield from self.names(path)
        for path in linked:
            if self._leads_on(path):
                yield from self.names(path)

    def _read(self, folder: str) -> tuple[list[str], list[os.DirEntry[str]]]:
        """The plain image files in `folder` by name, and what else there may hold an image."""
        names: list[str] = []
        others: list[os.DirEntry[str]] = []
        with _readable(folder), os.scandir(folder) as entries:
            while piece := list(islice(entries, _PIECE)):
                # One question and two glances at a name: this loop is the time a listing takes.
                for entry in piece:
                    name = entry.name
                    if (
                        (name[-4:] in _USUAL or name[-5:] in _USUAL)
                        and (name[0] not in "._" or _visible(entry))
                        and entry.is_file(follow_symlinks=False)
                    ):
                        names.append(name)
                    elif _visible(entry) and (
                        _has_ending(name) or entry.is_symlink() or _is(entry.is_dir)
                    ):
                        others.append(entry)
                self._tell(self._count + len(names))
        return names, others

    def _tell(self, count: int) -> None:
        if self._progress is not None and count >= self._told + _PIECE:
            self._told = count - count % _PIECE
            self._progress(count)

    def _leads_on(self, link: str) -> bool:
        """Whether a link to a folder shows something new: what lies in a hidden folder below."""
        if not self._inside(link):
            return False
        parts = Path(os.path.realpath(link)).relative_to(self._real_root).parts
        return any(part.startswith(HIDDEN) for part in parts)

    def _inside(self, link: str) -> bool:
        real = os.path.realpath(link)
        with contextlib.suppress(ValueError):  # on Windows: another drive
            if os.path.commonpath([real, self._real_root]) == self._real_root:
                return True
        if link not in self.foreign:
            self.foreign.append(link)
        return False


def _visible(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(HIDDEN)


def _has_ending(name: str) -> bool:
    # By hand: `os.path.splitext` takes four times as long.
    _, dot, ending = name.rpartition(".")
    return bool(dot) and f".{ending.lower()}" in EXTENSIONS


def _sorted(entries: Iterable[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    return sorted(entries, key=lambda entry: natural_key(entry.name))


def _is(kind: Callable[[], bool]) -> bool:
    """Whether an entry is of a kind; a link that leads to itself is of none."""
    try:
        return kind()
    except OSError:
        return False


@contextlib.contextmanager
def _readable(folder: str) -> Iterator[None]:
    """Say in plain words why a folder cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise missing(Path(folder)) from error
    except PermissionError as error:
        raise UserError(
            f"The folder “{Path(folder).name}” may not be read: change its permissions.",
            place=folder,
            details=str(error),
        ) from error
    except NotADirectoryError as error:
        raise UserError(
            f"“{Path(folder).name}” is a file: choose the folder that holds the images.",
            place=folder,
        ) from error


def missing(folder: Path) -> UserError:
    """The error for a folder that is not there, or no longer."""
    return UserError(
        f"There is no folder “{folder.name or folder}”: it was moved, renamed or not connected. "
        "Choose the folder of images again.",
        place=str(folder),
    )


def nothing_readable(root: Path, key: str, reason: str) -> UserError:
    """The error for a dataset none of whose images can be read, with the first one's reason."""
    if not root.exists() and root.is_absolute():  # a set of Keras has a name in its place
        return missing(root)
    place = "dataset.intensity" if reason == TOO_DEEP else str(root)
    return UserError(f"None of the images can be read: “{shown(key)}” {reason}.", place=place)
