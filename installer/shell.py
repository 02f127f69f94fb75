"""Running other programs: the one seam between the installer and the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Trouble(Exception):
    """What the installer cannot mend by itself, in words for whoever started it."""


class Shell(Protocol):
    """What the installer asks of the machine."""

    def say(self, words: str) -> None:
        """Tell the person at the terminal."""

    def stream(
        self, command: Sequence[str], line: Callable[[str], None], environment: Mapping[str, str]
    ) -> int:
        """Run to the end, handing on each line of output; returns the exit status."""

    def run(self, command: Sequence[str], quiet: bool = False) -> int:
        """Run to the end, in the person's terminal unless ``quiet``; returns the exit status."""

    def become(self, command: Sequence[str]) -> int:
        """Hand the terminal and the rest of this process over to the command."""


class RealShell:
    """Programs run in the root of the sources."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def say(self, words: str) -> None:
        """Print at once, to stderr: stdout belongs to the program that is started."""
        print(words, file=sys.stderr, flush=True)

    def stream(
        self, command: Sequence[str], line: Callable[[str], None], environment: Mapping[str, str]
    ) -> int:
        """See Shell.stream."""
        with subprocess.Popen(
            list(command),
            cwd=self._root,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for text in process.stdout:
                line(text.rstrip())
        return process.returncode

    def run(self, command: Sequence[str], quiet: bool = False) -> int:
        """See Shell.run; a program that is not there counts as one that failed."""
        sink = subprocess.DEVNULL if quiet else None
        try:
            done = subprocess.run(
                list(command), cwd=self._root, stdin=sink, stdout=sink, stderr=sink, check=False
            )
        except OSError:
            return 127
        return done.returncode

    def become(self, command: Sequence[str]) -> int:
        """See Shell.become; where a process cannot be replaced, wait for the command."""
        if os.name == "nt":
            return self.run(command)
        os.execv(command[0], list(command))
