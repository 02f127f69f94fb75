"""A machine that only remembers what the installer asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest


class FakeShell:
    """Records commands and answers them with the scripted status and lines."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.commands: list[list[str]] = []
        self.environments: list[Mapping[str, str]] = []
        self.became: list[str] = []
        self.answers: dict[str, tuple[int, list[str]]] = {}
        self.effects: dict[str, Callable[[Sequence[str]], None]] = {}

    def answer(self, part: str, status: int, *lines: str) -> None:
        """From now on a command that holds ``part`` ends with ``status`` after these lines."""
        self.answers[part] = (status, list(lines))

    def effect(self, part: str, effect: Callable[[Sequence[str]], None]) -> None:
        """From now on a command that holds ``part`` also does this to the files."""
        self.effects[part] = effect

    def asked(self, part: str) -> list[list[str]]:
        """The commands so far that hold ``part``."""
        return [command for command in self.commands if part in " ".join(command)]

    def _answer(self, command: Sequence[str]) -> tuple[int, list[str]]:
        self.commands.append(list(command))
        joined = " ".join(command)
        for part, effect in self.effects.items():
            if part in joined:
                effect(command)
        for part, answer in self.answers.items():
            if part in joined:
                return answer
        return 0, []

    def say(self, words: str) -> None:
        self.said.append(words)

    def stream(
        self, command: Sequence[str], line: Callable[[str], None], environment: Mapping[str, str]
    ) -> int:
        self.environments.append(dict(environment))
        status, lines = self._answer(command)
        for text in lines:
            line(text)
        return status

    def run(self, command: Sequence[str], quiet: bool = False) -> int:
        return self._answer(command)[0]

    def become(self, command: Sequence[str]) -> int:
        self.became = list(command)
        return 0


@pytest.fixture
def shell() -> FakeShell:
    """A machine on which everything succeeds and `-m venv` makes a python."""
    fake = FakeShell()

    def make(command: Sequence[str]) -> None:
        program = Path(command[-1]) / "bin" / "python"
        program.parent.mkdir(parents=True)
        program.touch()

    fake.effect("-m venv", make)
    return fake


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Sources that hold nothing but a project file."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return tmp_path
