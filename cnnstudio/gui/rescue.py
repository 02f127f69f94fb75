"""What can be offered after a run that died for want of memory, or took its process with it."""

from __future__ import annotations

from cnnstudio.runs.events import RunFinished

_SIGNS = (
    "memory",
    "bad_alloc",
    "resource_exhausted",
    "resourceexhausted",
    "exit code -9",
    "exit code -6",
)
"""In the last words of a run that a smaller batch may save; -9: killed by the system, -6: a native
library gave up, which most often is a failed allocation."""


def smaller_batch(finished: RunFinished, batch_size: int) -> int | None:
    """Half of the batch, where a run ended for want of memory; None where that is no help."""
    if finished.reason != "errored" or batch_size < 2:
        return None
    said = f"{finished.sentence}\n{finished.details}".lower()
    return batch_size // 2 if any(sign in said for sign in _SIGNS) else None


def in_short(sentence: str) -> str:
    """The end of a run that died, short enough for the verdict strip."""
    if "exit code -6" in sentence:
        return "The training process gave up (exit code -6), most often for want of memory."
    first, full_stop, _ = sentence.partition(". ")
    return f"{first}." if full_stop else sentence
