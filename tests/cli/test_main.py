"""The command line as such: help, exit codes, errors in one sentence, nothing loaded in vain."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnstudio import __version__
from cnnstudio.cli import check, display, main
from cnnstudio.cli.main import COMMANDS

HEAVY = ("tensorflow", "keras", "PySide6", "cv2", "numpy", "pydantic", "rich", "sklearn")


def loaded_after(code: str) -> set[str]:
    """Which packages a fresh Python has loaded after `code`."""
    script = f"import sys\n{code}\nprint(*sorted({{n.partition('.')[0] for n in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_names_every_command_and_loads_nothing_heavy(type_in: Any) -> None:
    answer = type_in("--help")
    assert answer.code == 0
    assert all(name in answer.out for name in COMMANDS)
    loaded = loaded_after("from cnnstudio.cli.main import parser; parser().format_help()")
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, type_in: Any) -> None:
    answer = type_in(name, "--help")
    assert answer.code == 0
    assert f"cnnstudio {name}" in answer.out


def test_it_runs_as_a_module_and_knows_its_version(type_elsewhere: Any) -> None:
    answer = type_elsewhere("--version")
    assert answer.code == 0
    assert __version__ in answer.out


def test_a_frozen_program_starts_its_worker_through_the_same_door(type_elsewhere: Any) -> None:
    answer = type_elsewhere("--worker", input="")
    assert answer.code == 0


@pytest.mark.parametrize(
    "words", [["fly"], ["check"], ["export", "x", "--format", "gif", "--out", "y"], ["--flag"]]
)
def test_bad_usage_ends_with_code_2(words: list[str], type_in: Any) -> None:
    answer = type_in(*words)
    assert answer.code == 2
    assert "usage: cnnstudio" in answer.err


def test_an_unforeseen_error_becomes_a_sentence_and_a_log_file(
    type_in: Any, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(given: object, output: object) -> int:
        raise RuntimeError("the sky fell down")

    monkeypatch.setattr(check, "run", broken)
    answer = type_in("check", experiment, "--json")
    assert answer.code == 3
    assert "Traceback" not in answer.err
    assert "the sky fell down" in answer.err
    log = Path(answer.err.strip().rpartition("The details are in ")[2])
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "broken" in text
    assert "the sky fell down" in answer.result["error"]


def test_a_reader_that_has_seen_enough_is_no_error(experiment: Path) -> None:
    command = f"'{sys.executable}' -m cnnstudio check '{experiment}' --json | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


class TestWithoutADisplay:
    """On a server: no X, no Wayland."""

    @pytest.fixture(autouse=True)
    def _no_display(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "linux")
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            monkeypatch.delenv(name, raising=False)

    def test_there_is_none(self) -> None:
        assert not display.available()

    @pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
    def test_each_variable_tells_of_one(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, "something")
        assert display.available()

    def test_other_systems_always_have_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        assert display.available()

    def test_the_window_is_refused_with_advice(self, type_in: Any, experiment: Path) -> None:
        for words in ([], ["open", experiment]):
            answer = type_in(*words)
            assert answer.code == 2
            assert "no display" in answer.err
            assert "demo" in answer.err


def test_opening_nothing_is_told_before_any_window(type_in: Any, tmp_path: Path) -> None:
    answer = type_in("open", tmp_path / "gone")
    assert answer.code == 2
    assert "gone" in answer.err


def test_with_a_display_the_window_gets_the_path(
    type_in: Any, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path | None] = []

    def show(path: Path | None) -> int:
        shown.append(path)
        return 0

    monkeypatch.setattr(display, "show", show)
    assert type_in("open", experiment).code == 0
    assert type_in().code == 0
    assert shown == [experiment, None]


def test_light_commands_load_neither_tensorflow_nor_qt(experiment: Path, images: Path) -> None:
    out = experiment.parent / "sheet.png"
    new = experiment.parent / "second.yaml"
    code = f"""
from cnnstudio.cli.main import main
assert main(["new", {str(new)!r}, "--images", {str(images)!r}]) == 0
assert main(["check", {str(experiment)!r}]) == 0
assert main(["preview", {str(experiment)!r}, "--out", {str(out)!r}]) == 0
assert main(["runs", {str(experiment.parent)!r}]) == 0
"""
    assert loaded_after(code).isdisjoint({"tensorflow", "keras", "PySide6", "pyqtgraph"})
    assert out.is_file()


def test_main_returns_numbers_that_scripts_can_rely_on() -> None:
    assert (main.DONE, main.PROBLEMS, main.BAD_INPUT, main.FAILED) == (0, 1, 2, 3)
