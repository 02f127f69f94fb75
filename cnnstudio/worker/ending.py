"""What is said of a worker that ended without its last word."""

import re
import signal
import sys

_MEMORY = re.compile(
    r"bad_alloc|MemoryError|out of memory|\boom\b|cannot allocate memory|failed to allocate|"
    r"ResourceExhausted|can't start new thread",
    re.IGNORECASE,
)


def describe_end(code: int | None, words: str, batch_size: int | None = None) -> str:
    """One sentence for a child that ended without its last word, and what to do.

    `code` is its exit code (negative: a signal), `words` the end of its standard error,
    `batch_size` that of the training it did.
    """
    kept = "What was saved before is kept."
    smaller = "Lower the batch size or the image size and train again."
    if batch_size is not None and batch_size > 1:
        smaller = f"Try a batch size of {batch_size // 2}."
    if sys.platform != "win32" and code is not None and code < 0:
        match -code:
            case signal.SIGKILL:
                return (
                    "The training process was killed by the system, most likely for want of "
                    f"memory (exit code {code}). {kept} {smaller}"
                )
            case signal.SIGTERM | signal.SIGINT | signal.SIGHUP:
                return f"The training process was ended from outside (exit code {code}). {kept}"
            case signal.SIGILL:
                return (
                    "This processor lacks instructions that the installed TensorFlow needs "
                    f"(exit code {code}). Install a TensorFlow built for it."
                )
    if _MEMORY.search(words):
        return f"The training process ran out of memory (exit code {code}). {kept} {smaller}"
    said = _last_line(words)
    quote = f' Its last words: "{said}".' if said else ""
    return (
        f"The training process ended unexpectedly (exit code {code}).{quote} {kept} Train again; "
        "if it happens again, the details say where."
    )


def _last_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    # After a crash the traceback ends with a list of modules; its head says what happened.
    fatal = [line for line in lines if line.startswith("Fatal Python error")]
    chosen = fatal[-1] if fatal else lines[-1] if lines else ""
    return chosen[:200]
