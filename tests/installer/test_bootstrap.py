"""The door of the installer, which speaks to Pythons of any age."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from installer import bootstrap

FILE = Path(bootstrap.__file__)


def test_python_3_6_can_read_the_door() -> None:
    ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_door_imports_nothing_new_before_it_has_looked_at_the_version() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    imported = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.name for node in imported for alias in node.names}
    assert names == {"os", "sys"}


def test_an_old_python_is_told_what_it_is_and_what_to_install() -> None:
    words = bootstrap.unfit((3, 8), "/usr/bin/python3", None, ["run"])
    assert "needs Python 3.11 to 3.13" in words
    assert "/usr/bin/python3 is Python 3.8" in words
    assert "python3.13 installer/bootstrap.py run" in words


def test_an_old_python_beside_a_newer_one_is_told_the_exact_command() -> None:
    words = bootstrap.unfit((3, 9), "/usr/bin/python3", "python3.12", ["test", "-x"])
    assert words.endswith("\n    python3.12 installer/bootstrap.py test -x")


def test_a_python_that_tensorflow_does_not_know_yet_is_told_so_too() -> None:
    words = bootstrap.unfit((3, 15), "/usr/bin/python3", "python3.12", ["run"])
    assert "needs Python 3.11 to 3.13; /usr/bin/python3 is Python 3.15" in words
    assert "python3.12 installer/bootstrap.py run" in words


def test_the_door_and_the_project_agree_on_the_pythons() -> None:
    project = tomllib.loads((FILE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    oldest, newest = bootstrap.OLDEST, bootstrap.NEWEST
    expected = f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    assert project["project"]["requires-python"] == expected


def test_it_starts_from_any_folder_and_explains_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FILE), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "run" in done.stdout
    assert "test" in done.stdout


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FILE), "fly"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "invalid choice" in done.stderr
