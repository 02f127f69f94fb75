"""The one door to the program's own files: icons, fonts, styles, help and the sample project."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class MissingResource(FileNotFoundError):
    """A file of the program itself is not where the installation should have put it."""


def root() -> Path:
    """The folder of all resources: in the wheel beside this module, in the source tree above it."""
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def path(name: str) -> Path:
    """The file or folder ``name``, with forward slashes, as in ``path("icons/play.svg")``.

    Raises:
        MissingResource: there is no such resource, or ``name`` leads out of the resources.
    """
    base = root()
    found = (base / name).resolve()
    if not found.is_relative_to(base.resolve()):
        raise MissingResource(f"“{name}” leads out of the program's resources.")
    if not found.exists():
        raise MissingResource(
            f"CNN Studio's own file “{name}” is missing from {base}. Installing it again helps."
        )
    return found


def child_environment() -> dict[str, str]:
    """Our environment, in which a child process finds this very package wherever it is started."""
    place = str(_PACKAGE.parent)
    # There it is found anyway, and would come before Python's own modules.
    if place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        return dict(os.environ)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{known}" if known else place}
