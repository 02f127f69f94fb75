"""Checkpoints hold everything that the next step depends on, and a broken one is passed over."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.training.build import Network, PixelStatistics, build, seed
from cnnstudio.training.loop import TrainingStep
from cnnstudio.training.progress import Progress, Sums
from cnnstudio.training.schedule import RateTable
from cnnstudio.training.snapshot import Checkpoints, Snapshot, read, reseed, restore, variables

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3)).astype(np.uint8)
LABELS = np.arange(8) % 3
STATISTICS = PixelStatistics((1.5, 2.0, 3.0), (4.0, 5.0, 6.0))


def made(experiment: Experiment, value: int = 0) -> tuple[Network, TrainingStep]:
    seed(value)
    network = build(experiment, RateTable(np.array([0.01])))
    return network, TrainingStep(network, experiment, 3)


@pytest.fixture
def folder(make: Callable[..., Experiment], tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, make())


def test_a_restored_network_goes_on_to_the_same_weights(
    make: Callable[..., Experiment], folder: RunFolder
) -> None:
    network, step = made(make())
    for _ in range(3):
        step(IMAGES, LABELS)
    progress = Progress(1, 2, 3, Sums(8, 1.5, 4.0, 0.5, 2.0, 8), {"training_loss": [0.25]})
    path = Checkpoints(folder).save_last(Snapshot.of(network, STATISTICS, progress))
    other, other_step = made(make(), value=9)
    snapshot = read(path)
    assert snapshot is not None
    assert (snapshot.progress, snapshot.statistics) == (progress, STATISTICS)
    restore(other, snapshot)
    for _ in range(3):
        assert step(IMAGES, LABELS) == other_step(IMAGES, LABELS)
    for key, variable in variables(network).items():
        assert np.array_equal(variable.numpy(), variables(other)[key].numpy()), key


def test_the_first_the_best_and_the_last_two_are_kept(
    make: Callable[..., Experiment], folder: RunFolder
) -> None:
    network, _ = made(make())
    checkpoints = Checkpoints(folder)
    assert checkpoints.last() is None
    checkpoints.save_initial(Snapshot.of(network, None))
    assert not checkpoints.trained()
    for step in (5, 10, 15):
        checkpoints.save_last(Snapshot.of(network, None, Progress(step=step)))
    checkpoints.save_best(Snapshot.of(network, None, Progress(step=10)))
    names = sorted(path.name for path in folder.checkpoints.iterdir())
    assert names == ["best.npz", "initial.npz", "step-00000010.npz", "step-00000015.npz"]
    last = checkpoints.last()
    assert last is not None
    assert last.progress.step == 15
    checkpoints.clear()
    assert list(folder.checkpoints.iterdir()) == []


def test_a_checkpoint_with_any_byte_changed_is_read_or_passed_over(
    make: Callable[..., Experiment], folder: RunFolder
) -> None:
    network, _ = made(make())
    path = Checkpoints(folder).save_best(Snapshot.of(network, None, Progress(step=5)))
    whole = path.read_bytes()
    for place in range(len(whole) - 200, len(whole)):
        path.write_bytes(whole[:place] + b"\xee" + whole[place + 1 :])
        read(path)  # raises nothing
    # The version that the archive says it needs.
    path.write_bytes(whole.replace(b"PK\x01\x02", b"PK\x01\x02\xee\xee\xee\xee"))
    assert read(path) is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"nonsense"])
def test_a_damaged_checkpoint_is_passed_over(
    make: Callable[..., Experiment], folder: RunFolder, content: bytes
) -> None:
    network, _ = made(make())
    checkpoints = Checkpoints(folder)
    checkpoints.save_last(Snapshot.of(network, None, Progress(step=5)))
    torn = checkpoints.save_last(Snapshot.of(network, None, Progress(step=10)))
    whole = torn.read_bytes()
    torn.write_bytes(content or whole[: len(whole) // 2])
    last = checkpoints.last()
    assert last is not None
    assert last.progress.step == 5


def test_no_code_of_a_checkpoint_is_run(folder: RunFolder, tmp_path: Path) -> None:
    path = folder.checkpoints / "best.npz"
    hostile: dict[str, Any] = {"state.json": np.array([print], dtype=object)}
    np.savez(path, **hostile)
    assert read(path) is None


def test_a_checkpoint_of_another_network_is_refused(
    make: Callable[..., Experiment], folder: RunFolder
) -> None:
    network, _ = made(make())
    snapshot = read(Checkpoints(folder).save_last(Snapshot.of(network, None, Progress())))
    assert snapshot is not None
    other, _ = made(make({"model.layers.0.filters": 4}))
    with pytest.raises(UserError, match="another network"):
        restore(other, snapshot)


def test_a_network_without_its_dropout_still_fits(
    make: Callable[..., Experiment], folder: RunFolder
) -> None:
    network, _ = made(make())
    snapshot = read(Checkpoints(folder).save_last(Snapshot.of(network, None, Progress())))
    assert snapshot is not None
    other, _ = made(make({"model.layers.4.rate": 0.0}), value=3)
    restore(other, snapshot)
    assert np.array_equal(other.get_layer("conv2d").kernel, network.get_layer("conv2d").kernel)


def test_reseeding_changes_the_draws_and_nothing_else(make: Callable[..., Experiment]) -> None:
    network, _ = made(make())
    before = {key: variable.numpy() for key, variable in variables(network).items()}
    reseed(network, 4)
    after = {key: variable.numpy() for key, variable in variables(network).items()}
    changed = [key for key in before if not np.array_equal(before[key], after[key])]
    assert changed == ["model/dropout/seed_generator_state"]
    reseed(network, 4)
    assert np.array_equal(variables(network)[changed[0]].numpy(), after[changed[0]])


def test_a_full_disk_leaves_the_earlier_checkpoint_and_a_sentence(
    make: Callable[..., Experiment], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, _ = made(make())
    checkpoints = Checkpoints(folder)
    checkpoints.save_last(Snapshot.of(network, None, Progress(step=5)))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="disk is full"):
        checkpoints.save_last(Snapshot.of(network, None, Progress(step=10)))
    monkeypatch.undo()
    assert [path.name for path in folder.checkpoints.iterdir()] == ["step-00000005.npz"]
    last = checkpoints.last()
    assert last is not None
    assert last.progress.step == 5
