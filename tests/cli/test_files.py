"""new, check, preview and runs: experiments made, judged, looked at and listed."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cnnstudio.cli.main import main
from cnnstudio.runs.events import EpochEnded, Scores, dump
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders
from tests.runs.tensorboard_reader import curves


def test_new_proposes_an_experiment_that_check_finds_sound(
    type_in: Any, images: Path, tmp_path: Path
) -> None:
    file = tmp_path / "made" / "pets.yaml"
    answer = type_in("new", file, "--images", images, "--template", "text", "--json")
    assert answer.code == 0
    # A folder called `images` says nothing, so the one above it gives the name.
    assert answer.result["experiment"]["name"] == images.parent.name
    assert answer.result["facts"]["class_names"] == ["blue", "red"]
    experiment = files.load(file)
    assert not any(o.kind == "RandomFlip" for o in experiment.augmentation.operations)
    assert Path(experiment.dataset.source.path) == images
    checked = type_in("check", file, "--json")
    assert checked.code == 0
    assert checked.result["problems"] == []
    assert "No problems" in checked.err


def test_new_keeps_an_existing_file_unless_told(type_in: Any, images: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("precious")
    assert type_in("new", file, "--images", images).code == 2
    assert file.read_text() == "precious"
    assert type_in("new", file, "--images", images, "--force").code == 0
    assert "cnnstudio: 1" in file.read_text()


def test_check_ends_with_1_on_problems_and_names_their_place(
    type_in: Any, experiment: Path
) -> None:
    answer = type_in("check", experiment, "--set", "model.layers.2.units=1", "--json")
    assert answer.code == 1
    (problem,) = answer.result["problems"]
    assert problem["path"] == "model.layers.2.units"
    assert problem["fix"] == [{"path": "model.layers.2.units", "value": 2}]
    assert problem["sentence"] in answer.err


def test_check_tells_doubts_with_evidence_and_remedy(type_in: Any, experiment: Path) -> None:
    answer = type_in("check", experiment, "--set", "training.optimizer.learning_rate=0.5")
    assert answer.code == 0
    assert "The learning rate is too high [O1, warning]" in answer.out
    assert "--set 'training.optimizer.learning_rate=" in answer.out
    machine = type_in(
        "check", experiment, "--set", "training.optimizer.learning_rate=0.5", "--json"
    )
    assert "O1" in [finding["cause"] for finding in machine.result["findings"]]


def test_a_printed_remedy_can_be_pasted_back(type_in: Any, experiment: Path) -> None:
    sick = ["--set", "training.optimizer.learning_rate=0.5"]
    out = type_in("check", experiment, *sick).out
    remedy = next(line for line in out.splitlines() if "--set 'training.optimizer" in line)
    pasted = remedy.strip().removeprefix("--set '").removesuffix("'")
    cured = type_in("check", experiment, *sick, "--set", pasted, "--json")
    assert "O1" not in [finding["cause"] for finding in cured.result["findings"]]


BAD = {
    "a missing file": (["check", "gone.yaml"], "no such experiment"),
    "a folder without an experiment": (["check", "."], "no experiment.yaml"),
    "an unknown field": (["check", "FILE", "--set", "training.epoch=3"], "did you mean “epochs”"),
    "a wrong type": (["check", "FILE", "--set", "training.epochs=many"], "must be a whole number"),
    "a place that is not there": (["check", "FILE", "--set", "model.layers.9.units=3"], "no “9”"),
    "no equals sign": (["check", "FILE", "--set", "training.epochs"], "--set takes"),
    "broken YAML": (["check", "FILE", "--set", "training.policies=[{"], "not valid YAML"),
    "missing images": (["new", "x.yaml", "--images", "gone"], "no folder “gone”"),
    "one class only": (["new", "x.yaml", "--images", "images/red"], "red"),
    "an empty folder": (["new", "x.yaml", "--images", "empty"], "no images"),
    "runs of a missing folder": (["runs", "gone"], "no such folder"),
    "export of a folder that is no run": (
        ["export", "images", "--format", "keras", "--out", "x"],
        "no run folder",
    ),
    "a preview that cannot be written": (
        ["preview", "FILE", "--out", "gone/x.png"],
        "cannot be written",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_plain_sentence_and_code_2(
    name: str,
    type_in: Any,
    experiment: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, expected = BAD[name]
    monkeypatch.chdir(experiment.parent)
    experiment = experiment.rename(experiment.with_name("other.yaml"))
    (experiment.parent / "empty").mkdir()
    answer = type_in(*(str(experiment) if word == "FILE" else word for word in words))
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert expected in answer.err
    assert answer.err.startswith("cnnstudio: ")
    assert len(answer.err.strip().splitlines()) <= 2


def test_set_reads_yaml_and_makes_typed_image_folders_absolute(
    type_in: Any, experiment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(experiment.parent)
    moved = experiment.parent / "moved"
    (experiment.parent / "images").rename(moved)
    answer = type_in("check", experiment, "--set", "dataset.source.path=moved", "--json")
    assert answer.code == 0, answer.err
    assert answer.result["facts"]["class_names"] == ["blue", "red"]


def test_preview_draws_a_row_for_each_class(type_in: Any, experiment: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    answer = type_in("preview", experiment, "--out", out, "--count", "3", "--json")
    assert answer.code == 0
    assert answer.result["draws"] == 3
    assert len(answer.result["images"]) == 2
    with Image.open(out) as picture:
        assert picture.format == "PNG"
        assert picture.width > 3 * 100


def test_preview_passes_over_an_unreadable_image(
    type_in: Any, experiment: Path, images: Path, tmp_path: Path
) -> None:
    for file in sorted((images / "red").iterdir())[:10]:
        file.write_bytes(b"no image")
    answer = type_in("preview", experiment, "--out", tmp_path / "sheet.png", "--json")
    assert answer.code == 0
    assert len(answer.result["images"]) == 2


def test_an_empty_project_has_no_runs(type_in: Any, tmp_path: Path) -> None:
    answer = type_in("runs", tmp_path, "--json")
    assert answer.code == 0
    assert answer.result == {"runs": []}


def test_the_curves_of_runs_are_written_for_tensorboard(type_in: Any, tmp_path: Path) -> None:
    source = ClassFolders(path=str(tmp_path))
    settings = Experiment(name="pets", dataset=Dataset(source=source))
    for number in (1, 2):
        folder = RunFolder.create(tmp_path / "runs", settings)
        scores = Scores(loss=0.5, accuracy=0.25 * number)
        ended = EpochEnded(
            epoch=1, step=9, seconds=1, images_per_second=9, training=scores, learning_rate=0.1
        )
        folder.events_file.write_text(f"{dump(ended)}\n", encoding="utf-8")
    out = tmp_path / "boards"
    answer = type_in("runs", tmp_path, "--tensorboard", out, "--json")
    assert answer.code == 0
    assert answer.result["tensorboard"] == [str(out / "0002-pets"), str(out / "0001-pets")]
    assert f'tensorboard --logdir "{out}"' in answer.err
    shown = curves(out)
    assert {run: shown[run]["epoch_accuracy"] for run in sorted(shown)} == {
        "0001-pets/train": ([1], [0.25]),
        "0002-pets/train": ([1], [0.5]),
    }
    (tmp_path / "runs" / "0001-pets" / "experiment.yaml").unlink()
    answer = type_in("runs", tmp_path, "--tensorboard", out, "--json")
    assert answer.code == 0
    assert answer.result["tensorboard"] == [str(out / "0002-pets")]
    assert "0001-pets: " in answer.err


def test_any_class_name_is_printed_whatever_the_encoding_of_the_output(
    type_in: Any, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (images / "red").rename(images / "猫")
    file = tmp_path / "cats.yaml"
    assert type_in("new", file, "--images", images).code == 0
    for more, written in (((), "cp1252"), (("--json",), "utf-8")):
        output = io.TextIOWrapper(io.BytesIO(), "cp1252", write_through=True)
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", output)
            assert main(["check", str(file), *more]) == 0
        output.seek(0)
        text = output.buffer.read().decode(written)
        assert ("猫" if more else r"\u732b") in text
