"""The sample project: drawn by its script, and two experiments that differ by one fault."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from cnnstudio import resources
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Experiment
from cnnstudio.spec.problems import problems

SHAPES = resources.path("samples/shapes")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location(
        "draw_shapes", resources.path("samples/draw_shapes.py")
    )
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _pixels(file: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with Image.open(file) as image:
        return np.asarray(image, np.int16)


def test_the_script_draws_the_shipped_images_again(script: ModuleType, tmp_path: Path) -> None:
    drawn = script.write(tmp_path, each=12)
    assert len(drawn) == 12 * len(script.CLASSES)
    for file in drawn:
        shipped = SHAPES / "images" / file.relative_to(tmp_path)
        # Another release of the JPEG encoder may round a coefficient the other way.
        assert np.abs(_pixels(file) - _pixels(shipped)).mean() < 0.5, shipped.name


def test_another_seed_draws_other_images(script: ModuleType, tmp_path: Path) -> None:
    for file in script.write(tmp_path, seed=script.SEED + 1, each=2):
        shipped = SHAPES / "images" / file.relative_to(tmp_path)
        assert np.abs(_pixels(file) - _pixels(shipped)).mean() > 5


def test_the_shipped_images_are_all_of_the_script(script: ModuleType) -> None:
    shipped = {path.parent.name: 0 for path in (SHAPES / "images").glob("*/*")}
    for path in (SHAPES / "images").glob("*/*"):
        shipped[path.parent.name] += 1
    assert shipped == dict.fromkeys(script.CLASSES, script.EACH)


def test_the_sample_stays_small() -> None:
    assert sum(f.stat().st_size for f in SHAPES.rglob("*") if f.is_file()) < 3_000_000


@pytest.mark.parametrize("name", ["experiment.yaml", "stuck.yaml"])
def test_a_sample_experiment_can_be_trained(name: str) -> None:
    experiment = files.load(SHAPES / name)
    assert Path(experiment.dataset.source.path) == SHAPES / "images"
    assert problems(experiment, None) == ()


def test_the_stuck_twin_differs_by_its_regularization_alone() -> None:
    healthy = files.load(SHAPES / "experiment.yaml").model_dump()
    stuck = files.load(SHAPES / "stuck.yaml").model_dump()
    assert stuck != healthy
    for layer in stuck["model"]["layers"]:
        if layer.get("kernel_regularizer") is not None:
            layer["kernel_regularizer"] = None
    stuck["name"] = healthy["name"]
    assert Experiment.model_validate(stuck) == Experiment.model_validate(healthy)
