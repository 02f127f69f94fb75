"""Installs CNN Studio into .venv beside the sources, then starts or tests it.

    python3 installer/bootstrap.py run      open the window on the sample project
    python3 installer/bootstrap.py test     run every check

This file alone is kept to words that Python 3.6 can read, so that it can say what is too old.
"""

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def too_old(version, executable, found, arguments):
    # type: (tuple[int, ...], str, str | None, list[str]) -> str
    """What to tell somebody whose Python is too old; ``found`` is a newer one on this machine."""
    words = "CNN Studio needs Python {}.{} or newer; {} is Python {}.{}.".format(
        OLDEST[0], OLDEST[1], executable or "this", version[0], version[1]
    )
    call = " ".join(["installer/bootstrap.py"] + arguments)
    if found:
        return "{}\nThis machine has a newer one. Run:\n    {} {}".format(words, found, call)
    return (
        "{}\nInstall one, for example from your system's packages (Debian 12, Ubuntu 24.04 and"
        " Fedora have it) or from https://www.python.org/downloads, and run:\n"
        "    python3.11 {}".format(words, call)
    )


def newer_python():
    # type: () -> str | None
    """The name of a Python on the search path that is new enough, or None."""
    import shutil

    for minor in range(19, OLDEST[1] - 1, -1):
        name = "python3.{}".format(minor)
        if shutil.which(name):
            return name
    return None


def main(arguments):
    # type: (list[str]) -> int
    """Do what the arguments say; returns the exit status."""
    if sys.version_info[:2] < OLDEST:
        version = tuple(sys.version_info[:2])
        sys.stderr.write(too_old(version, sys.executable, newer_python(), arguments) + "\n")
        return 2
    sys.path.insert(0, ROOT)
    from installer import commands

    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
