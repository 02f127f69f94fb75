"""Installs CNN Studio into .venv beside the sources, then starts or tests it.

    python3 installer/bootstrap.py run      open the window on the sample project
    python3 installer/bootstrap.py test     run every check

This file alone is kept to words that any Python since 2.7 can read, so that it can say what fits.
"""

import os
import sys

OLDEST = (3, 11)
# The last one that TensorFlow 2.21 is built for.
NEWEST = (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def unfit(version, executable, found, arguments):
    # type: (tuple[int, ...], str, str | None, list[str]) -> str
    """What to tell somebody whose Python does not fit; ``found`` is one that does, if any."""
    words = "CNN Studio needs Python {}.{} to {}.{}; {} is Python {}.{}.".format(
        OLDEST[0], OLDEST[1], NEWEST[0], NEWEST[1], executable or "this", version[0], version[1]
    )
    call = " ".join(["installer/bootstrap.py"] + arguments)
    if found:
        return "{}\nThis machine has one that fits. Run:\n    {} {}".format(words, found, call)
    return (
        "{}\nInstall one beside it, for example from your system's packages or from"
        " https://www.python.org/downloads, and run:\n"
        "    python3.{} {}".format(words, NEWEST[1], call)
    )


def fitting_python():
    # type: () -> str | None
    """The name of a Python on the search path that fits and starts, or None."""
    import subprocess

    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.{}".format(minor)
        try:
            with open(os.devnull, "w") as nowhere:
                if subprocess.call([name, "-c", ""], stdout=nowhere, stderr=nowhere) == 0:
                    return name
        except OSError:
            continue
    return None


def main(arguments):
    # type: (list[str]) -> int
    """Do what the arguments say; returns the exit status."""
    version = tuple(sys.version_info[:2])
    if not OLDEST <= version <= NEWEST:
        sys.stderr.write(unfit(version, sys.executable, fitting_python(), arguments) + "\n")
        return 2
    sys.path.insert(0, ROOT)
    from installer import commands

    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
