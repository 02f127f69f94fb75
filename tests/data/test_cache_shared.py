"""The cache of pixels between processes, and for datasets larger than memory."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.cachefolder import cache_root
from cnnstudio.data.index import index
from cnnstudio.data.load import load
from cnnstudio.spec.experiment import Dataset, Experiment

Tree = Callable[[Sequence[str]], Path]
MakeDataset = Callable[..., Dataset]
NAMES = [f"{name}/{n}.png" for name in ("a", "b") for n in range(12)]

# Says what it holds after each line that it reads: the folder, and a digest of all pixels.
READER = """
import hashlib, json, sys
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.index import index
from cnnstudio.spec.experiment import Dataset

dataset = Dataset.model_validate_json(sys.stdin.readline())
listed = index(dataset)
print("ready", flush=True)
sys.stdin.readline()
decoded = []
cache = PixelCache.open(dataset, listed, lambda *told: decoded.append(told))
for _ in range(2):
    digest = hashlib.sha256(cache.pixels[cache.rows].tobytes()).hexdigest()
    print(json.dumps([cache.folder.name, digest, len(decoded)]), flush=True)
    sys.stdin.readline()
"""

# An epoch over more pixels than it may hold: how much of the memory is not of mapped files.
EPOCHS = """
import json, sys
from pathlib import Path
from cnnstudio.augment.batches import Batches
from cnnstudio.augment.samples import SampleMaker
from cnnstudio.data.cache import PixelCache
from cnnstudio.data.index import index
from cnnstudio.spec.experiment import Experiment

def held(*_):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            seen.append(int(line.split()[1]) * 1024)

experiment = Experiment.model_validate_json(sys.stdin.readline())
listed = index(experiment.dataset)
seen = []
held()
cache = PixelCache.open(experiment.dataset, listed, held)
for maker in (None, SampleMaker(experiment)):
    images = 0
    for pixels, *_ in Batches.of(cache.part("train"), maker, 32).epoch(0):
        images += len(pixels)
        held()
print(json.dumps([cache.bytes, images, max(seen) - seen[0]]))
"""


def started(program: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def tell(process: "subprocess.Popen[str]", line: str = "") -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("older", [False, True], ids=["from nothing", "from an older entry"])
def test_two_processes_may_build_one_entry_at_once(
    tree: Tree, dataset_of: MakeDataset, older: bool
) -> None:
    root = tree(NAMES)
    dataset = dataset_of(root)
    if older:
        PixelCache.open(dataset, index(dataset))
        (root / "a/99.png").write_bytes((root / "a/0.png").read_bytes())
        (root / "a/5.png").write_bytes((root / "b/5.png").read_bytes())
    readers = [started(READER) for _ in range(3)]
    for reader in readers:
        tell(reader, dataset.model_dump_json())
    assert [hear(reader) for reader in readers] == ["ready"] * 3
    for reader in readers:
        tell(reader)
    said = {hear(reader).rpartition(",")[0] for reader in readers}
    assert len(said) == 1
    cache = PixelCache.open(dataset, index(dataset))
    assert list((cache_root() / "pixels").iterdir()) == [cache.folder]
    for row, sample in zip(cache.rows, cache.samples, strict=True):
        assert np.array_equal(cache.pixels[row], load(sample.path, dataset))
    for reader in readers:
        reader.communicate("\n\n")
        assert reader.returncode == 0


def test_threads_may_build_one_entry_at_once(tree: Tree, dataset_of: MakeDataset) -> None:
    dataset = dataset_of(tree(NAMES))
    together = threading.Barrier(3)
    made: list[PixelCache] = []

    def run() -> None:
        def wait(done: int, _: int) -> None:
            if done == 1:
                together.wait(30)

        made.append(PixelCache.open(dataset, index(dataset), wait))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3
    assert len({cache.folder for cache in made}) == 1
    assert all(np.array_equal(cache.pixels, made[0].pixels) for cache in made)
    assert list((cache_root() / "pixels").iterdir()) == [made[0].folder]


def test_who_shares_the_cache_may_read_an_entry_as_any_folder_of_its_maker(
    tree: Tree, dataset_of: MakeDataset, tmp_path: Path
) -> None:
    dataset = dataset_of(tree(NAMES))
    cache = PixelCache.open(dataset, index(dataset))
    (tmp_path / "plain").mkdir()
    assert cache.folder.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_run_reads_on_while_another_replaces_its_entry(
    tree: Tree, dataset_of: MakeDataset
) -> None:
    root = tree(NAMES)
    dataset = dataset_of(root)
    reader = started(READER)
    tell(reader, dataset.model_dump_json())
    assert hear(reader) == "ready"
    tell(reader)
    before = json.loads(hear(reader))
    assert before[2] == 24
    (root / "a/99.png").write_bytes((root / "a/0.png").read_bytes())
    newer = PixelCache.open(dataset, index(dataset))
    assert newer.folder.name != before[0]
    tell(reader)
    assert json.loads(hear(reader)) == before
    reader.communicate("\n")
    assert reader.returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Memory is told by /proc.")
def test_pixels_larger_than_the_memory_in_use_train(
    tmp_path: Path, dataset_of: MakeDataset
) -> None:
    """600 MB of pixels go through the cache and two epochs, which hold less than a quarter."""
    first = tmp_path / "images/a/0.jpg"
    first.parent.mkdir(parents=True)
    (tmp_path / "images/b").mkdir()
    shades = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(shades).save(first)
    for number in range(1, 3200):
        (tmp_path / f"images/{'ab'[number % 2]}/{number}.jpg").hardlink_to(first)
    made = {
        "dataset": dataset_of(tmp_path / "images", image_size=(256, 256), validation=0.0),
        "augmentation": {"operations": [{"kind": "RandomRotation", "degrees": 20}]},
    }
    child = started(EPOCHS)
    said, _ = child.communicate(f"{Experiment.model_validate(made).model_dump_json()}\n")
    cached, images, grown = json.loads(said)
    assert images == 3200
    assert cached == 3200 * 256 * 256 * 3 > 600e6
    assert grown < 150e6
