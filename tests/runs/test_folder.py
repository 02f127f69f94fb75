"""A run is a numbered folder that holds its frozen experiment."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.runs.folder import RunFolder, slug
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Experiment


def test_folders_are_numbered_and_named_after_the_experiment(
    tmp_path: Path, experiment: Experiment
) -> None:
    home = tmp_path / "runs"
    assert RunFolder.create(home, experiment).name == "0001-pets-grundlinie-u"
    (home / "0041-older").mkdir()
    (home / "notes").mkdir()
    assert RunFolder.create(home, experiment).name == "0042-pets-grundlinie-u"


def test_the_experiment_is_frozen_in_the_folder(tmp_path: Path, experiment: Experiment) -> None:
    folder = RunFolder.create(tmp_path / "runs", experiment)
    assert folder.experiment() == experiment
    assert folder.checkpoints.is_dir()
    assert list(folder.events()) == []
    assert folder.labels() == ()


def test_two_at_once_get_two_folders(tmp_path: Path, experiment: Experiment) -> None:
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.append(RunFolder.create(tmp_path, experiment).path))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8


def test_labels_and_environment_are_written_whole(tmp_path: Path, experiment: Experiment) -> None:
    folder = RunFolder.create(tmp_path, experiment)
    folder.write_labels(["cat", "großer Hund", "two\nlines"])
    assert folder.labels() == ("cat", "großer Hund", "two lines")
    folder.write_environment({"python": "3.11", "device": "CPU"})
    assert '"device": "CPU"' in folder.environment_file.read_text(encoding="utf-8")
    assert not [p for p in folder.path.iterdir() if p.name.startswith(".")]


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path, experiment: Experiment) -> None:
    (tmp_path / "runs").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="could not be written") as error:
        RunFolder.create(tmp_path / "runs", experiment)
    assert error.value.place == str(tmp_path / "runs")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")
def test_a_place_where_no_folder_can_be_made_is_one_sentence(experiment: Experiment) -> None:
    with pytest.raises(UserError, match="could not be written"):
        RunFolder.create(Path("/proc/self/runs"), experiment)


def test_a_folder_that_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run folder"):
        RunFolder(tmp_path).experiment()


@given(st.text())
def test_a_slug_is_a_safe_name_on_every_system(name: str) -> None:
    made = slug(name)
    assert 1 <= len(made) <= 40
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not made.startswith("-")
    assert not made.endswith("-")
