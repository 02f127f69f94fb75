"""An error that nobody foresaw: its traceback goes to a file, a sentence to the person."""

import platform
import sys
import time
import traceback
from pathlib import Path

from cnnstudio import __version__
from cnnstudio.spec.errors import UserError


def keep(error: BaseException) -> UserError:
    """Write `error` with its traceback to a log file; the sentence that names the file."""
    text = "".join(traceback.format_exception(error))
    summary = f"An unexpected error: {type(error).__name__}: {str(error)[:200]}".rstrip(": ")
    head = (
        f"CNN Studio {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{sys.argv}\n\n"
    )
    try:
        path = _folder() / f"error-{time.strftime('%Y%m%d-%H%M%S')}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + text, encoding="utf-8")
    except OSError:
        return UserError(f"{summary}.", details=text)
    return UserError(f"{summary}. The details are in {path}", details=text)


def _folder() -> Path:
    import platformdirs

    return platformdirs.user_log_path("cnnstudio", appauthor=False)
