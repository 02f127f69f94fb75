"""Augmentation in the terminal: taken from a preset, a call or a script, and printed as code."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.spec import files
from cnnstudio.spec.presets import presets

CALL = "ImageDataGenerator(rotation_range=20, shear_range=0.2, rescale=1./255)"


def operations(answer: Any) -> list[str]:
    return [one["kind"] for one in answer.result["experiment"]["augmentation"]["operations"]]


def test_a_call_becomes_the_augmentation_and_its_traps_are_told(
    type_in: Any, images: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.yaml"
    answer = type_in("new", file, "--images", images, "--augmentation", CALL, "--json")
    assert answer.code == 0, answer.err
    assert operations(answer) == ["RandomRotation", "RandomShear"]
    assert "Note: shear_range=0.2 is 0.2 degrees" in answer.err
    assert any("0.2 degrees" in note for note in answer.result["notes"])
    assert files.load(file).augmentation.operations[0].model_dump()["degrees"] == 20


def test_a_script_and_a_notebook_are_read_like_a_call(
    type_in: Any, images: Path, tmp_path: Path
) -> None:
    script, notebook = tmp_path / "train.py", tmp_path / "train.ipynb"
    script.write_text(f"import x\ntraining = x.{CALL}\n", encoding="utf-8")
    cells = [
        {"source": ["# Title"]},
        {"source": ["%matplotlib inline\n", "!pip list\n", f"training = {CALL}"]},
    ]
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    for number, what in enumerate((script, notebook)):
        file = tmp_path / f"{number}.yaml"
        answer = type_in("new", file, "--images", images, "--augmentation", what, "--json")
        assert answer.code == 0, answer.err
        assert operations(answer) == ["RandomRotation", "RandomShear"]


def test_every_preset_is_taken_by_its_name(type_in: Any, images: Path, tmp_path: Path) -> None:
    for preset in presets():
        name = preset.name.lower().replace(" ", "-")
        file = tmp_path / f"{name}.yaml"
        answer = type_in("new", file, "--images", images, "--augmentation", name, "--json")
        assert answer.code == 0, answer.err
        assert operations(answer) == [one.kind for one in preset.augmentation.operations]


@pytest.mark.parametrize(
    ("what", "sentence", "place"),
    [
        ("clasic", "The presets are none,", "--augmentation"),
        ("ImageDataGenerator(rotation_rage=3)", "Did you mean rotation_range?", "line 1"),
        ("broken.py", "no complete Python", "broken.py, line 2"),
        ("empty.ipynb", "cannot be read as a program", "empty.ipynb"),
    ],
)
def test_what_is_no_augmentation_is_refused_in_a_sentence(
    type_in: Any, images: Path, tmp_path: Path, what: str, sentence: str, place: str
) -> None:
    (tmp_path / "broken.py").write_text("x = 1\nImageDataGenerator(", encoding="utf-8")
    (tmp_path / "empty.ipynb").write_text("[]", encoding="utf-8")
    if "." in what and "(" not in what:
        what = str(tmp_path / what)
    file = tmp_path / "new.yaml"
    answer = type_in("new", file, "--images", images, "--augmentation", what)
    assert answer.code == 2
    assert sentence in answer.err
    assert place in answer.err
    assert not file.exists()


@pytest.mark.parametrize(
    ("form", "piece", "note"),
    [
        ("keras", "layers.RandomRotation(10 / 360", "Contrast: "),
        ("generator", "rotation_range=10", "There is nothing like Contrast"),
    ],
)
def test_preview_prints_code_and_says_what_differs(
    type_in: Any, experiment: Path, form: str, piece: str, note: str
) -> None:
    answer = type_in("preview", experiment, "--code", form)
    assert answer.code == 0, answer.err
    assert piece in answer.out
    compile(answer.out, "code", "exec")
    assert f"Note: {note}" in answer.err
    in_json = type_in("preview", experiment, "--code", form, "--json")
    assert in_json.result["code"].strip() == answer.out.strip()
    assert any(said.startswith(note) for said in in_json.result["notes"])
    assert in_json.err == ""


def test_printed_code_can_be_read_again(
    type_in: Any, experiment: Path, images: Path, tmp_path: Path
) -> None:
    printed = type_in(
        "preview", experiment, "--code", "generator", "--set", "augmentation.fill_mode=reflect"
    )
    script, file = tmp_path / "generator.py", tmp_path / "again.yaml"
    script.write_text(printed.out, encoding="utf-8")
    assert type_in("new", file, "--images", images, "--augmentation", script).code == 0
    assert files.load(file).augmentation.fill_mode == "reflect"


def test_preview_wants_to_know_what_to_make(type_in: Any, experiment: Path) -> None:
    answer = type_in("preview", experiment)
    assert answer.code == 2
    assert "--out" in answer.err
    assert "--code" in answer.err
