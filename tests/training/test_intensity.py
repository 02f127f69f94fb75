"""Stored values of any depth train through one window, and the exported model takes them raw."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from cnnstudio.data.index import index
from cnnstudio.data.values import windowed
from cnnstudio.runs.folder import RunFolder
from cnnstudio.runs.log import EventLog
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.intensities import FixedWindow, PercentileWindow
from cnnstudio.spec.sources import ArrayFile, ClassFolders
from cnnstudio.training.engine import keras, tf
from cnnstudio.training.export import export
from cnnstudio.training.serving import window_images, window_of
from cnnstudio.training.session import conduct

GO_ON: Callable[[], bool] = lambda: False  # noqa: E731
Make = Callable[..., Experiment]
NUMBERS = np.random.default_rng(2)


def micrographs(level: int) -> NDArray[np.uint16]:
    """Twelve dark 16-bit images of their level, 24×20."""
    return NUMBERS.integers(level - 150, level + 150, (12, 24, 20), dtype=np.uint16)


@pytest.fixture(scope="module")
def deep_run(make: Make, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A short run over two classes of TIFF files, its window measured by percentiles."""
    root = tmp_path_factory.mktemp("deep")
    for name, level in (("dim", 300), ("lit", 800)):
        (root / "images" / name).mkdir(parents=True)
        for number, values in enumerate(micrographs(level)):
            tifffile.imwrite(root / "images" / name / f"{number}.tif", values)
    experiment = make(
        {
            "training.epochs": 2,
            "model.layers.6.units": 2,
            "dataset.source": ClassFolders(path=str(root / "images")),
            "dataset.intensity": PercentileWindow(),
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNSTUDIO_CACHE", str(root / "cache"))
        return trained_on(experiment, root / "runs")


def trained_on(experiment: Experiment, parent: Path) -> RunFolder:
    folder = RunFolder.create(parent, experiment)
    log = EventLog(folder.events_file)
    last = conduct(experiment, folder, log.write, GO_ON)
    log.close()
    assert last.reason == "completed", last.details
    return folder


def test_a_run_keeps_its_window_in_numbers(deep_run: RunFolder) -> None:
    kept = deep_run.experiment().dataset
    assert isinstance(kept.intensity, FixedWindow)
    assert 100 < kept.intensity.low < 200 < 900 < kept.intensity.high < 1000
    assert index(kept).samples[0].reading.window == (kept.intensity.low, kept.intensity.high)
    deep_run.window_file.rename(deep_run.path / "elsewhere")
    try:
        with pytest.raises(UserError, match="never measured"):
            window_of(deep_run.experiment())
        deep_run.window_file.write_text("[1]")
        with pytest.raises(UserError, match="damaged"):
            deep_run.experiment()
    finally:
        (deep_run.path / "elsewhere").replace(deep_run.window_file)


@pytest.mark.parametrize("format", ["savedmodel", "keras"])
def test_an_exported_model_takes_stored_values(
    deep_run: RunFolder, tmp_path: Path, format: str
) -> None:
    out = tmp_path / "model"
    finished = export(deep_run, format, out, lambda event: None, GO_ON)
    assert finished.images_compared > 0
    assert finished.agreement == 1.0
    assert finished.largest_difference < 0.01
    image = next(Path(deep_run.experiment().dataset.source.path).rglob("*.tif"))
    if format == "savedmodel":
        model = tf.saved_model.load(str(out))
        values = tifffile.imread(image)[np.newaxis, ..., np.newaxis].repeat(3, axis=3)
        answer = model.serve(values).numpy()
        assert np.array_equal(answer, model.serve(values.astype(np.float32)).numpy())
        assert answer.sum() == pytest.approx(1, abs=1e-5)
    else:
        model = keras.saving.load_model(out / "model.keras")
        assert model.get_layer("window").scale == pytest.approx(255 / 700, rel=0.2)
    assert "values as they are stored" in (out / "README.md").read_text()


def test_the_example_of_such_a_readme_runs(deep_run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "model"
    export(deep_run, "savedmodel", out, lambda event: None, GO_ON)
    code = (out / "README.md").read_text().split("```python\n")[1].split("```")[0]
    tifffile.imwrite(out / "image.tif", NUMBERS.integers(0, 900, (9, 9, 3), dtype=np.uint16))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=out
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] in {"dim", "lit"}


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.float32])
def test_the_graph_and_the_decoder_apply_the_same_window(kind: type[Any]) -> None:
    values = NUMBERS.integers(0, 255, (1, 30, 40, 3)).astype(kind)
    if kind is np.float32:
        values[0, 0, :3, 0] = np.nan, np.inf, -np.inf
    for window in ((0.0, 255.0), (3.25, 77.5), (-1000.0, 70_000.0)):
        assert np.array_equal(window_images(values, window).numpy(), windowed(values, window))


def test_arrays_train_and_their_export_is_checked(make: Make, tmp_path: Path) -> None:
    images = np.concatenate([micrographs(300), micrographs(800)]).astype(np.float32) / 1000
    np.savez(tmp_path / "set.npz", images=images, labels=np.repeat([0, 1], 12))
    experiment = make(
        {
            "training.epochs": 1,
            "model.layers.6.units": 2,
            "dataset.source": ArrayFile(path=str(tmp_path / "set.npz")),
            "dataset.intensity": FixedWindow(low=0, high=1),
        }
    )
    run = trained_on(experiment, tmp_path / "runs")
    finished = export(run, "savedmodel", tmp_path / "model", lambda event: None, GO_ON)
    assert finished.images_compared > 0
    assert finished.agreement == 1.0
