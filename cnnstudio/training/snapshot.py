"""Checkpoints: weights, optimizer, random states and progress in one .npz file, whole or absent.

`checkpoints/initial.npz` is step 0, `best.npz` the best epoch, `step-00000120.npz` the last two.
"""

import contextlib
import copy
import io
import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.writing import plainly
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import write_atomically
from cnnstudio.training.build import Network, PixelStatistics
from cnnstudio.training.progress import Progress

KEPT = 2
INITIAL, BEST = "initial.npz", "best.npz"

_STEP = re.compile(r"step-(\d+)\.npz")
_HALF = re.compile(r"\.(step-\d+|initial|best)\.npz\.|\.room\.")
_STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a checkpoint file holds; `arrays` by the keys of `variables`."""

    arrays: Mapping[str, NDArray[Any]]
    progress: Progress
    statistics: PixelStatistics | None
    path: Path

    @classmethod
    def of(
        cls,
        network: Network,
        statistics: PixelStatistics | None,
        progress: Progress | None = None,
        optimizer: bool = True,
    ) -> "Snapshot":
        """What a network holds now, in memory only; without `progress` it was just built.

        Without `optimizer` it is a third of the size: enough to answer, not to train on.
        """
        arrays = {
            key: variable.numpy()
            for key, variable in variables(network).items()
            if optimizer or not key.startswith("optimizer/")
        }
        return cls(arrays, copy.deepcopy(progress or Progress()), statistics, Path())


class Checkpoints:
    """The checkpoints of a run."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder.checkpoints

    def save_initial(self, snapshot: Snapshot) -> Path:
        """Keeps the weights before the first step, from which the doctor's forks may start."""
        return self._save(INITIAL, snapshot)

    def save_last(self, snapshot: Snapshot) -> Path:
        """Keeps where the run stands; of earlier ones the newest stays."""
        path = self._save(f"step-{snapshot.progress.step:08d}.npz", snapshot)
        for old in self._steps()[KEPT:]:
            old.unlink(missing_ok=True)
        return path

    def save_best(self, snapshot: Snapshot) -> Path:
        """Keeps the weights of the best epoch so far; nobody trains on from them."""
        return self._save(BEST, snapshot)

    def last(self) -> Snapshot | None:
        """The newest checkpoint that is sound, step 0 included; None when there is none."""
        for path in (*self._steps(), self._folder / INITIAL):
            snapshot = read(path)
            if snapshot is not None:
                return snapshot
        return None

    def initial(self) -> Snapshot | None:
        """The weights before the first step."""
        return read(self._folder / INITIAL)

    def best(self) -> Snapshot | None:
        """The best epoch."""
        return read(self._folder / BEST)

    def trained(self) -> bool:
        """Whether anything beyond step 0 was kept."""
        return bool(self._steps()) or (self._folder / BEST).is_file()

    def clear(self) -> None:
        """Removes all checkpoints: a run that begins anew must not be resumed from old ones."""
        for path in (*self._steps(), self._folder / INITIAL, self._folder / BEST):
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Removes what a process that was killed while it wrote has left half."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if _HALF.match(path.name):
                    path.unlink(missing_ok=True)

    def _steps(self) -> list[Path]:
        """The step checkpoints, newest first."""
        try:
            found = [path for path in self._folder.iterdir() if _STEP.fullmatch(path.name)]
        except OSError:
            return []
        return sorted(found, key=lambda path: int(path.stem[5:]), reverse=True)

    def _save(self, name: str, snapshot: Snapshot) -> Path:
        path, statistics = self._folder / name, snapshot.statistics
        state: dict[str, Any] = {"progress": snapshot.progress.plain(), "statistics": None}
        if statistics is not None:
            state["statistics"] = [list(statistics.mean), list(statistics.deviation)]
        arrays: dict[str, Any] = dict(snapshot.arrays)
        arrays[_STATE] = np.frombuffer(json.dumps(state).encode(), np.uint8)
        content = io.BytesIO()
        np.savez(content, **arrays)
        with plainly(path):
            write_atomically(path, content.getvalue())
            _reach_the_disk(self._folder)
        return path


def _reach_the_disk(folder: Path) -> None:
    """Has the names in `folder` on the disk too, as a power cut asks for; not known to Windows."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> Snapshot | None:
    """A checkpoint file; None when it is missing or damaged. Runs no code of the file."""
    try:
        # NumPy leaves a file that it opened itself open when it is no archive.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        state = json.loads(arrays.pop(_STATE).tobytes())
        progress = Progress.from_plain(state["progress"])
        statistics = None
        if state["statistics"] is not None:
            mean, deviation = state["statistics"]
            statistics = PixelStatistics(tuple(mean), tuple(deviation))
    except Exception:  # the readers of zip and .npy raise nearly anything on broken bytes
        return None
    return Snapshot(arrays, progress, statistics, path)


def restore(network: Network, snapshot: Snapshot, optimizer: bool = True) -> None:
    """Puts a snapshot's weights and random states into a network of the same layers.

    Random states that only one side has are passed over: a network whose dropout was taken away
    draws nothing. With `optimizer` its state is restored as well.

    Raises:
        UserError: the snapshot belongs to another network.
    """
    for key, variable in variables(network).items():
        if key.startswith("optimizer/") and not optimizer:
            continue
        value = snapshot.arrays.get(key)
        if value is None and _is_random_state(key):
            continue
        if value is None or value.shape != tuple(variable.shape):
            raise UserError(
                "The checkpoint belongs to another network: the layers were changed since.",
                place=str(snapshot.path),
                details=f"no {key} of shape {tuple(variable.shape)}",
            )
        variable.assign(value)


def variables(network: Network) -> dict[str, Any]:
    """Every variable that a later step depends on, by a key that another process gives it too.

    Keras numbers seeds and optimizers through the process, so their own paths do not last.
    """
    return dict(_variables(network))


def size(network: Network) -> int:
    """About how many bytes a checkpoint of the network takes."""
    return sum(4 * math.prod(variable.shape) for variable in variables(network).values())


def reseed(network: Network, value: int) -> None:
    """Gives the layers that draw (dropout) fresh random states, the same ones for one `value`."""
    states = [v for key, v in variables(network).items() if _is_random_state(key)]
    for number, state in enumerate(states):
        state.assign(np.array([(value * 7919 + number) % 2**32, 0], np.uint32))


def _variables(network: Network) -> Iterator[tuple[str, Any]]:
    for layer in network.layers:
        for variable in layer.variables:
            yield f"model/{layer.name}/{variable.name}", variable
    optimizer = network.optimizer
    optimizer.build(network.trainable_variables)
    for variable in optimizer.variables:
        yield f"optimizer/{variable.path.split('/', 1)[-1]}", variable


def _is_random_state(key: str) -> bool:
    return key.endswith("seed_generator_state")
