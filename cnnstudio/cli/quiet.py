"""Keeps native libraries' chatter at their import away from a person's terminal and logs."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """While in use, what is written to the process's standard error goes nowhere.

    TensorFlow logs some lines at its import, below Python, whatever it is told. Errors of Python
    are exceptions and not affected.
    """
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (AttributeError, OSError, ValueError):
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
