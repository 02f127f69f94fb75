"""The system libraries that Qt's wheels expect to find: which are missing, and how to get them."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence

from installer.shell import Shell

# Library file -> package of Debian and Ubuntu; what libQt6Gui and its xcb platform link against.
# (Ubuntu 24.04 renamed libglib2.0-0 to libglib2.0-0t64; apt follows the old name.)
PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing(found: Callable[[str], bool] = loads) -> tuple[str, ...]:
    """The libraries that Qt would not find; none are needed beside the wheels outside Linux."""
    if not sys.platform.startswith("linux"):
        return ()
    return tuple(library for library in PACKAGES if not found(library))


def apt_command(packages: Sequence[str]) -> list[str]:
    """The apt-get call that installs the packages and nothing beyond their needs."""
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]


def advice(libraries: Sequence[str], which: Callable[[str], str | None] = shutil.which) -> str:
    """The exact command that a person can type to get the libraries."""
    if which("apt-get"):
        packages = sorted({PACKAGES[library] for library in libraries})
        return "    sudo apt-get update && sudo " + " ".join(apt_command(packages))
    if which("dnf"):
        return "    sudo dnf install " + " ".join(f"'{name}()(64bit)'" for name in libraries)
    return "    (with your system's package manager) " + " ".join(libraries)


def may_install(shell: Shell, which: Callable[[str], str | None] = shutil.which) -> list[str]:
    """What to put before apt-get to install without a question; raises PermissionError."""
    if not which("apt-get"):
        raise PermissionError("no apt-get")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if which("sudo") and shell.run(["sudo", "-n", "true"], quiet=True) == 0:
        return ["sudo", "-n"]
    raise PermissionError("neither root nor sudo without a password")


def apt_install(shell: Shell, before: Sequence[str], packages: Sequence[str]) -> bool:
    """Install Debian packages without a question; returns whether apt-get was content."""
    lines: list[str] = []
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    # Fresh machines and containers come without package lists; old ones may be refused.
    shell.stream([*before, "apt-get", "update"], lines.append, quiet)
    if shell.stream([*before, *apt_command(packages)], lines.append, quiet) == 0:
        return True
    shell.say("\n".join(lines[-8:]))
    return False


def ensure(
    shell: Shell,
    find: Callable[[], tuple[str, ...]] = missing,
    which: Callable[[str], str | None] = shutil.which,
) -> str:
    """Install what Qt misses where that is allowed; returns what is left to do, "" when nothing."""
    libraries = find()
    if not libraries:
        return ""
    try:
        before = may_install(shell, which)
    except PermissionError:
        pass
    else:
        shell.say(f"Installing {len(libraries)} system libraries that Qt needs …")
        if apt_install(shell, before, sorted({PACKAGES[name] for name in libraries})):
            libraries = find()
    if not libraries:
        return ""
    return (
        "The window needs system libraries that are missing here and may not be installed from "
        "here. Install them once with:\n" + advice(libraries, which)
    )
