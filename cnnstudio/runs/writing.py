"""Writing into a run folder: whole files or none, and plain words when the disk refuses."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cnnstudio.spec.errors import UserError

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextlib.contextmanager
def plainly(path: Path) -> Iterator[None]:
    """Turns an `OSError` of the block, which writes to `path`, into a `UserError`."""
    try:
        yield
    except OSError as error:
        raise user_error(error, path) from error


def user_error(error: OSError, path: Path) -> UserError:
    """The plain sentence for `error`, which happened while writing to `path`."""
    if error.errno in _FULL:
        sentence = f"The disk is full: {path} could not be written. Free some space and try again."
    elif error.errno in _FORBIDDEN:
        sentence = (
            f"{path} may not be written to. Choose another folder for the runs, "
            "or allow writing there."
        )
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        sentence = f"{path} cannot be made: a file of that name is in the way."
    else:
        sentence = f"{path} could not be written: {error.strerror or error}."
    return UserError(sentence, place=str(path), details=repr(error))


def write_whole(path: Path, text: str) -> None:
    """Writes `text` (UTF-8) to `path` so that the old or the new file is there, never a half.

    Raises `UserError` when the disk is full or the folder may not be written to.
    """
    with plainly(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
