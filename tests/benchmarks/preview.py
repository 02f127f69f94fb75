"""How long from an edit of the augmentation until the preview's wall has painted it.

`python -m tests.benchmarks.preview` prints milliseconds for networks of 128 and 224 px as JSON:
medians and 95th percentiles over single edits, with the pane as large as in a window of 1440×900,
and what a slider comes to that is dragged without pause. A frame at 60 Hz is 16.7 ms.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from cnnstudio.app import make_application
from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.gui.augmentation.preview import AugmentationPreview
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.spec.defaults import operations_for
from cnnstudio.spec.experiment import Augmentation, Dataset, Experiment
from cnnstudio.spec.patch import replace
from cnnstudio.spec.sources import ClassFolders

EDITS, WALL = 60, (768, 690)
FRAME = 1000.0 / 60.0


class Painted(QObject):
    """Notes when the wall has painted the draws of a given experiment."""

    def __init__(self, preview: AugmentationPreview) -> None:
        super().__init__()
        self.preview = preview
        self.wanted: Experiment | None = None
        self.paints = 0
        self.loop = QEventLoop()
        preview.view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wall paint first, then look whether it was the wanted one."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QApplication.sendEvent(watched, event)
            watched.installEventFilter(self)
            self.paints += 1
            tiles = self.preview.view.tiles
            if tiles is not None and tiles.wanted.experiment is self.wanted:
                self.loop.quit()
            return True
        return False

    def after(self, experiment: Experiment) -> float:
        """Milliseconds from the edit to the painted wall."""
        self.wanted = experiment
        began = time.perf_counter()
        self.preview.set_experiment(experiment)
        self.loop.exec()
        return 1000.0 * (time.perf_counter() - began)


def photo(folder: Path) -> Path:
    """A JPEG of 500 × 400 pixels, smooth colour with noise."""
    rng = np.random.default_rng(0)
    smooth = cv2.resize(rng.integers(0, 200, (8, 10, 3), dtype=np.uint8), (500, 400))
    path = folder / "photo.jpg"
    Image.fromarray(smooth + rng.integers(0, 24, smooth.shape, dtype=np.uint8)).save(path)
    return path


def measured(path: Path, side: int) -> dict[str, float]:
    """One network's size: single edits, then a drag."""
    experiment = Experiment(
        dataset=Dataset(source=ClassFolders(path=str(path.parent)), image_size=(side, side)),
        augmentation=Augmentation(operations=operations_for("photos")),
    )
    collection = Collection()
    sample = Sample("cat/photo.jpg", str(path), 0, "train")
    collection.set_index(ImageIndex(("cat", "dog"), (sample,)))
    preview = AugmentationPreview(collection)
    preview.resize(*WALL)
    preview.show()
    painted = Painted(preview)
    edits = [
        replace(experiment, "augmentation.operations.0.degrees", 10.0 + step / 4)
        for step in range(1, EDITS + 1)
    ]
    first = painted.after(experiment)
    single = [painted.after(edit) for edit in edits]
    # A hand moves the slider faster than the wall is made: only the newest position counts.
    painted.paints = 0
    began = time.perf_counter()
    steps = iter(edits[:-1])
    drag = QTimer()
    last_edit = [0.0]

    def pull() -> None:
        step = next(steps, None)
        if step is None:
            drag.stop()
            last_edit[0] = time.perf_counter()
            painted.wanted = edits[-1]
        preview.set_experiment(step or edits[-1])

    painted.wanted = None
    drag.timeout.connect(pull)
    drag.start(4)
    painted.loop.exec()
    ended = time.perf_counter()
    result = {
        "first_image_ms": round(first, 1),
        "edit_to_painted_ms": round(statistics.median(single), 1),
        "edit_to_painted_p95_ms": round(statistics.quantiles(single, n=20)[-1], 1),
        "last_edit_of_a_drag_to_painted_ms": round(1000 * (ended - last_edit[0]), 1),
        "walls_per_second_while_dragging": round(painted.paints / (ended - began), 1),
        "draws_on_the_wall": preview.view.room,
    }
    preview.close()
    preview.deleteLater()
    return result


def main() -> int:
    """Measure, print, and return 0."""
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        path = photo(Path(folder))
        measured(path, 96)  # imports OpenCV and starts the threads
        sizes = {f"{side} px": measured(path, side) for side in (128, 224)}
    application.processEvents()
    print(json.dumps({**sizes, "frame_ms": round(FRAME, 1), "edits": EDITS}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
