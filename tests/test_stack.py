"""What the program stands on: declared as used, and without the faults that would end it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(bool)


def test_emitting_a_signal_keeps_the_references_to_true() -> None:
    """PySide6 6.12.0 loses one with each emit on Python 3.11, until the process aborts."""
    bell = Bell()
    heard: list[bool] = []
    bell.rung.connect(heard.append)
    bell.rung.emit(True)
    heard.clear()
    before = sys.getrefcount(True)
    for _ in range(1000):
        bell.rung.emit(True)
        heard.clear()
    assert abs(sys.getrefcount(True) - before) < 100


def test_the_release_of_qt_that_loses_references_is_not_installed() -> None:
    assert version("PySide6-Essentials").split(".")[:2] == ["6", "11"]


def test_the_declared_dependencies_are_those_that_the_program_imports() -> None:
    root = Path(__file__).resolve().parents[1]
    imported = set()
    for file in (root / "cnnstudio").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    # Wheels whose package has another name; the rest only differ in capitals.
    wheels = {
        "PIL": "pillow",
        "cv2": "opencv-python-headless",
        "PySide6": "pyside6-essentials",
        "shiboken6": "pyside6-essentials",
        "ruamel": "ruamel.yaml",
        # Brought by pydantic, whose halves they are.
        "pydantic_core": "pydantic",
        "annotated_types": "pydantic",
    }
    used = {wheels.get(name, name) for name in imported - {"cnnstudio", *sys.stdlib_module_names}}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=\[]", line)[0].lower() for line in project["dependencies"]}
    assert used == declared
