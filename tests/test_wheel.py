"""The built wheel brings everything along that the program opens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a stranger's machine gets it, in a folder far from the sources."""
    folder = tmp_path_factory.mktemp("elsewhere")
    # Neither a network nor the build's own environment: hatchling is among the test tools.
    build = ["wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder)]
    subprocess.run([*PIP, *build, str(ROOT)], check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("cnnstudio-*.whl")
    target = ["install", "--no-deps", "--no-index", "--target", str(folder / "site"), str(wheel)]
    subprocess.run([*PIP, *target], check=True, capture_output=True, text=True)
    return folder / "site"


def _run(installed: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_resources_are_found_inside_the_installed_package(installed: Path) -> None:
    code = "from cnnstudio import resources; print(resources.path('icons/play.svg'))"
    assert Path(_run(installed, code)).is_relative_to(installed)


def test_every_resource_travels(installed: Path) -> None:
    here = {f.relative_to(ROOT / "resources") for f in (ROOT / "resources").rglob("*.*")}
    there = installed / "cnnstudio" / "_resources"
    left = {f for f in here if not (there / f).exists()}
    # Only what the README shows stays at home.
    assert {f for f in left if not {"__pycache__", "pictures"} & {*f.parts}} == set()


def test_the_sample_experiment_opens_from_the_installed_package(installed: Path) -> None:
    code = (
        "from cnnstudio import resources; from cnnstudio.spec import files; "
        "print(files.load(resources.path('samples/shapes/experiment.yaml')).dataset.source.path)"
    )
    images = Path(_run(installed, code))
    assert images.is_relative_to(installed)
    assert len(list(images.rglob("*.jpg"))) > 100


def test_neither_tests_nor_the_installer_travel(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert tops - {"bin"} == {"cnnstudio"}
