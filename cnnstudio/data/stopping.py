"""How long work over images reports its progress and learns that nobody waits for it any more."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total)."""

Stop = Callable[[], bool]
"""Asked now and then; true ends the work."""


class Stopped(Exception):
    """The person stopped the work; nothing half-done is left behind."""
