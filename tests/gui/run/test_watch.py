"""Which runs of a project were cut off, and which go on elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.gui.run.watch import RunWatch
from cnnstudio.runs.catalog import RunSummary
from cnnstudio.runs.events import NOBODY_LEFT, RunFinished
from cnnstudio.runs.log import EventLog
from cnnstudio.worker.control import Serving
from tests.gui.runs import fake_folders
from tests.gui.training.fake_run import experiment

LONG = 20_000


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[RunWatch]:
    made = RunWatch()
    yield made
    made.stop()


def cut(qtbot: QtBot, watch: RunWatch, folder: Path) -> tuple[RunSummary, ...]:
    told: list[tuple[RunSummary, ...]] = []
    watch.cut_found.connect(told.append)
    watch.set_folder(folder)
    assert told == [()], "what was cut elsewhere is forgotten at once"
    qtbot.waitUntil(lambda: len(told) == 2, timeout=LONG)
    return told[-1]


def test_only_runs_without_a_last_word_that_kept_a_checkpoint_are_cut(
    qtbot: QtBot, watch: RunWatch, tmp_path: Path
) -> None:
    done = fake_folders.write(tmp_path, experiment(), 2)
    lost = fake_folders.write(tmp_path, experiment(), 2, end=False)
    fake_folders.write(tmp_path, experiment(), 1, end=False)
    for folder in (done, lost):
        (folder.checkpoints / "last-1.npz").touch()
    (tmp_path / "notes.txt").touch()
    assert [run.name for run in cut(qtbot, watch, tmp_path)] == [lost.name]


def test_a_run_that_stopped_because_its_window_was_gone_is_cut_but_not_one_that_was_stopped(
    qtbot: QtBot, watch: RunWatch, tmp_path: Path
) -> None:
    for details in (NOBODY_LEFT, ""):
        folder = fake_folders.write(tmp_path, experiment(), 2, end=False)
        (folder.checkpoints / "last-1.npz").touch()
        with EventLog(folder.events_file) as log:
            log.write(RunFinished(reason="canceled", sentence="Stopped.", details=details))
    assert [run.name[:4] for run in cut(qtbot, watch, tmp_path)] == ["0001"]


def test_a_folder_that_is_not_there_holds_nothing(
    qtbot: QtBot, watch: RunWatch, tmp_path: Path
) -> None:
    assert cut(qtbot, watch, tmp_path / "none") == ()


def test_a_run_that_somebody_else_has_begun_is_found(
    qtbot: QtBot, watch: RunWatch, tmp_path: Path
) -> None:
    fake_folders.write(tmp_path, experiment(), 1)
    cut(qtbot, watch, tmp_path)
    running = fake_folders.write(tmp_path, experiment(), 1, end=False)
    (running.checkpoints / "last-1.npz").touch()
    with (
        Serving(running.path, {}),
        qtbot.waitSignal(watch.live_found, timeout=LONG) as told,
    ):
        pass
    assert told.args == [running]


def test_a_run_at_work_is_not_called_cut(qtbot: QtBot, watch: RunWatch, tmp_path: Path) -> None:
    running = fake_folders.write(tmp_path, experiment(), 1, end=False)
    (running.checkpoints / "last-1.npz").touch()
    with Serving(running.path, {}):
        assert cut(qtbot, watch, tmp_path) == ()
