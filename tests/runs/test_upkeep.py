"""Renaming and deleting touches runs of the project that are at rest, and nothing else."""

from pathlib import Path

import pytest

from cnnstudio.runs import upkeep
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders
from cnnstudio.worker.control import Serving


@pytest.fixture
def run(tmp_path: Path) -> Path:
    source = ClassFolders(path=str(tmp_path / "images"))
    experiment = Experiment(name="pets", dataset=Dataset(source=source))
    return RunFolder.create(tmp_path / "runs", experiment).path


def test_a_run_is_deleted_with_all_it_holds(run: Path) -> None:
    (run / "checkpoints" / "last-1.npz").touch()
    upkeep.remove(run, run.parent)
    assert not run.exists()
    assert run.parent.is_dir()


def test_a_new_name_keeps_the_number(run: Path) -> None:
    new = upkeep.rename(run, run.parent, "Größere Bilder!")
    assert new == run.with_name("0001-groere-bilder") or new.name.startswith("0001-gro")
    assert RunFolder(new).experiment().name == "pets"
    assert upkeep.rename(new, new.parent, new.name[5:]) == new


def test_a_taken_name_is_refused(run: Path) -> None:
    run.with_name("0001-birds").mkdir()
    with pytest.raises(UserError, match="already"):
        upkeep.rename(run, run.parent, "birds")
    assert run.is_dir()


@pytest.mark.parametrize("what", ["images", "runs", "runs/notes", "runs/0001-pets/checkpoints"])
def test_what_is_no_run_of_the_project_is_left_alone(run: Path, tmp_path: Path, what: str) -> None:
    place = tmp_path / what
    place.mkdir(exist_ok=True)
    with pytest.raises(UserError, match="not a run of this project"):
        upkeep.remove(place, run.parent)
    assert place.is_dir()


def test_a_way_around_is_no_run_of_the_project(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "others" / "runs"
    other.mkdir(parents=True)
    for path in (other / ".." / ".." / "runs" / run.name, run / "checkpoints" / "..", run / "."):
        if path == run:
            continue
        with pytest.raises(UserError, match="not a run of this project"):
            upkeep.remove(path, other)
    assert run.is_dir()


def test_a_link_is_left_alone_with_what_it_leads_to(run: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    run.rename(elsewhere)
    run.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(UserError, match="not a run of this project"):
        upkeep.remove(run, run.parent)
    assert (elsewhere / "experiment.yaml").is_file()


@pytest.mark.parametrize("job", [".", "diagnosis", "export"])
def test_a_run_at_work_is_left_alone(run: Path, job: str) -> None:
    (run / job).mkdir(exist_ok=True)
    with Serving(run / job, {}):
        with pytest.raises(UserError, match="still at work"):
            upkeep.remove(run, run.parent)
        with pytest.raises(UserError, match="still at work"):
            upkeep.rename(run, run.parent, "birds")
    assert run.is_dir()
