"""How much memory a process holds, where the system tells it cheaply."""

from __future__ import annotations

import os
from pathlib import Path


def resident_bytes(pid: int | None = None) -> int:
    """Bytes of a process in memory (None: this one); 0 where there is no cheap way to tell.

    That is when the process is gone, and on systems other than Linux.
    """
    try:
        statm = Path(f"/proc/{pid or 'self'}/statm").read_text("ascii")
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
