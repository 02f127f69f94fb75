"""The document: edits, undo, files, and reading images beside the window's thread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.files import load
from cnnstudio.spec.layers.regularization import Dropout
from cnnstudio.spec.patch import Change
from cnnstudio.spec.sources import ClassFolders


def experiment_of(document: Document) -> Experiment:
    assert document.experiment is not None
    return document.experiment


def test_an_edit_reaches_everybody_and_undo_takes_it_back(opened: Document) -> None:
    seen: list[int] = []
    opened.changed.connect(lambda experiment: seen.append(experiment.training.epochs))
    before = experiment_of(opened).training.epochs
    assert opened.edit("training.epochs", 7)
    opened.undo_stack.undo()
    opened.undo_stack.redo()
    assert seen == [7, before, 7]


def test_a_drag_over_many_values_is_one_undo_step(opened: Document) -> None:
    before = experiment_of(opened)
    for value in range(30, 60):
        opened.edit("training.epochs", value)
    assert opened.undo_stack.count() == 1
    opened.undo_stack.undo()
    assert opened.experiment == before


def test_a_drag_that_leads_back_leaves_no_undo_step(opened: Document) -> None:
    before = experiment_of(opened).training.epochs
    opened.edit("training.epochs", before + 1)
    opened.edit("training.epochs", before)
    assert opened.undo_stack.count() == 0


def test_two_added_layers_are_two_undo_steps(opened: Document) -> None:
    for _ in range(2):
        layers = experiment_of(opened).model.layers
        opened.edit("model.layers", (Dropout(), *layers))
    assert opened.undo_stack.count() == 2


def test_edits_of_different_fields_stay_apart(opened: Document) -> None:
    opened.edit("training.epochs", 7)
    opened.edit("dataset.batch_size", 7)
    opened.edit("training.epochs", 8)
    assert opened.undo_stack.count() == 3


def test_a_value_that_does_not_fit_is_refused_with_a_sentence(opened: Document) -> None:
    before = experiment_of(opened)
    refused: list[UserError] = []
    opened.refused.connect(refused.append)
    assert not opened.edit("training.epochs", 0)
    assert "training.epochs" in refused[0].sentence
    assert opened.experiment is before
    assert opened.undo_stack.count() == 0


def test_a_fix_of_several_changes_is_one_undo_step(opened: Document) -> None:
    before = experiment_of(opened)
    changes = (
        Change(path="training.epochs", value=3),
        Change(path="dataset.batch_size", value=4),
    )
    assert opened.apply(changes, "Use a short run")
    assert experiment_of(opened).dataset.batch_size == 4
    assert opened.undo_stack.undoText() == "Use a short run"
    opened.undo_stack.undo()
    assert opened.experiment == before


def test_a_new_experiment_is_unsaved_and_saving_makes_it_clean(
    opened: Document, tmp_path: Path
) -> None:
    assert opened.edited
    opened.save(tmp_path / "project" / "experiment.yaml")
    assert not opened.edited
    assert opened.home == tmp_path / "project"
    opened.edit("training.epochs", 7)
    assert opened.edited
    opened.undo_stack.undo()
    assert not opened.edited
    assert load(tmp_path / "project" / "experiment.yaml") == opened.experiment


def test_a_file_that_cannot_be_opened_leaves_the_table_as_it_was(
    opened: Document, tmp_path: Path
) -> None:
    before = opened.experiment
    with pytest.raises(UserError):
        opened.open(tmp_path / "missing.yaml")
    assert opened.experiment is before
    assert opened.facts is not None


def test_an_opened_file_reads_its_images(opened: Document, tmp_path: Path, qtbot: QtBot) -> None:
    opened.save(tmp_path / "experiment.yaml")
    other = Document()
    with qtbot.waitSignal(
        other.facts_changed, timeout=20_000, check_params_cb=lambda facts: facts is not None
    ):
        other.open(tmp_path / "experiment.yaml")
    assert other.facts is not None
    assert other.facts.class_names == ("cat", "dog")
    assert not other.edited
    other.close()


def test_a_new_split_deals_the_images_anew(opened: Document, qtbot: QtBot) -> None:
    assert opened.facts is not None
    before = opened.facts.images("validation")
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.edit("dataset.split.validation", 0.5)
    assert opened.facts.images("validation") > before
    assert opened.facts.images() == 16


def test_edits_reach_list_and_facts_without_reading_a_file(
    opened: Document, image_folder: Path, qtbot: QtBot
) -> None:
    for path in image_folder.rglob("*.png"):
        path.unlink()
    edits = NO_EDITS.changed(["cat/0.png", "cat/1.png"], excluded=True)
    edits = edits.changed(["dog/0.png"], label="wolf")
    with qtbot.waitSignal(opened.moved, timeout=20_000) as got:
        opened.edit("dataset.edits", edits, "Tidy up")
    assert got.args[0].sentence.startswith("2 images are excluded, 1 has")
    assert opened.facts is not None
    assert opened.index is not None
    assert opened.facts.class_names == ("cat", "dog", "wolf")
    assert (opened.facts.class_count("cat"), opened.facts.class_count("dog")) == (6, 7)
    assert [sample.key for sample in opened.index.excluded] == ["cat/0.png", "cat/1.png"]
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.undo_stack.undo()
    assert (opened.facts.images(), opened.index.excluded) == (16, ())


def test_edits_are_saved_beside_the_experiment_and_opened_again(
    opened: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    edits = NO_EDITS.changed(["cat/0.png"], excluded=True, add_tags=["dark"])
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.edit("dataset.edits", edits)
    opened.save(tmp_path / "experiment.yaml")
    assert (tmp_path / "edits.csv").is_file()
    other = Document()
    with qtbot.waitSignal(other.index_changed, timeout=20_000, check_params_cb=bool):
        other.open(tmp_path / "experiment.yaml")
    assert experiment_of(other).dataset.edits == edits
    assert other.index is not None
    assert [sample.tags for sample in other.index.excluded] == [("dark",)]
    other.close()


def test_edits_that_leave_one_class_are_a_problem_and_undo_solves_it(
    opened: Document, qtbot: QtBot
) -> None:
    before = opened.problems
    edits = NO_EDITS.changed([f"cat/{n}.png" for n in range(8)], excluded=True)
    with qtbot.waitSignal(opened.problems_changed, timeout=20_000):
        opened.edit("dataset.edits", edits)
    assert opened.problems[0].path == "dataset.edits"
    assert "only the class “dog”" in opened.problems[0].sentence
    with qtbot.waitSignal(opened.problems_changed, timeout=20_000):
        opened.undo_stack.undo()
    assert opened.problems == before


def test_another_seed_tells_which_images_moved(opened: Document, qtbot: QtBot) -> None:
    assert opened.index is not None
    before = {sample.key: sample.split for sample in opened.index.samples}
    with qtbot.waitSignal(opened.moved, timeout=20_000) as got:
        opened.edit("dataset.split.seed", 5)
    after = {sample.key: sample.split for sample in opened.index.samples}
    assert {move.key for move in got.args[0].moved} == {k for k in after if after[k] != before[k]}


def test_a_missing_folder_is_a_problem_of_the_source(
    opened: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    opened.edit("dataset.source", {"kind": "class_folders", "path": str(tmp_path / "gone")})
    opened.save(tmp_path / "experiment.yaml")
    other = Document()
    with qtbot.waitSignal(other.problems_changed, timeout=20_000):
        other.open(tmp_path / "experiment.yaml")
    assert other.problems[0].path == "dataset.source"
    other.close()
    opened.close()


def test_a_folder_without_images_says_what_to_do(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(document.failed, timeout=20_000) as got:
        document.new_from_folder(tmp_path)
    assert "no images" in got.args[0].sentence
    assert document.experiment is None


def test_problems_follow_the_experiment(opened: Document) -> None:
    assert not opened.problems
    opened.edit("model.layers", ())
    assert "model.layers" in {problem.path for problem in opened.problems}
    opened.undo_stack.undo()
    assert not opened.problems


def test_an_unsaved_project_has_a_home_among_the_documents(opened: Document) -> None:
    assert opened.home.name == "pets"
    assert opened.home.parent.name == "CNN Studio"


def test_a_new_folder_silences_the_one_before(
    document: Document, image_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    heard: list[object] = []
    document.failed.connect(heard.append)
    with qtbot.waitSignal(document.proposed, timeout=20_000):
        document.new_from_folder(tmp_path / "nothing")
        document.new_from_folder(image_folder)
    assert heard == []


def test_an_edit_after_an_undo_is_a_step_of_its_own(opened: Document) -> None:
    opened.edit("training.epochs", 20)
    opened.edit("dataset.batch_size", 8)
    opened.edit("training.epochs", 30)
    opened.undo_stack.undo()
    opened.undo_stack.undo()
    opened.edit("training.epochs", 40)
    opened.undo_stack.undo()
    assert experiment_of(opened).training.epochs == 20


def test_a_source_that_is_gone_takes_its_facts_along(
    opened: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = {"kind": "class_folders", "path": str(tmp_path / "gone")}
    with qtbot.waitSignal(opened.problems_changed, timeout=20_000):
        opened.edit("dataset.source", gone)
    assert opened.problems[0].path == "dataset.source"
    assert opened.facts is None
    with qtbot.waitSignal(
        opened.facts_changed, timeout=20_000, check_params_cb=lambda facts: facts is not None
    ):
        opened.undo_stack.undo()
    assert not opened.problems


@pytest.mark.parametrize("way", ["failed", "canceled"])
def test_a_folder_that_comes_to_nothing_leaves_the_images_of_the_experiment(
    opened: Document, tmp_path: Path, qtbot: QtBot, way: str
) -> None:
    opened.save(tmp_path / "experiment.yaml")
    other = Document()
    other.open(tmp_path / "experiment.yaml")
    with qtbot.waitSignal(
        other.facts_changed, timeout=20_000, check_params_cb=lambda facts: facts is not None
    ):
        (tmp_path / "empty").mkdir()
        other.new_from_folder(tmp_path / "empty")
        if way == "canceled":
            other.cancel_reading()
    other.close()


def test_deep_images_read_as_8_bit_are_one_click_from_a_window(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    for kind in ("one", "two"):
        (tmp_path / kind).mkdir()
        for number in range(4):
            values = np.full((8, 8), 1000 * number, np.uint16)
            Image.fromarray(values).save(tmp_path / kind / f"{number}.png")
    source = ClassFolders(path=str(tmp_path))
    document.new(Experiment(dataset=Dataset(source=source)))
    qtbot.waitUntil(lambda: not document.reading, timeout=20_000)
    problem = document.problems[0]
    assert problem.path == "dataset.intensity"
    assert "more than 8 bits" in problem.sentence
    assert problem.fix_label == "Measure a window"
    document.apply(problem.fix, problem.fix_label)
    qtbot.waitUntil(lambda: document.facts is not None, timeout=20_000)
    assert "dataset.intensity" not in {problem.path for problem in document.problems}
