"""Ctrl+C: the first asks, the second ends."""

import signal
import subprocess
import sys

from cnnstudio.cli.stopping import Stopping

TWICE = """
import signal, sys
from cnnstudio.cli.stopping import Stopping
with Stopping(lambda text: print(text, flush=True), "Stopping."):
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    print("still here")
"""


def test_the_first_asks_the_work_to_stop_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    said: list[str] = []
    with Stopping(said.append, "Stopping.") as stopping:
        assert not stopping.asked()
        signal.raise_signal(signal.SIGINT)
        assert stopping.asked()
    assert said == ["Stopping."]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stop_from_elsewhere_is_the_same() -> None:
    with Stopping(lambda text: None, "") as stopping:
        stopping.stop()
        assert stopping.asked()


def test_the_second_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, timeout=60)
    assert done.stdout == "Stopping.\n"
    assert done.returncode != 0
