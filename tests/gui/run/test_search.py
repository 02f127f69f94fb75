"""What the program finds at its start: runs that go on without a window, and those cut off."""

from pathlib import Path

from cnnstudio.gui.run.search import Found, search
from cnnstudio.gui.run.watch import cut_runs, mark
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import files
from cnnstudio.worker.control import Serving
from tests.gui.runs import fake_folders
from tests.gui.training.fake_run import experiment


def project(place: Path) -> Path:
    place.mkdir(parents=True)
    file = place / "experiment.yaml"
    files.save(experiment(), file)
    return file


def cut(runs: Path) -> RunFolder:
    folder = fake_folders.write(runs, experiment(), 2, end=False)
    (folder.checkpoints / "last-1.npz").touch()
    return folder


def test_a_run_at_work_comes_before_one_that_was_cut(tmp_path: Path) -> None:
    first, second = project(tmp_path / "first"), project(tmp_path / "second")
    lost = cut(first.parent / "runs")
    live = cut(second.parent / "runs")
    with Serving(live.path, {}):
        found = search([first, second], tmp_path / "none")
    assert found == Found(live.path, True, second)
    assert search([first, second], tmp_path / "none") == Found(lost.path, False, first)


def test_a_run_of_an_experiment_without_a_file_is_opened_itself(tmp_path: Path) -> None:
    live = cut(tmp_path / "homes" / "pets" / "runs")
    (tmp_path / "homes" / "notes.txt").touch()
    with Serving(live.path, {}):
        assert search([], tmp_path / "homes") == Found(live.path, True, live.path)


def test_what_was_left_and_what_is_gone_is_not_found(tmp_path: Path) -> None:
    file = project(tmp_path / "pets")
    cut(file.parent / "runs")
    (run,) = cut_runs(file.parent / "runs")
    assert search([tmp_path / "gone" / "experiment.yaml"], tmp_path / "none") is None
    assert search([file], tmp_path / "none", [mark(run)]) is None
