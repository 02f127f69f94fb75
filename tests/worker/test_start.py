"""How a worker is started and handed its request, whatever surrounds it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.runs.control_file import is_alive
from cnnstudio.runs.events import Event, RunFinished, RunStarted
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

Starter = Callable[..., Engine]
Asker = Callable[[str], Request]


def test_a_request_to_a_worker_that_is_gone_is_followed_to_an_end(
    start_engine: Starter, request_for: Asker
) -> None:
    engine = start_engine()
    engine.kill()
    assert engine.wait(10)
    *_, last = follow(engine, request_for("count"))
    assert isinstance(last[-1], RunFinished)
    assert last[-1].reason == "errored"


def test_a_persons_own_modules_in_the_current_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "random.py").write_text("raise SystemExit(7)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    engine = Engine()
    engine.start()
    engine.dismiss()
    assert engine.wait(60)
    assert engine.exit_code == 0, engine.last_words()


def test_two_workers_in_one_folder_are_one_too_many(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("until stopped")
    engine, other = start_engine(), start_engine()
    ends: list[Event] = []
    for events in follow(engine, request):
        if not ends and any(isinstance(event, RunStarted) for event in events):
            *_, intruder = follow(other, request)
            ends.append(intruder[-1])
            assert is_alive(request.folder), "the first one is still reached"
            engine.stop()
    assert isinstance(events[-1], RunFinished)
    assert events[-1].reason == "canceled"
    (end,) = ends
    assert isinstance(end, RunFinished)
    assert end.sentence == "Somebody is at work on this run already."


def test_a_stop_does_not_wait_for_the_first_step_to_be_prepared(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("tracing")
    engine = start_engine()
    for events in follow(engine, request, patience=60):
        if any(isinstance(event, RunStarted) for event in events):
            engine.stop()
    assert isinstance(events[-1], RunFinished)
    assert events[-1].reason == "canceled"
    assert "being prepared" in events[-1].sentence
    assert engine.exit_code == 0
    assert not (request.folder / "control.json").exists()
