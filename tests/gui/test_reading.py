"""Reading again after an edit keeps what an edit does not change."""

from pathlib import Path

import numpy as np
import tifffile
from pytestqt.qtbot import QtBot

from cnnstudio.gui.reading import DatasetReading, ImageReader
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.experiment import Dataset
from cnnstudio.spec.intensities import PercentileWindow
from cnnstudio.spec.sources import ClassFolders


def read(
    qtbot: QtBot, reader: ImageReader, dataset: Dataset, known: DatasetReading | None
) -> DatasetReading:
    with qtbot.waitSignal(reader.finished, timeout=10_000) as told:
        reader.deal(dataset, known)
    assert told.args is not None
    found = told.args[0]
    assert isinstance(found, DatasetReading)
    return found


def test_an_edit_that_shifts_the_window_reads_no_header_again_and_another_page_does(
    qtbot: QtBot, tmp_path: Path
) -> None:
    for at in range(8):
        path = tmp_path / "images" / "ab"[at % 2] / f"{at}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        with tifffile.TiffWriter(path) as written:
            written.write(np.full((4, 4), 1000 * at, np.uint16))
            written.write(np.zeros((6, 5), np.uint16))
    intensity = PercentileWindow(low=0, high=100)
    dataset = Dataset(source=ClassFolders(path=str(tmp_path / "images")), intensity=intensity)
    reader = ImageReader()
    before = read(qtbot, reader, dataset, None)
    brightest = max(before.index.part("train"), key=lambda s: int(s.path.stem)).key
    edits = NO_EDITS.changed([brightest], excluded=True)
    after = read(qtbot, reader, dataset.model_copy(update={"edits": edits}), before)
    assert after.index.samples[0].reading != before.index.samples[0].reading
    assert after.scan is before.scan
    assert after.headers is before.headers
    other = read(qtbot, reader, dataset.model_copy(update={"page": 1}), before)
    assert set(other.headers.by_key.values()) == {(6, 5, True)}
    assert set(before.headers.by_key.values()) == {(4, 4, True)}
    reader.shutdown()
