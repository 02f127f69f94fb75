"""How long names, labels and the split of many files take, held against Keras's own listing.

`python -m tests.benchmarks.indexing [COUNT]` prints seconds and the ratio as JSON, by default for
60,000 empty files in ten classes: both only list names. Dealing anew after an edit of a tenth of
the images, and with groups, follows; it touches no disk.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cnnstudio.data.index import deal, index
from cnnstudio.data.scanning import scan
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.groupings import NamePattern
from cnnstudio.spec.sources import ClassFolders

COUNT = 60_000
TIMES = 3


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few times."""
    taken: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def measured(root: Path, count: int) -> dict[str, float]:
    """Seconds for `count` empty files below `root`."""
    for number in range(count):
        folder = root / f"class {number % 10}"
        folder.mkdir(exist_ok=True)
        (folder / f"p{number // 20}_{number}.png").touch()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from keras.utils import image_dataset_from_directory

    dataset = Dataset(source=ClassFolders(path=str(root)))
    listed = scan(dataset.source)
    tenth = [image.key for image in listed.images[::10]]
    edited = dataset.model_copy(update={"edits": NO_EDITS.changed(tenth, excluded=True)})
    grouped = dataset.model_copy(update={"split": Split(group=NamePattern())})
    keras = best(lambda: image_dataset_from_directory(root, shuffle=False, verbose=False))
    ours = best(lambda: index(dataset))
    return {
        "images": count,
        "keras": round(keras, 3),
        "names and labels": round(best(lambda: scan(dataset.source)), 3),
        "with the split": round(ours, 3),
        "keras / with the split": round(keras / ours, 2),
        "dealt after an edit": round(best(lambda: deal(edited, listed)), 3),
        "dealt with groups": round(best(lambda: deal(grouped, listed)), 3),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(measured(Path(made), int(sys.argv[1]) if sys.argv[1:] else COUNT)))
