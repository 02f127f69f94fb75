"""The environment is made once, kept while it is right, and made afresh when it is broken."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from installer import libraries
from installer.environment import SPACE_NEEDED, Environment
from installer.shell import Shell, Trouble

if TYPE_CHECKING:
    from tests.installer.conftest import FakeShell

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake machine lays files out as Unix")


def environment(root: Path, shell: Shell, free: int = 100 * 10**9) -> Environment:
    return Environment(root, shell, free=lambda _: free, has_ensurepip=lambda: True)


def test_a_fresh_machine_gets_an_environment_with_the_project(root: Path, shell: FakeShell) -> None:
    environment(root, shell).ensure("dev")
    assert len(shell.asked("-m venv")) == 1
    (install,) = shell.asked("pip install")
    assert install[-2:] == ["--editable", ".[dev]"]


def test_a_second_call_runs_no_program_at_all(root: Path, shell: FakeShell) -> None:
    environment(root, shell).ensure()
    shell.commands.clear()
    environment(root, shell).ensure()
    assert shell.commands == []


def test_another_project_file_is_installed_into_the_same_environment(
    root: Path, shell: FakeShell
) -> None:
    environment(root, shell).ensure()
    (root / "pyproject.toml").write_text("[project]\nname = 'other'\n", encoding="utf-8")
    environment(root, shell).ensure()
    assert len(shell.asked("-m venv")) == 1
    assert len(shell.asked("pip install")) == 2


def test_tests_need_their_own_part_once(root: Path, shell: FakeShell) -> None:
    for extra in ("", "dev", "", "dev"):
        environment(root, shell).ensure(extra)
    assert [command[-1] for command in shell.asked("pip install")] == [".", ".[dev]"]


def test_large_downloads_are_named_with_their_size(root: Path, shell: FakeShell) -> None:
    shell.answer(
        "pip install",
        0,
        "Collecting tensorflow<2.22,>=2.21",
        "  Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl (572.4 MB)",
        "  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)",
        "  Using cached https://host/x/pillow-13.0.0-cp311-cp311-manylinux.whl (7.1 MB)",
    )
    environment(root, shell).ensure()
    assert "  tensorflow 2.21.0 (572.4 MB)" in shell.said
    assert "  pillow 13.0.0 (7.1 MB)" in shell.said
    assert not any("six" in words for words in shell.said)


def test_pip_keeps_its_temporary_files_on_the_disk_of_the_environment(
    root: Path, shell: FakeShell
) -> None:
    environment(root, shell).ensure()
    assert shell.environments[-1]["TMPDIR"].startswith(str(root / ".venv"))
    assert not (root / ".venv" / "tmp").exists()


def test_an_installation_that_was_cut_off_is_started_afresh(root: Path, shell: FakeShell) -> None:
    half = root / ".venv" / "lib" / "half-a-package"

    def cut_off(command: Sequence[str]) -> None:
        half.mkdir(parents=True)
        raise KeyboardInterrupt

    shell.effect("pip install", cut_off)
    with pytest.raises(KeyboardInterrupt):
        environment(root, shell).ensure()
    del shell.effects["pip install"]
    environment(root, shell).ensure()
    assert not half.exists()
    assert len(shell.asked("-m venv")) == 2
    assert any("was not finished" in words for words in shell.said)


def test_an_environment_whose_python_has_no_pip_is_made_afresh(
    root: Path, shell: FakeShell
) -> None:
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").touch()
    shell.answer("pip --version", 1)
    environment(root, shell).ensure()
    assert len(shell.asked("-m venv")) == 1


def test_a_healthy_environment_of_ones_own_is_kept(root: Path, shell: FakeShell) -> None:
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").touch()
    environment(root, shell).ensure()
    assert shell.asked("-m venv") == []
    assert len(shell.asked("pip install")) == 1


def test_too_little_space_is_said_before_anything_is_fetched(root: Path, shell: FakeShell) -> None:
    with pytest.raises(Trouble, match=r"not enough space.*has 1\.2 GB left"):
        environment(root, shell, free=1_200_000_000).ensure()
    assert shell.commands == []
    assert not (root / ".venv").exists()


def test_a_disk_that_fills_up_meanwhile_is_said_and_started_afresh_later(
    root: Path, shell: FakeShell
) -> None:
    shell.answer(
        "pip install", 1, "ERROR: Could not install packages: [Errno 28] No space left on device"
    )
    with pytest.raises(Trouble, match="not enough space"):
        environment(root, shell).ensure()
    shell.answers.clear()
    environment(root, shell).ensure()
    assert len(shell.asked("-m venv")) == 2


def test_a_disk_that_is_full_for_the_installer_itself_is_said(root: Path, shell: FakeShell) -> None:
    def full(command: Sequence[str]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    shell.effects["-m venv"] = full
    with pytest.raises(Trouble, match="not enough space"):
        environment(root, shell).ensure()


def test_no_network_is_said_and_leaves_the_environment_for_the_next_call(
    root: Path, shell: FakeShell
) -> None:
    shell.answer(
        "pip install",
        1,
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('"
        "[Errno -3] Temporary failure in name resolution')'",
        "ERROR: Could not find a version that satisfies the requirement hatchling>=1.26",
    )
    with pytest.raises(Trouble, match="cannot be reached"):
        environment(root, shell).ensure()
    shell.answers.clear()
    environment(root, shell).ensure()
    assert len(shell.asked("-m venv")) == 1


def test_a_certificate_in_between_is_not_called_a_missing_network(
    root: Path, shell: FakeShell
) -> None:
    shell.answer(
        "pip install",
        1,
        "Could not fetch URL https://host/simple/: There was a problem confirming the ssl "
        "certificate: (Caused by SSLError(SSLCertVerificationError(1, '[SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed')))",
    )
    with pytest.raises(Trouble, match="set PIP_CERT"):
        environment(root, shell).ensure()


def test_any_other_refusal_of_pip_is_shown(root: Path, shell: FakeShell) -> None:
    shell.answer("pip install", 1, "ERROR: No matching distribution found for tensorflow")
    with pytest.raises(Trouble, match="No matching distribution found for tensorflow"):
        environment(root, shell).ensure()


def test_a_missing_venv_module_is_installed_where_that_is_allowed(
    root: Path, shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "may_install", lambda shell: ["sudo", "-n"])
    Environment(root, shell, free=lambda _: SPACE_NEEDED, has_ensurepip=lambda: False).ensure()
    (install,) = shell.asked("apt-get install")
    assert install[:3] == ["sudo", "-n", "apt-get"]
    assert install[-1].startswith("python3.")
    assert install[-1].endswith("-venv")
    assert len(shell.asked("pip install")) == 1


def test_a_missing_venv_module_is_named_with_its_command_where_it_is_not(
    root: Path, shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(shell: Shell) -> list[str]:
        raise PermissionError

    monkeypatch.setattr(libraries, "may_install", refuse)
    bare = Environment(root, shell, free=lambda _: SPACE_NEEDED, has_ensurepip=lambda: False)
    with pytest.raises(Trouble, match=r"sudo apt-get install --yes python3\.\d+-venv"):
        bare.ensure()
    assert not (root / ".venv").exists()


def test_an_environment_that_is_made_afresh_holds_nothing_of_the_earlier_one(
    root: Path, shell: FakeShell
) -> None:
    environment(root, shell).ensure("dev")
    (root / ".venv" / "cnnstudio-unfinished").touch()
    environment(root, shell).ensure()
    environment(root, shell).ensure("dev")
    assert [command[-1] for command in shell.asked("pip install")] == [".[dev]", ".", ".[dev]"]


def test_a_folder_that_was_moved_is_installed_again(root: Path, shell: FakeShell) -> None:
    environment(root, shell).ensure()
    moved = root.rename(root.with_name("elsewhere"))
    environment(moved, shell).ensure()
    assert len(shell.asked("pip install")) == 2
