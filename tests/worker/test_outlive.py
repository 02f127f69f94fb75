"""A run that may outlive its window goes on without it, and is found again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnstudio.runs.catalog import summary
from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.log import read
from cnnstudio.worker.control import OUTLIVE, STOP, send

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="cannot wait for a stranger's process"
)

SCRIPTED = Path(__file__).with_name("scripted.py")
PROGRAM = """
import sys
from pathlib import Path
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request
run = Path(sys.argv[1])
engine = Engine((sys.executable, sys.argv[2]))
engine.start()
request = Request("until stopped", run, run / "events.jsonl", outlive=sys.argv[3] == "asked")
for events in follow(engine, request):
    if any(event.event == "epoch_ended" for event in events):
        print("training", flush=True)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    """A run folder; a worker that is still at work in it is ended after the test."""
    folder = tmp_path / "0001-run"
    yield folder
    control = ControlFile.read(folder)
    if control is not None and is_alive(folder):
        os.kill(control.pid, signal.SIGKILL)


@pytest.mark.parametrize("asked", ["asked", "later"])
def test_it_goes_on_when_the_window_is_killed_and_can_be_stopped_from_another(
    run: Path, asked: str
) -> None:
    import select

    words = [sys.executable, "-c", PROGRAM, str(run), str(SCRIPTED), asked]
    root = SCRIPTED.parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=root) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"training\n"
        if asked == "later":
            assert send(run, OUTLIVE) == "ok"
        control = ControlFile.read(run)
        assert control is not None
        worker = os.pidfd_open(control.pid)
        # As closing a terminal does, to all that was started from it.
        session = os.getsid(control.pid)
        program.kill()
    try:
        assert session == control.pid, "it has a session of its own"
        assert not select.select([worker], [], [], 1.0)[0], "it is still there"
        assert is_alive(run)
        assert summary(run).state == "running"
        assert send(run, STOP) == "ok"
        assert select.select([worker], [], [], 30)[0]
    finally:
        os.close(worker)
    assert (run / "kept").exists()
    assert next(reversed(list(read(run / "events.jsonl")))).event == "run_finished"
    assert summary(run).state == "canceled"
    assert (run / "worker.log").is_file()
