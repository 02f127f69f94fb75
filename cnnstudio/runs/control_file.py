"""`control.json` in a job folder: where a running worker listens, and whether it still lives."""

import contextlib
import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.runs.writing import plainly

NAME = "control.json"


@dataclass(frozen=True, slots=True)
class ControlFile:
    """The worker's process id, the address of its local socket and the key that opens it."""

    pid: int
    address: str
    key: bytes

    def write(self, folder: Path) -> None:
        """Writes it into the job folder, readable by this user alone; raises `UserError`."""
        text = json.dumps({"pid": self.pid, "address": self.address, "key": self.key.hex()})
        path = folder / NAME
        with plainly(path):
            temporary = folder / f".{NAME}.{self.pid}"
            temporary.unlink(missing_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            temporary.replace(path)

    @classmethod
    def read(cls, folder: Path) -> "ControlFile | None":
        """What the job folder's file says; None when there is none or it is damaged."""
        try:
            fields = json.loads((folder / NAME).read_text(encoding="utf-8"))
            return cls(int(fields["pid"]), str(fields["address"]), bytes.fromhex(fields["key"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remove(self, folder: Path) -> None:
        """Removes it, unless another worker has taken the folder over since."""
        if self.read(folder) == self:
            with contextlib.suppress(OSError):
                (folder / NAME).unlink()


def is_alive(folder: Path) -> bool:
    """Whether a worker is at work in the job folder now.

    The process must exist and its socket must accept: a process id alone may by now belong to
    somebody else.
    """
    control = ControlFile.read(folder)
    return control is not None and _exists(control.pid) and is_listening(control.address)


if sys.platform == "win32":

    def _exists(pid: int) -> bool:
        import ctypes

        # os.kill(pid, 0) would end the process on Windows.
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x100000, False, pid)  # SYNCHRONIZE
        if not handle:
            return False
        still = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT
        kernel.CloseHandle(handle)
        return bool(still)

    def is_listening(address: str) -> bool:
        """Whether somebody accepts callers at a local address."""
        # Connecting would take the place of somebody with a command.
        return any(pipe.name == Path(address).name for pipe in Path(r"\\.\pipe").iterdir())

else:

    def _exists(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def is_listening(address: str) -> bool:
        """Whether somebody accepts callers at a local address."""
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(0.2)
            try:
                knock.connect(address)
            except OSError:
                return False
        return True
