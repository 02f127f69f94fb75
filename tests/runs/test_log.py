"""The file of events: appended to, followed while it grows, readable after any death."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.runs.events import BatchEnded, Event, LogLine, RunFinished, dump
from cnnstudio.runs.log import EventLog, Follower, read
from cnnstudio.spec.errors import UserError


def batch(step: int) -> BatchEnded:
    return BatchEnded(epoch=1, step=step, loss=1.0, accuracy=0.5, learning_rate=0.1)


def say(text: str) -> LogLine:
    return LogLine(level="info", text=text)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "made" / "on the way" / "events.jsonl"
    events: list[Event] = [say("begin"), *map(batch, range(1, 50)), say("Ende: ü × 学")]
    with EventLog(path) as log:
        for event in events:
            log.write(event)
    assert list(read(path)) == events


def test_batches_are_gathered_and_everything_else_is_written_at_once(tmp_path: Path) -> None:
    rings: list[int] = []
    path = tmp_path / "events.jsonl"
    follower = Follower(path)
    log = EventLog(path, lambda: rings.append(len(follower.new())))
    log.write(say("one"))
    for step in range(1, 1001):
        log.write(batch(step))
    batches = len(rings) - 1
    log.write(say("two"))
    log.write(say("three"))
    log.close()
    log.close()
    assert sum(rings) == 1003
    assert rings[0] == 1
    assert batches < 1000
    assert rings[-2] == 1, "an event after another waits for nobody"


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.write(batch(1))
    log.write(batch(2))
    log.close()
    assert [e.step for e in read(path) if isinstance(e, BatchEnded)] == [1, 2]


@given(cut=st.integers(0, 400))
def test_a_torn_last_line_is_left_out(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    events: list[Event] = [say("first"), say("second"), say("third ü")]
    whole = "".join(dump(event) + "\n" for event in events).encode()
    path.write_bytes(whole[:cut])
    survivors = whole[:cut].count(b"\n")
    assert list(read(path)) == events[:survivors]


@given(cut=st.integers(1, 200))
def test_a_new_writer_does_not_continue_a_torn_line(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    line = (dump(say("torn")) + "\n").encode()
    path.write_bytes(line[: min(cut, len(line) - 2)])
    with EventLog(path) as log:
        log.write(say("whole"))
    torn, whole = read(path)
    assert isinstance(torn, LogLine)
    assert isinstance(whole, LogLine)
    assert torn.level == "warning"
    assert "Line 1" in torn.text
    assert whole.text == "whole"


@given(pieces=st.lists(st.integers(1, 80), max_size=30))
def test_a_follower_sees_each_event_once_however_the_bytes_come(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[int]
) -> None:
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    events: list[Event] = [say(f"ü {i}") for i in range(8)]
    rest = "".join(dump(event) + "\n" for event in events).encode()
    follower = Follower(path)
    seen = follower.new()
    for piece in [*pieces, len(rest)]:
        with path.open("ab") as stream:
            stream.write(rest[:piece])
        rest = rest[piece:]
        seen += follower.new()
    assert seen == events


def test_skipping_passes_over_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(dump(say("old")) + "\n" + dump(say("torn"))[:20], encoding="utf-8")
    follower = Follower(path)
    follower.skip()
    with EventLog(path) as log:
        log.write(say("new"))
    assert [e.text for e in follower.new() if isinstance(e, LogLine)] == ["new"]


def test_many_threads_may_write(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:

        def write() -> None:
            for step in range(1, 201):
                log.write(batch(step))

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.write(RunFinished(reason="completed", sentence="Done."))
    events = list(read(path))
    assert len(events) == 801
    assert isinstance(events[-1], RunFinished)


def test_there_is_nothing_in_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert list(read(tmp_path / "events.jsonl")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's always full device")
def test_a_full_disk_is_one_sentence() -> None:
    log = EventLog(Path("/dev/full"))
    with pytest.raises(UserError, match="the disk is full"):
        log.write(say("anything"))
    log.close()


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="could not be written"):
        EventLog(tmp_path / "file" / "events.jsonl")


def test_a_folder_in_the_way_of_reading_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could not be read"):
        Follower(tmp_path).new()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_forbidden_folder_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="may not write"):
        EventLog(tmp_path / "events.jsonl")
