"""A started scripted worker for each test, gone when the test ends."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

SCRIPTED = Path(__file__).with_name("scripted.py")

Starter = Callable[..., Engine]


@pytest.fixture
def start_engine() -> Iterator[Starter]:
    """Starts scripted workers: `start_engine("endless import")`."""
    engines: list[Engine] = []

    def start(*behaviour: str) -> Engine:
        engine = Engine((sys.executable, str(SCRIPTED), *behaviour))
        engine.start()
        engines.append(engine)
        return engine

    yield start
    for engine in engines:
        engine.kill()
        assert engine.wait(10)


@pytest.fixture
def request_for(tmp_path: Path) -> Callable[[str], Request]:
    """A request for a job in a fresh run folder of the test."""

    def make(job: str) -> Request:
        run = tmp_path / "0001-run"
        return Request(job=job, run=run, events=run / "events.jsonl")

    return make
