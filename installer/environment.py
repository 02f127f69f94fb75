"""The virtual environment beside the sources: made, filled, recovered, else left alone."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from installer import libraries
from installer.shell import Shell, Trouble

# TensorFlow and Qt unpacked, and their downloads beside them while they are installed.
SPACE_NEEDED = 4_500_000_000
_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|"
    r"Network is unreachable|ConnectTimeout|ReadTimeout|Read timed out|ProxyError|"
    r"Connection (?:refused|reset|aborted)|getaddrinfo failed|Could not fetch URL"
)
_NO_TRUST = re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLError")
_NO_SPACE = re.compile(r"No space left on device|\[Errno 28\]|\[Errno 122\]|Disk quota exceeded")
_DOWNLOAD = re.compile(r"(?:Downloading|Using cached) (?:\S*/)?([\w.]+)-(\d[\w.]*)\S* \(([^)]+)\)")


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Environment:
    """``.venv`` in the root of the sources."""

    def __init__(
        self,
        root: Path,
        shell: Shell,
        free: Callable[[Path], int] = _free,
        has_ensurepip: Callable[[], bool] | None = None,
    ) -> None:
        self._root = root
        self._shell = shell
        self._free = free
        self._has_ensurepip = has_ensurepip or _has_ensurepip
        self.folder = root / ".venv"
        # Which installation is finished, and under which pyproject.toml.
        self._stamp = self.folder / "cnnstudio-installed.json"
        # There while an installation runs, and so after one that was cut off.
        self._unfinished = self.folder / "cnnstudio-unfinished"

    def program(self, name: str) -> Path:
        """The path of a program of the environment, such as ``python``."""
        if os.name == "nt":
            return self.folder / "Scripts" / f"{name}.exe"
        return self.folder / "bin" / name

    def ensure(self, extra: str = "") -> None:
        """Make sure that the project is installed, with its optional part ``extra``.

        Raises:
            Trouble: what stands in the way, and what to do about it.
        """
        key = self._key()
        if self._read_stamp().get(extra) == key and self.program("python").exists():
            return
        try:
            self._make()
            self._fill(extra)
        except OSError as error:
            if _NO_SPACE.search(str(error)):
                raise Trouble(self._no_space()) from error
            raise Trouble(f"The environment {self.folder} cannot be written: {error}") from error
        # Read again: an environment that was made afresh has nothing of what stood there before.
        self._stamp.write_text(json.dumps({**self._read_stamp(), extra: key}), encoding="utf-8")

    def _key(self) -> str:
        project = (self._root / "pyproject.toml").read_bytes()
        # With the place: an editable installation in a folder that was moved points to the old one.
        place = os.fsencode(self._root)
        return hashlib.sha256(project + sys.version.encode() + place).hexdigest()

    def _read_stamp(self) -> dict[str, str]:
        try:
            read = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def _make(self) -> None:
        python = str(self.program("python"))
        whole = (
            self.program("python").exists()
            and not self._unfinished.exists()
            and self._shell.run([python, "-m", "pip", "--version"], quiet=True) == 0
        )
        if whole:
            return
        if self.folder.exists():
            self._shell.say("An earlier installation was not finished; starting it afresh …")
            shutil.rmtree(self.folder)
        if self._free(self._root) < SPACE_NEEDED:
            raise Trouble(self._no_space())
        if not self._has_ensurepip():
            self._install_venv_module()
        self._shell.say(f"Making the environment {self.folder} …")
        lines: list[str] = []
        # A process of its own: after apt-get, this one still remembers that ensurepip is missing.
        if self._shell.stream([sys.executable, "-m", "venv", str(self.folder)], lines.append, {}):
            shutil.rmtree(self.folder, ignore_errors=True)
            if _NO_SPACE.search("\n".join(lines)):
                raise Trouble(self._no_space())
            raise Trouble("Python could not make a virtual environment:\n" + "\n".join(lines[-8:]))

    def _install_venv_module(self) -> None:
        package = f"python3.{sys.version_info.minor}-venv"
        try:
            before = libraries.may_install(self._shell)
        except PermissionError:
            pass
        else:
            self._shell.say(f"Installing {package}, which makes virtual environments …")
            if libraries.apt_install(self._shell, before, [package]):
                return
        raise Trouble(
            f"Python's module for virtual environments is missing. Install it once with:\n"
            f"    sudo apt-get update && sudo apt-get install --yes {package}\n"
            "(on other systems: install Python's “venv” and “ensurepip”), then start this again."
        )

    def _fill(self, extra: str) -> None:
        self._shell.say(
            "Installing CNN Studio and its libraries: about 900 MB to fetch, a few minutes …"
        )
        # Beside the result, because many systems keep /tmp small and in memory.
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        self._unfinished.touch()
        lines: list[str] = []

        def follow(line: str) -> None:
            lines.append(line)
            download = _DOWNLOAD.search(line)
            if download and _takes_a_while(download[3]):
                self._shell.say("  {} {} ({})".format(*download.groups()))
            elif line.startswith("Installing collected packages"):
                self._shell.say("Unpacking …")

        command = [str(self.program("python")), "-m", "pip", "install", "--progress-bar", "off"]
        command += ["--disable-pip-version-check", "--editable", f".[{extra}]" if extra else "."]
        status = self._shell.stream(command, follow, {"TMPDIR": str(temporary)})
        shutil.rmtree(temporary, ignore_errors=True)
        text = "\n".join(lines)
        if status and _NO_SPACE.search(text):
            raise Trouble(self._no_space())
        # pip that ends by itself leaves nothing half installed; only a full disk or a kill does.
        self._unfinished.unlink(missing_ok=True)
        if status and _NO_TRUST.search(text):
            raise Trouble(
                "The Python package index answers with a certificate that this machine does not "
                "trust; some companies and schools put their own in between. Ask for its file, "
                "set PIP_CERT to the path of it, then start this again."
            )
        if status and _NO_NETWORK.search(text):
            raise Trouble(
                "The Python package index cannot be reached from here. Connect this machine to the "
                "network (behind a proxy: set HTTPS_PROXY), then start this again; what was "
                "fetched already is kept."
            )
        if status:
            raise Trouble("The libraries could not be installed. pip says:\n" + text[-1500:])

    def _no_space(self) -> str:
        free = self._free(self._root) / 1e9
        return (
            f"There is not enough space: CNN Studio and its libraries need about "
            f"{SPACE_NEEDED / 1e9:.1f} GB for their installation, and the disk of {self._root} has "
            f"{free:.1f} GB left. Free some, or move this folder to a larger disk, then start "
            "this again."
        )


def _takes_a_while(size: str) -> bool:
    """Whether a download of this size, in pip's words, is worth a line."""
    number, _, unit = size.partition(" ")
    return unit == "GB" or (unit == "MB" and float(number) >= 5)


def _has_ensurepip() -> bool:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True
