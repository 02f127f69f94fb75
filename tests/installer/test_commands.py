"""What `run` and `test` start, with which words, and how they end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from installer import commands

if TYPE_CHECKING:
    from tests.installer.conftest import FakeShell

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake machine lays files out as Unix")
CI = Path(__file__).resolve().parents[2] / ".ci" / "run"


def call(root: Path, shell: FakeShell, *arguments: str, need: str = "") -> int:
    return commands.main(arguments, root=root, shell=shell, need=lambda _: need)


@pytest.fixture(autouse=True)
def _roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installer.environment.SPACE_NEEDED", 0)


def test_run_hands_over_to_the_sample_project(root: Path, shell: FakeShell) -> None:
    assert call(root, shell, "run", "--headless") == 0
    assert shell.became == [
        str(root / ".venv/bin/python"),
        "-m",
        "cnnstudio",
        "demo",
        "--headless",
    ]


def test_run_without_a_display_goes_on_without_the_windows_libraries(
    root: Path, shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert call(root, shell, "run", need="install libegl1") == 0
    assert "install libegl1" in shell.said
    assert shell.became[-1] == "demo"


def test_run_with_a_display_but_without_the_windows_libraries_says_so_and_stops(
    root: Path, shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert call(root, shell, "run", need="install libegl1") == 2
    assert shell.said[-1] == "install libegl1"
    assert shell.became == []


def test_test_runs_every_check_and_the_tests_last(root: Path, shell: FakeShell) -> None:
    assert call(root, shell, "test", "-k", "spec") == 0
    heads = [" ".join(command[1:4]) for command in shell.commands[2:]]
    assert heads[0] == "-m ruff check"
    assert heads[1] == "-m ruff format"
    assert heads[2] == "-m mypy"
    assert shell.commands[-2][0].endswith("lint-imports")
    assert shell.commands[-1][1:3] == ["-m", "pytest"]
    assert shell.commands[-1][-2:] == ["-k", "spec"]


def test_a_failed_check_does_not_hide_the_tests_and_fails_the_whole(
    root: Path, shell: FakeShell
) -> None:
    shell.answer("-m mypy", 1)
    assert call(root, shell, "test") == 1
    assert shell.commands[-1][1:3] == ["-m", "pytest"]
    assert "── failed before the tests: mypy" in shell.said


def test_failed_tests_give_their_own_status(root: Path, shell: FakeShell) -> None:
    shell.answer("-m pytest", 5)
    assert call(root, shell, "test") == 5


def test_a_chosen_number_of_test_workers_is_kept(root: Path, shell: FakeShell) -> None:
    call(root, shell, "test", "-n", "0")
    assert shell.commands[-1].count("-n") == 1


def test_trouble_is_words_and_a_status(root: Path, shell: FakeShell) -> None:
    shell.answer("pip install", 1, "ERROR: No matching distribution found for tensorflow")
    assert call(root, shell, "run") == 2
    assert "No matching distribution" in shell.said[-1]


def test_the_continuous_check_is_the_readmes_command() -> None:
    assert "installer/bootstrap.py test" in CI.read_text(encoding="utf-8")
    assert os.access(CI, os.X_OK)
