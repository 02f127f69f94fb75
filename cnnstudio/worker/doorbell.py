"""The words a worker says on its standard output: look at the file, I am ready, my last word."""

import contextlib
import json
import os
import sys
import threading

RING = "ring"
"""There is something new in the file of events."""
READY = "ready"
"""Everything slow is imported."""
OPEN = "open"
"""The control socket of the job listens."""
HELD = "held"
"""A `Paused` event follows, as JSON: the file of events has no room for it yet."""
LAST = "last"
"""A sentence follows, as JSON: the file of events could not take it."""


class Doorbell:
    """The child's end. Standard output is taken over, so that no library's print reaches it."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._file = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()
        if sys.platform != "win32":
            # A parent that does not read must not hold up the training: a ring more or less
            # does not matter, the next one says the same.
            os.set_blocking(self._file, False)

    def say(self, word: str, sentence: str = "") -> None:
        """Says one of the words; a parent that is gone or deaf is no error."""
        line = f"{word} {json.dumps(sentence)}\n" if sentence else f"{word}\n"
        with self._lock, contextlib.suppress(OSError):
            os.write(self._file, line.encode())

    def ring(self) -> None:
        """Says that there is something new to read."""
        self.say(RING)


def heard(line: bytes) -> tuple[str, str]:
    """The word and the sentence (or an empty one) of a line."""
    word, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
    try:
        return word, str(json.loads(rest)) if rest else ""
    except ValueError:
        return word, rest
