"""Writing into a run folder: whole files or none, and plain words when the disk refuses."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error, write_atomically

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FOLDER_REFUSED = "The run folder could not be written"


@contextlib.contextmanager
def plainly(path: Path, what: str = FOLDER_REFUSED) -> Iterator[None]:
    """Turns an `OSError` of the block, which writes to `path`, into a `UserError` about `what`."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, what, path) from error


def has_no_room(error: BaseException) -> bool:
    """Whether a failed write is for want of room, which may come back."""
    cause = error.__cause__ if isinstance(error, UserError) else error
    return isinstance(cause, OSError) and cause.errno in _FULL


def write_whole(path: Path, text: str) -> None:
    """Writes `text` (UTF-8) to `path` so that the old or the new file is there, never a half.

    Raises `UserError` when the disk is full or the folder may not be written to.
    """
    with plainly(path):
        write_atomically(path, text.encode("utf-8"))
