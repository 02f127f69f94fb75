"""How long the health check takes: first and second check, and judging anew after an edit.

`python -m tests.benchmarks.health [FOLDER | COUNT]` prints seconds as JSON, by default for 60,000
small generated pictures. The first check is held against decoding every file once, as
`thumbnails` do, and the memory that it adds is told.
"""

import json
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from cnnstudio.data.decode import decode_small
from cnnstudio.data.detect import source_of
from cnnstudio.data.health.check import examine, report
from cnnstudio.data.health.measure import SIDE
from cnnstudio.data.index import index
from cnnstudio.spec.experiment import Dataset, Experiment

COUNT = 60_000


def pictures(root: Path, count: int) -> None:
    """`count` pictures of 32×32 in ten classes: soft colours with sharp blocks, all different."""
    for number in range(count):
        folder = root / f"class {number % 10}"
        folder.mkdir(exist_ok=True)
        rng = np.random.default_rng(number)
        coarse = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8))
        picture = np.array(coarse.resize((32, 32), Image.Resampling.BICUBIC))
        top, left = rng.integers(0, 20, 2)
        picture[top : top + 8, left : left + 12] = rng.integers(0, 256, 3)
        Image.fromarray(picture).save(folder / f"{number}.jpg", quality=85)


def measured(folder: Path) -> dict[str, object]:
    """Seconds and megabytes for the images of one folder."""
    source = source_of(folder)
    dataset = Dataset(source=source)
    listed = index(dataset)
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(lambda s: decode_small(s.picture, SIDE).size, listed.samples):
            pass
    decoding = time.perf_counter() - began
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    examine(source.path, listed)
    first = time.perf_counter() - began
    began = time.perf_counter()
    examined = examine(source.path, listed)
    second = time.perf_counter() - began
    began = time.perf_counter()
    found = report(Experiment(dataset=dataset), listed, examined)
    judged = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "images": len(listed.samples),
        "decoding_s": round(decoding, 2),
        "first_s": round(first, 2),
        "first_by_decoding": round(first / decoding, 2),
        "second_s": round(second, 2),
        "second_by_first": round(second / first, 3),
        "judged_anew_s": round(judged, 3),
        "added_mb": round((after - before) / 1024, 1),
        "findings": [finding.kind for finding in found.findings],
    }


def main() -> None:
    """Measure, print JSON."""
    given = sys.argv[1] if len(sys.argv) > 1 else str(COUNT)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CNNSTUDIO_CACHE"] = str(Path(scratch) / "cache")
        folder = Path(given)
        if given.isdigit():
            folder = Path(scratch) / "images"
            folder.mkdir()
            pictures(folder, int(given))
        print(json.dumps(measured(folder)))


if __name__ == "__main__":
    main()
