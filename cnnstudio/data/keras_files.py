"""Where the sets of Keras lie on this computer: a folder of plain arrays for each, or none."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from cnnstudio.data.arrays import list_arrays
from cnnstudio.data.cachefolder import discard, under_construction
from cnnstudio.data.found import Found
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import disk_error, expanded
from cnnstudio.spec.keras_sets import KerasSet, SetName, keras_set

Part = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Images [n, height, width] or [n, height, width, 3], and labels [n] or [n, 1]."""


def sets_folder() -> Path:
    """The folder of all sets, in `CNNSTUDIO_DATA`, or where this system's user keeps data."""
    named = os.environ.get("CNNSTUDIO_DATA")
    if named:
        return expanded(named) / "keras"
    return Path(platformdirs.user_data_dir("cnnstudio", appauthor=False)) / "keras"


def is_here(name: SetName) -> bool:
    """Whether the set was downloaded before."""
    return _first(name).is_file()


def job_folder(name: SetName) -> Path:
    """Where the download of a set notes what happens; nothing of it is needed afterwards."""
    return sets_folder() / ".downloads" / f"{name}-{os.getpid()}"


def list_set(name: SetName) -> Iterator[Found]:
    """The images of a set, with its own split into training and test.

    Raises:
        UserError: it is not on this computer yet; the sentence says how to get it.
    """
    if not is_here(name):
        title = keras_set(name).title
        raise UserError(
            f"{title} is not on this computer yet: download it with “File › Open a set of Keras…” "
            f"or `cnnstudio fetch {name}`.",
            place=str(sets_folder() / name),
        )
    yield from list_arrays(_first(name))


def keep(one: KerasSet, train: Part, test: Part) -> Path:
    """Write a set for `list_set`, whole or not at all; returns its folder.

    Raises:
        UserError: the arrays are not what the set is said to hold, or the disk refuses.
    """
    arrays = {
        "x_train": train[0],
        "y_train": train[1].reshape(-1),
        "x_test": test[0],
        "y_test": test[1].reshape(-1),
    }
    for part in ("train", "test"):
        images, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
        sound = images.dtype == np.uint8 and images.ndim in {3, 4} and len(images) == len(labels)
        if not sound or not len(labels) or labels.max() >= len(one.class_names):
            raise UserError(
                f"What came as {one.title} is not that set, and was not kept.",
                details=f"{part}: {images.dtype} {images.shape}, {labels.dtype} {labels.shape}",
            )
    folder = sets_folder() / one.name
    try:
        made = under_construction(folder.parent)
        try:
            np.save(made / "class_names.npy", np.array(one.class_names))
            for name, array in arrays.items():
                np.save(made / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
            _settle(made, folder, one.name)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise disk_error(error, f"{one.title} could not be kept", folder) from error
    return folder


def _settle(made: Path, folder: Path, name: SetName) -> None:
    """Move a set to its place, unless another process was faster."""
    try:
        made.rename(folder)
    except OSError:
        if is_here(name):
            return
        discard(folder)
        made.rename(folder)


def _first(name: SetName) -> Path:
    return sets_folder() / name / "x_train.npy"
