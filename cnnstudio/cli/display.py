"""Whether there is a screen to open a window on."""

import os
import sys
from pathlib import Path

from cnnstudio.spec.errors import UserError

HOW = "For the window, run `cnnstudio demo` on a computer with a screen, or log in with `ssh -X`."


def available() -> bool:
    """Whether a window can be shown: on Linux, whether X or Wayland is there or Qt is told how."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def require() -> None:
    """Raises `UserError` where no window can be shown."""
    if not available():
        raise UserError(
            "There is no display for the window. `cnnstudio demo` trains a sample in the terminal; "
            "`cnnstudio --help` lists what else works here."
        )


def show(path: Path | None) -> int:
    """Open the window, with `path` in it. Returns its exit code; raises `UserError` without Qt."""
    try:
        from cnnstudio.app import main
    except ImportError as error:
        if "PySide6" not in str(error) and ".so" not in str(error):
            raise
        raise UserError(
            "The window cannot open because a system library of Qt is missing: run "
            "`python3 installer/bootstrap.py run`, which installs it or says how.",
            details=str(error),
        ) from error
    return main(path)
