"""Ctrl+C: once to stop and keep the model, twice to end the process at once."""

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self


class Stopping:
    """While in use, Ctrl+C and a termination signal set a flag that long work asks for.

    `asked` is the function to hand to that work. A second Ctrl+C ends the process.
    """

    def __init__(self, say: Callable[[str], None], words: str) -> None:
        self._say = say
        self._words = words
        self._asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def asked(self) -> bool:
        """Whether somebody wants the work to stop."""
        return self._asked

    def stop(self) -> None:
        """Ask the work to stop, from another thread too."""
        self._asked = True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            os._exit(128 + number)
        self._asked = True
        self._say(self._words)
