"""Walk a folder of images: names alone, naturally sorted, hidden files and foreign links apart."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from cnnstudio.data.decode import EXTENSIONS
from cnnstudio.data.names import natural_key, shown
from cnnstudio.spec.errors import UserError

HIDDEN = (".", "__MACOSX")


class Walk:
    """The folders and images below `root`, each folder entered once, however links may loop.

    Links whose target lies outside `root` are kept in `foreign` and not followed. A link to a
    folder that the walk meets anyway is passed over: its images have their place already.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.foreign: list[str] = []
        self._real_root = os.path.realpath(root)
        self._entered: set[str] = set()

    def folders(self, folder: str) -> list[str]:
        """Paths of the visible folders right below `folder`, in natural order, links last."""
        plain: list[str] = []
        links: list[str] = []
        for entry in self._entries(folder):
            if _is(entry.is_dir):
                (links if entry.is_symlink() else plain).append(entry.path)
        return plain + [link for link in links if self._leads_on(link)]

    def images(self, folder: str, deep: bool = True) -> Iterator[str]:
        """Paths of the images in `folder` and, if `deep`, below it; natural order, folder first."""
        real = os.path.realpath(folder)
        if real in self._entered:
            return
        self._entered.add(real)
        below: list[str] = []
        linked: list[str] = []
        for entry in self._entries(folder):
            # By hand: `os.path.splitext` takes a third of the whole walk.
            _, dot, ending = entry.name.rpartition(".")
            if dot and f".{ending.lower()}" in EXTENSIONS:
                link = entry.is_symlink()
                if (not link or self._inside(entry.path)) and _is(entry.is_file):
                    yield entry.path
                    continue
            if deep and _is(entry.is_dir):
                (linked if entry.is_symlink() else below).append(entry.path)
        for path in below:
            yield from self.images(path)
        for path in linked:
            if self._leads_on(path):
                yield from self.images(path)

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

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if not entry.name.startswith(HIDDEN)]
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
        return sorted(entries, key=lambda entry: natural_key(entry.name))


def _is(kind: Callable[[], bool]) -> bool:
    """Whether an entry is of a kind; a link that leads to itself is of none."""
    try:
        return kind()
    except OSError:
        return False


def missing(folder: Path) -> UserError:
    """The error for a folder that is not there, or no longer."""
    return UserError(
        f"There is no folder “{folder.name or folder}”: it was moved, renamed or not connected. "
        "Choose the folder of images again.",
        place=str(folder),
    )


def nothing_readable(root: Path, key: str, reason: str) -> UserError:
    """The error for a dataset none of whose images can be read, with the first one's reason."""
    if not root.is_dir():
        return missing(root)
    return UserError(f"None of the images can be read: “{shown(key)}” {reason}.", place=str(root))
