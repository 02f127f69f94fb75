"""A real child process: whatever becomes of it, the one who follows it hears an end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.runs.catalog import summary
from cnnstudio.runs.control_file import ControlFile, is_alive
from cnnstudio.runs.events import BatchEnded, Event, LogLine, PhaseChanged, RunFinished, RunStarted
from cnnstudio.runs.log import Follower, read
from cnnstudio.worker.control import STOP, send
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request

Starter = Callable[..., Engine]
Asker = Callable[[str], Request]
SCRIPTED = Path(__file__).with_name("scripted.py")


def everything(engine: Engine, request: Request) -> list[Event]:
    return [event for events in follow(engine, request) for event in events]


def last(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished)
    assert sum(isinstance(event, RunFinished) for event in events) == 1
    return events[-1]


def follow_until(
    engine: Engine, request: Request, kind: type[Event], act: Callable[[], None]
) -> list[Event]:
    """Follows the job to its end and acts once, at the first event of a kind."""
    seen: list[Event] = []
    acted = False
    for events in follow(engine, request, patience=0.5):
        seen.extend(events)
        if not acted and any(isinstance(event, kind) for event in events):
            acted = True
            act()
    assert acted
    return seen


def test_a_followed_job_is_its_file(start_engine: Starter, request_for: Asker) -> None:
    request = request_for("short")
    engine = start_engine()
    events = everything(engine, request)
    assert last(events).reason == "completed"
    assert events == list(read(request.events))
    assert sum(isinstance(event, BatchEnded) for event in events) == 30
    assert engine.ended
    assert engine.exit_code == 0
    assert not (request.folder / "control.json").exists()


def test_a_warm_worker_does_not_import_again(start_engine: Starter, request_for: Asker) -> None:
    engine = start_engine()
    assert engine.wait_ready(30)
    phases = [
        e.phase for e in everything(engine, request_for("short")) if e.event == "phase_changed"
    ]
    assert phases == ["reading images"]


def test_a_cold_worker_says_that_it_imports(start_engine: Starter, request_for: Asker) -> None:
    engine = start_engine("endless import")
    events = follow_until(engine, request_for("short"), PhaseChanged, engine.stop)
    assert isinstance(events[0], PhaseChanged)
    assert events[0].phase == "importing"


def test_a_stop_while_importing_ends_the_run_at_once(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("short")
    engine = start_engine("endless import")
    events = follow_until(engine, request, PhaseChanged, engine.stop)
    assert last(events).reason == "canceled"
    assert engine.acknowledged.wait(10)
    assert list(read(request.events)) == events
    assert engine.exit_code == 0


def test_a_stop_before_the_worker_listens_is_not_lost(
    start_engine: Starter, request_for: Asker
) -> None:
    engine = start_engine("endless import")
    engine.stop()
    assert last(everything(engine, request_for("short"))).reason == "canceled"


def test_a_stopped_job_keeps_what_it_has(start_engine: Starter, request_for: Asker) -> None:
    request = request_for("until stopped")
    engine = start_engine()
    events = follow_until(engine, request, RunStarted, engine.stop)
    assert last(events).sentence == "Stopped in epoch 2."
    assert engine.acknowledged.is_set()
    assert (request.run / "kept").exists()


def test_a_job_that_does_not_stop_is_ended_and_reported(
    start_engine: Starter, request_for: Asker
) -> None:
    engine = start_engine()
    end = last(follow_until(engine, request_for("deaf"), RunStarted, engine.stop))
    assert end.reason == "canceled"
    assert "did not stop" in end.sentence
    assert engine.ended


def test_anybody_with_the_control_file_can_stop_a_job(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("until stopped")
    answers: list[str | None] = []

    def command() -> None:
        answers.append(send(request.folder, "dance"))
        answers.append(send(request.folder, STOP))

    follow_until(start_engine(), request, RunStarted, command)
    assert answers == ["unknown", "ok"]
    assert send(request.folder, STOP) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes and no Unix sockets")
def test_only_this_user_can_read_the_control_file(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("until stopped")
    engine = start_engine()
    found: list[tuple[int, int]] = []

    def look() -> None:
        control = ControlFile.read(request.folder)
        assert control is not None
        file = request.folder / "control.json"
        found.append(
            (file.stat().st_mode & 0o777, Path(control.address).parent.stat().st_mode & 0o777)
        )
        assert len(os.fsencode(control.address)) < 104
        engine.stop()

    follow_until(engine, request, RunStarted, look)
    assert found == [(0o600, 0o700)]


def test_a_stranger_with_a_wrong_key_is_turned_away(
    start_engine: Starter, request_for: Asker, tmp_path: Path
) -> None:
    request = request_for("until stopped")
    engine = start_engine()

    def knock() -> None:
        control = ControlFile.read(request.folder)
        assert control is not None
        ControlFile(control.pid, control.address, b"wrong").write(tmp_path)
        assert send(tmp_path, STOP) is None
        assert is_alive(request.folder)
        engine.stop()

    assert last(follow_until(engine, request, RunStarted, knock)).reason == "canceled"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_worker_is_reported_and_listed_as_lost(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("until stopped")
    request.run.mkdir()
    (request.run / "experiment.yaml").write_text("cnnstudio: 1\n", encoding="utf-8")
    engine = start_engine()
    states: list[str] = []
    sockets: list[Path] = []

    def kill() -> None:
        states.append(summary(request.run).state)
        control = ControlFile.read(request.folder)
        assert control is not None
        sockets.append(Path(control.address).parent)
        os.kill(engine.pid, signal.SIGKILL)

    end = last(follow_until(engine, request, RunStarted, kill))
    assert end.reason == "errored"
    assert "killed by the system, most likely for want of memory" in end.sentence
    assert states == ["running"]
    assert not any(isinstance(event, RunFinished) for event in read(request.events))
    assert not (request.folder / "control.json").exists()
    assert not sockets[0].exists()
    assert summary(request.run).state == "lost"
    assert "without a last word" in summary(request.run).problem


def test_a_worker_that_dies_is_reported_with_its_exit_code_and_last_words(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("dying")
    end = last(everything(start_engine(), request))
    assert end.reason == "errored"
    assert "exit code 7" in end.sentence
    assert "the native library gives up" in end.sentence
    assert end.epochs == 1
    assert "gives up" in (request.folder / "worker.log").read_text(encoding="utf-8")


def test_a_native_crash_leaves_its_traceback(start_engine: Starter, request_for: Asker) -> None:
    end = last(everything(start_engine(), request_for("crashing")))
    assert "Fatal Python error" in end.sentence
    assert "in crashing" in end.details


def test_a_worker_that_dies_while_importing_is_reported(
    start_engine: Starter, request_for: Asker
) -> None:
    end = last(everything(start_engine("dying import"), request_for("short")))
    assert end.reason == "errored"
    assert "illegal instruction" in end.sentence


def test_a_broken_engine_is_told_in_a_sentence(start_engine: Starter, request_for: Asker) -> None:
    end = last(everything(start_engine("broken import"), request_for("short")))
    assert end.sentence == "The training engine could not start: ImportError: no such engine"
    assert "Traceback" in end.details


def test_a_fault_of_ours_ends_in_a_sentence_with_its_traceback_apart(
    start_engine: Starter, request_for: Asker
) -> None:
    end = last(everything(start_engine(), request_for("raising")))
    assert end.reason == "errored"
    assert "ZeroDivisionError" in end.sentence
    assert "Traceback" in end.details


def test_a_users_mistake_is_its_own_sentence(start_engine: Starter, request_for: Asker) -> None:
    end = last(everything(start_engine(), request_for("refusing")))
    assert end.sentence == "There are no images in the folder."


def test_a_job_that_breaks_off_was_canceled(start_engine: Starter, request_for: Asker) -> None:
    assert last(everything(start_engine(), request_for("breaking off"))).reason == "canceled"


def test_what_is_no_request_is_told(start_engine: Starter) -> None:
    engine = start_engine()
    assert engine._process is not None
    assert engine._process.stdin is not None
    engine._process.stdin.write(b"[]\n")
    assert engine.wait(30)
    assert "could not begin" in engine.last_sentence
    assert engine.exit_code == 2


def test_a_job_that_does_not_exist_is_told(start_engine: Starter, request_for: Asker) -> None:
    assert "no job" in last(everything(start_engine(), request_for("dance"))).sentence


def test_the_last_word_is_said_once(start_engine: Starter, request_for: Asker) -> None:
    end = last(everything(start_engine(), request_for("having the last word")))
    assert end.sentence == "Said by the job."


def test_what_libraries_print_goes_to_the_log(start_engine: Starter, request_for: Asker) -> None:
    request = request_for("printing")
    engine = start_engine()
    assert last(everything(engine, request)).sentence == "Done."
    assert engine.last_sentence == ""
    log = (request.folder / "worker.log").read_text(encoding="utf-8")
    assert "ready last open printed" in log
    assert "written past Python" in log


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has priority classes instead")
def test_the_worker_steps_back_and_knows_no_qt(start_engine: Starter, request_for: Asker) -> None:
    events = everything(start_engine(), request_for("telling"))
    nice, modules = (event.text for event in events if isinstance(event, LogLine))
    assert nice == f"nice {min(os.nice(0) + 10, 19)}"
    assert "PySide6" not in modules
    assert "cnnstudio.runs.events" in modules


@pytest.mark.parametrize(("dataset", "what"), [("", "The run folder"), ("mnist", "The set")])
def test_a_folder_that_cannot_be_written_is_told(
    start_engine: Starter, tmp_path: Path, dataset: str, what: str
) -> None:
    run = tmp_path / "file" / "run"
    run.parent.write_text("", encoding="utf-8")
    request = Request(job="short", run=run, events=run / "e.jsonl", dataset=dataset)
    end = last(everything(start_engine(), request))
    assert (end.reason, end.sentence.startswith(what)) == ("errored", True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of file sizes")
@pytest.mark.parametrize("job", ["short", "careful"])
def test_a_disk_that_takes_no_more_is_told_although_no_event_can_be(
    start_engine: Starter, request_for: Asker, job: str
) -> None:
    request = request_for(job)
    end = last(everything(start_engine("small disk"), request))
    assert end.reason == "errored"
    assert end.sentence.startswith("The run folder could not be written")
    assert not any(isinstance(event, RunFinished) for event in read(request.events))


def test_a_warm_worker_that_is_not_needed_ends_without_a_word(start_engine: Starter) -> None:
    engine = start_engine()
    assert engine.wait_ready(30)
    engine.dismiss()
    assert engine.wait(10)
    assert engine.exit_code == 0


def test_a_second_job_in_a_folder_is_followed_from_its_own_beginning(
    start_engine: Starter, request_for: Asker
) -> None:
    request = request_for("short")
    first = everything(start_engine(), request)
    with request.events.open("ab") as file:
        file.write(b'{"event":"batch_en')
    second = everything(start_engine(), request)
    assert [e.event for e in second if e.event != "phase_changed"] == [
        e.event for e in first if e.event != "phase_changed"
    ]
    assert not any(isinstance(event, LogLine) for event in second)


PARENT = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from cnnstudio.worker.follow import follow
from cnnstudio.worker.process import Engine
from cnnstudio.worker.request import Request
run = Path({run!r})
engine = Engine((sys.executable, {scripted!r}))
engine.start()
for events in follow(engine, Request("until stopped", run, run / "events.jsonl")):
    if any(event.event == "epoch_ended" for event in events):
        print("training", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_whose_parent_is_killed_stops_keeps_and_ends(tmp_path: Path) -> None:
    run = tmp_path / "run"
    code = PARENT.format(root=str(SCRIPTED.parents[2]), run=str(run), scripted=str(SCRIPTED))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"training\n"
        control = ControlFile.read(run)
        assert control is not None
        parent.kill()
    wait_for_end(control.pid)
    events = list(read(run / "events.jsonl"))
    assert last(events).reason == "canceled"
    assert (run / "kept").exists()
    assert not is_alive(run)
    assert summary(run).state == "canceled"


def wait_for_end(pid: int) -> None:
    """Waits until a process that is not our child is gone, by its own end of a descriptor."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("no way to wait for a stranger's process here")
    import select

    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 30)[0]
    finally:
        os.close(handle)


def test_the_follower_sees_nothing_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    follower = Follower(tmp_path / "events.jsonl")
    follower.skip()
    assert follower.new() == []
