"""One piece of work at a time: the latest is heard, the others end in silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.data.stopping import Stopped
from cnnstudio.gui.background import Background, Progress, Stop
from cnnstudio.spec.errors import UserError
from tests.gui.threads import hear_out


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    made.shutdown()


def same(number: int, progress: Progress, stop: Stop) -> object:
    """Work that gives back its number."""
    return number


class Patient:
    """Work that goes on until it is asked to stop, and tells that it has begun and ended."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()

    def __call__(self, progress: Progress, stop: Stop) -> object:
        self.begun.set()
        while not stop():
            progress(1, 2)
        self.ended.set()
        raise Stopped


def test_work_tells_its_progress_and_its_result(qtbot: QtBot, background: Background) -> None:
    told: list[tuple[int, int]] = []
    busy: list[bool] = []
    background.progressed.connect(lambda done, total: told.append((done, total)))
    background.busy_changed.connect(busy.append)

    def work(progress: Progress, stop: Stop) -> object:
        for done in range(1001):
            progress(done, 1000)
        return "result"

    with qtbot.waitSignal(background.finished) as caught:
        background.start(work)
    assert caught.args == ["result"]
    assert len(told) == 101
    assert busy == [True, False]


def test_a_hundred_restarts_are_answered_once_by_the_last(
    qtbot: QtBot, background: Background
) -> None:
    heard: list[object] = []
    background.finished.connect(heard.append)
    for number in range(100):
        background.start(partial(same, number))
        if number % 3 == 0:
            background.cancel()
    with qtbot.waitSignal(background.finished):
        background.start(lambda progress, stop: "last")
    hear_out(background)
    assert heard == ["last"]


def test_what_was_finished_but_not_yet_heard_is_silent_after_a_cancel(
    background: Background,
) -> None:
    heard: list[object] = []
    background.finished.connect(heard.append)
    background.start(partial(same, 1))
    thread = background._thread
    assert thread is not None
    assert thread.wait(10_000)
    background.cancel()
    hear_out(background)
    assert heard == []


def test_the_end_of_the_program_waits_for_the_work_and_tells_nobody(
    qtbot: QtBot, background: Background
) -> None:
    work = Patient()
    background.start(work)
    assert work.begun.wait(10)
    with qtbot.assertNotEmitted(background.busy_changed):
        background.shutdown()
    assert work.ended.is_set()
    background.start(work)
    assert not background.busy


def test_a_sentence_for_people_passes_and_any_other_error_becomes_one(
    qtbot: QtBot, background: Background
) -> None:
    def refused(progress: Progress, stop: Stop) -> object:
        raise UserError("The folder is empty.")

    def broken(progress: Progress, stop: Stop) -> object:
        raise ZeroDivisionError

    for work, sentence, details in (
        (refused, "The folder is empty.", ""),
        (broken, background.mistake, "ZeroDivisionError"),
    ):
        with qtbot.waitSignal(background.failed) as caught:
            background.start(work)
        assert caught.args is not None
        assert caught.args[0].sentence == sentence
        assert details in caught.args[0].details
