"""Lets Keras download one of its sets of images, watched and checked, and keeps it as arrays."""

import contextlib
import errno
import importlib
import io
import pickle
import socket
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from cnnstudio.data.keras_files import Part, is_here, keep, sets_folder
from cnnstudio.data.stopping import Progress, Stop, Stopped
from cnnstudio.runs.events import Event, PhaseChanged
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error
from cnnstudio.spec.keras_sets import KerasSet
from cnnstudio.training.engine import keras

PATIENCE = 30.0
"""Seconds without a byte until a connection is given up; Python itself would wait for ever."""

TOLD = 200
"""How often the progress of a download is told, at most."""

_FASHION = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_FASHION_MD5: Mapping[str, str] = {
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
}
"""As its authors publish them: of this set Keras checks nothing."""

Load = Callable[[KerasSet], tuple[Part, Part]]
"""Downloads where need be; the training part and the test part."""


def fetch(
    one: KerasSet,
    emit: Callable[[Event], None],
    should_stop: Stop,
    load: Load | None = None,
) -> Path:
    """The folder of a set, downloaded if it is not there yet.

    What Keras itself has downloaded before is taken from its own folder.

    Raises:
        UserError: there is no connection, what came is damaged, or the disk refuses.
        Stopped: the person does not want it any more; nothing half-downloaded is left.
    """
    if is_here(one.name):
        return sets_folder() / one.name

    def tell(done: int, total: int) -> None:
        if should_stop():
            raise Stopped
        emit(PhaseChanged(phase="downloading", done=done, total=total))

    tell(0, one.download)
    try:
        with _watched(tell, one.download), _impatient():
            train, test = (load or _from_keras)(one)
    except (Stopped, UserError, MemoryError):
        raise
    except Exception as error:
        raise _plain(error, one) from error
    if should_stop():
        raise Stopped
    emit(PhaseChanged(phase="unpacking"))
    return keep(one, train, test)


def _from_keras(one: KerasSet) -> tuple[Part, Part]:
    if one.name == "fashion_mnist":
        for file, md5 in _FASHION_MD5.items():
            keras.utils.get_file(
                file, _FASHION + file, file_hash=md5, cache_subdir="datasets/fashion-mnist"
            )
    train, test = importlib.import_module(f"keras.datasets.{one.name}").load_data()
    return train, test


@contextlib.contextmanager
def _watched(tell: Progress, size: int) -> Iterator[None]:
    """Tells of every download of Keras in this block: bytes done of `size` in all its files.

    Keras shows its progress by `keras.utils.Progbar` alone; what `tell` raises ends the download,
    and Keras removes the half file. Its words stay off standard output, which may belong to JSON.
    """
    before = last = target = 0
    told = -1
    update = keras.utils.Progbar.update

    def watch(bar: Any, current: int, values: Any = None, finalize: Any = None) -> None:
        nonlocal before, last, target, told
        if current < last:
            before += target  # the next file
        last, target = current, bar.target or current
        done = min(before + current, size)
        step = done * TOLD // size
        # Called for every 8 KB; whether to stop is asked as seldom as progress is told.
        if step != told:
            told = step
            tell(done, size)

    keras.utils.Progbar.update = watch
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        keras.utils.Progbar.update = update


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    """A server that falls silent is an error after a while."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _plain(error: Exception, one: KerasSet) -> UserError:
    """What went wrong with a download as one sentence, from Keras's error and what lies behind."""
    causes = list(_causes(error))
    failed = f"{one.title} could not be downloaded"
    details = "\n".join(f"{type(cause).__name__}: {cause}" for cause in causes)
    for cause in causes:
        if isinstance(cause, HTTPError):
            cause.close()  # it holds the connection
            sentence = (
                f"{failed}: {one.host} answers “{cause.code} {cause.msg}”. Try again later, or "
                "check the proxy that is set for this computer."
            )
            return UserError(sentence, details=details)
        if isinstance(cause, OSError) and cause.errno in _DISK:
            return disk_error(cause, failed, Path(str(cause.filename or sets_folder())))
        if isinstance(cause, URLError | TimeoutError | ConnectionError | HTTPException):
            sentence = (
                f"{failed}: there is no connection to {one.host}. Check the network and try again."
            )
            return UserError(sentence, details=details)
    if any(isinstance(cause, _DAMAGED) for cause in causes):
        sentence = f"{failed}: what came is damaged and was not kept. Try again."
        return UserError(sentence, details=details)
    return UserError(f"{failed}: {type(error).__name__}.", details=details)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised for, and so on; Keras wraps what it catches."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS})
# A wrong checksum is a ValueError of Keras; the others come from unpacking.
_DAMAGED = (ValueError, EOFError, zlib.error, tarfile.TarError, pickle.UnpicklingError, OSError)
