"""How long names, labels and the split of many files take, held against Keras's own listing.

`python -m tests.benchmarks.indexing [COUNT] [ROUNDS]` prints median seconds and ratios as JSON, by
default for 60,000 empty files in ten classes: both only list names. In every round each takes its
turn, so that what else the machine does falls on all. “Keras's walk” is the part of Keras's call
that reads the folders. TensorFlow's own objects are set aside from garbage collection, as the
window does with what it begins with: going through them once takes as long as the split. Dealing
anew after an edit of one image, of a tenth of them, and with groups, follows; it touches no disk.
"""

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from cnnstudio.data.index import deal, index
from cnnstudio.data.moves import moves
from cnnstudio.data.scanning import scan
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.groupings import NamePattern
from cnnstudio.spec.sources import ClassFolders

COUNT = 60_000
ROUNDS = 9


def medians(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each, by name; all take turns, and a first turn each is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for counted in range(rounds + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if counted:
                taken[name].append(time.perf_counter() - began)
    return {name: median(seconds) for name, seconds in taken.items()}


def measured(root: Path, count: int, rounds: int) -> dict[str, float]:
    """Seconds for `count` empty files below `root`, and Keras's over ours."""
    for number in range(count):
        folder = root / f"class {number % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"p{number // 20}_{number}.png").touch()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from keras.src.utils.dataset_utils import index_directory
    from keras.utils import image_dataset_from_directory

    gc.collect()
    gc.freeze()
    dataset = Dataset(source=ClassFolders(path=str(root)))
    listed = scan(dataset.source)
    before = deal(dataset, listed)
    tenth = [image.key for image in listed.images[::10]]
    one = dataset.model_copy(update={"edits": NO_EDITS.changed(tenth[:1], excluded=True)})
    edited = dataset.model_copy(update={"edits": NO_EDITS.changed(tenth, excluded=True)})
    grouped = dataset.model_copy(update={"split": Split(group=NamePattern())})
    seconds = medians(
        {
            "keras": lambda: image_dataset_from_directory(root, shuffle=False, verbose=False),
            "names and labels": lambda: scan(dataset.source),
            "keras's walk": lambda: index_directory(
                str(root), labels="inferred", formats=(".png",), shuffle=False, verbose=False
            ),
            "sorted paths and labels": lambda: scan(dataset.source).columns,
            "with the split": lambda: index(dataset),
            "dealt after an edit": lambda: moves(before, deal(one, listed)),
            "dealt after 10 % edited": lambda: moves(before, deal(edited, listed)),
            "dealt with groups": lambda: deal(grouped, listed),
        },
        rounds,
    )
    ours = seconds["names and labels"]
    ratios = {
        "keras / names and labels": seconds["keras"] / ours,
        "keras's walk / names and labels": seconds["keras's walk"] / ours,
        "keras / sorted paths and labels": seconds["keras"] / seconds["sorted paths and labels"],
        "keras / with the split": seconds["keras"] / seconds["with the split"],
    }
    return {
        "images": count,
        **{name: round(value, 4) for name, value in seconds.items()},
        **{name: round(value, 2) for name, value in ratios.items()},
    }


if __name__ == "__main__":
    asked = [int(number) for number in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as made:
        found = measured(Path(made), *(asked + [COUNT, ROUNDS][len(asked) :]))
        print(json.dumps(found, indent=1))
