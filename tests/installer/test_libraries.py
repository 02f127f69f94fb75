"""Qt's system libraries: found, installed where allowed, otherwise named with the exact command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from installer import libraries

if TYPE_CHECKING:
    from tests.installer.conftest import FakeShell

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="wheels suffice elsewhere")
WANTED = ("libEGL.so.1", "libxcb-cursor.so.0")


def debian(program: str) -> str | None:
    return f"/usr/bin/{program}" if program in {"apt-get", "sudo"} else None


def fedora(program: str) -> str | None:
    return f"/usr/bin/{program}" if program == "dnf" else None


@linux
def test_a_library_that_is_not_there_is_missed() -> None:
    assert not libraries.loads("libcnnstudio-no-such-library.so.1")
    assert libraries.missing(found=lambda name: name not in WANTED) == WANTED


@linux
def test_the_list_covers_what_the_installed_qt_links_against() -> None:
    import PySide6

    qt = Path(next(iter(PySide6.__path__))) / "Qt"
    parts = [qt / "plugins/platforms/libqxcb.so", qt / "lib/libQt6Gui.so.6"]
    needed = set()
    for part in parts:
        listing = subprocess.run(["ldd", str(part)], capture_output=True, text=True, check=True)
        for line in listing.stdout.splitlines():
            name, _, place = line.strip().partition(" => ")
            if place and str(qt) not in place:
                needed.add(name.strip())
    # Qt's own libraries lie in the wheel; what the rest is made of comes with its packages.
    own = {name for name in needed if name.startswith(("libxcb-", "libEGL", "libGL.", "libxkb"))}
    own |= needed & {"libdbus-1.so.3", "libfontconfig.so.1", "libglib-2.0.so.0"}
    assert own <= set(libraries.PACKAGES) | {"libxcb-util.so.1"}


def test_nothing_is_asked_of_the_machine_when_nothing_is_missing(shell: FakeShell) -> None:
    assert libraries.ensure(shell, find=lambda: (), which=debian) == ""
    assert shell.commands == []


def test_missing_libraries_are_installed_on_debian_by_who_may(
    shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    finds = iter([WANTED, ()])
    assert libraries.ensure(shell, find=lambda: next(finds), which=debian) == ""
    (install,) = shell.asked("apt-get install")
    assert install[-2:] == ["libegl1", "libxcb-cursor0"]
    assert shell.environments[-1]["DEBIAN_FRONTEND"] == "noninteractive"


def test_sudo_is_used_only_when_it_asks_no_question(
    shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert libraries.may_install(shell, debian) == ["sudo", "-n"]
    shell.answer("sudo -n true", 1)
    with pytest.raises(PermissionError):
        libraries.may_install(shell, debian)


def test_who_may_not_install_gets_the_exact_command(
    shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    shell.answer("sudo -n true", 1)
    words = libraries.ensure(shell, find=lambda: WANTED, which=debian)
    assert "sudo apt-get install --yes --no-install-recommends libegl1 libxcb-cursor0" in words
    assert shell.asked("apt-get install") == []


def test_a_failed_installation_ends_in_the_exact_command_too(
    shell: FakeShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    shell.answer("apt-get install", 100, "E: Unable to fetch some archives")
    words = libraries.ensure(shell, find=lambda: WANTED, which=debian)
    assert "apt-get install" in words
    assert "E: Unable to fetch some archives" in "\n".join(shell.said)


def test_other_systems_get_their_own_command_or_the_names() -> None:
    assert "sudo dnf install 'libEGL.so.1()(64bit)'" in libraries.advice(WANTED, fedora)
    assert "libEGL.so.1 libxcb-cursor.so.0" in libraries.advice(WANTED, lambda _: None)
