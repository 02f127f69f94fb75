"""The walls between the rooms, and the habits of the house, hold in the sources as they are."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "cnnstudio").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Each of these says nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
LONGEST = 400


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _modules_after(code: str) -> set[str]:
    """The packages that are loaded once a fresh interpreter has run ``code``."""
    report = "import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_imports_keep_to_the_contracts() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_window_loads_no_tensorflow_and_nothing_slow_before_it_is_painted() -> None:
    loaded = _modules_after("import cnnstudio.app, cnnstudio.gui.main_window")
    assert "PySide6" in loaded
    assert not loaded & {"tensorflow", "keras", "sklearn", "scipy", "cv2"}


def test_every_part_of_the_window_together_loads_no_tensorflow() -> None:
    parts = [_name(f)[:-3].replace("/", ".") for f in SOURCES if "gui" in f.parts]
    parts = [part.removesuffix(".__init__") for part in parts]
    loaded = _modules_after("import cnnstudio.app, " + ", ".join(parts))
    assert not loaded & {"tensorflow", "keras"}


def test_the_child_loads_no_qt() -> None:
    loaded = _modules_after("import cnnstudio.worker.child, cnnstudio.training.session")
    assert "keras" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}


def test_the_terminal_starts_without_qt_and_without_tensorflow() -> None:
    loaded = _modules_after("import cnnstudio.cli.main")
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "tensorflow", "keras"}


@pytest.mark.parametrize("door", [f for f in SOURCES if f.name == "__init__.py"], ids=_name)
def test_the_door_of_a_room_is_a_sign_and_no_more(door: Path) -> None:
    tree = ast.parse(door.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    rest = tree.body[1:]
    if _name(door) == "cnnstudio/__init__.py":
        assert [ast.unparse(node).partition(" =")[0] for node in rest] == ["__version__"]
    else:
        assert rest == []


def test_every_room_has_its_door_sign() -> None:
    for file in SOURCES:
        assert (file.parent / "__init__.py").exists(), _name(file)


def test_no_file_grows_beyond_one_subject() -> None:
    lengths = {_name(f): len(f.read_text(encoding="utf-8").splitlines()) for f in SOURCES + TESTS}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = [
        _name(f) for f in SOURCES + TESTS if {*f.relative_to(ROOT).parts, f.stem} & EMPTY_NAMES
    ]
    assert empty == []


def test_no_room_lies_deeper_than_two_folders() -> None:
    deep = [_name(f) for f in SOURCES if len(f.relative_to(ROOT / "cnnstudio").parts) > 3]
    assert deep == []
