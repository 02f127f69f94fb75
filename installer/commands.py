"""What `run` and `test` do once the environment stands."""

from __future__ import annotations

import argparse
import os
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installer import libraries
from installer.environment import Environment
from installer.shell import RealShell, Shell, Trouble

ROOT = Path(__file__).resolve().parent.parent
# More workers than this only wait for each other's TensorFlow.
_MOST_TEST_WORKERS = 4


def run(environment: Environment, shell: Shell, need: str, arguments: Sequence[str]) -> int:
    """Open the sample project; without a display the program itself goes on in the terminal."""
    if need and has_display():
        raise Trouble(need)
    if need:
        shell.say(need)
    python = str(environment.program("python"))
    return shell.become([python, "-m", "cnnstudio", "demo", *arguments])


def test(environment: Environment, shell: Shell, need: str, arguments: Sequence[str]) -> int:
    """Run every check; pytest comes last, so that its summary closes the output."""
    if need:
        raise Trouble(need)
    python = str(environment.program("python"))
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import contracts": [str(environment.program("lint-imports")), "--no-logo"],
    }
    failed = []
    for name, command in checks.items():
        shell.say(f"── {name}")
        if shell.run(command) != 0:
            failed.append(name)
    if failed:
        shell.say(f"── failed before the tests: {', '.join(failed)}")
    shell.say("── tests")
    status = shell.run([python, "-m", "pytest", *_spread(arguments), *arguments])
    return status or (1 if failed else 0)


def _spread(arguments: Sequence[str]) -> list[str]:
    """Spread the tests over the cores, unless the caller chose."""
    cores = min(os.cpu_count() or 1, _MOST_TEST_WORKERS)
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments)
    return [] if chosen or cores == 1 else ["-n", str(cores)]


def has_display() -> bool:
    """Whether a window could open here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(
    arguments: Sequence[str],
    root: Path = ROOT,
    shell: Shell | None = None,
    need: Callable[[Shell], str] = libraries.ensure,
) -> int:
    """Parse, install, do; returns the exit status (2: something is in the way, said in words)."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description="Installs CNN Studio into .venv and starts or tests it."
    )
    parser.add_argument("command", choices=["run", "test"])
    known, rest = parser.parse_known_args(list(arguments))
    shell = shell or RealShell(root)
    try:
        if struct.calcsize("P") != 8:
            raise Trouble("CNN Studio needs a 64-bit Python: TensorFlow has no other.")
        environment = Environment(root, shell)
        environment.ensure("dev" if known.command == "test" else "")
        if known.command == "test":
            return test(environment, shell, need(shell), rest)
        return run(environment, shell, need(shell), rest)
    except Trouble as trouble:
        shell.say(str(trouble))
        return 2
    except KeyboardInterrupt:
        shell.say("Stopped. Starting again goes on from here.")
        return 130
