"""The Export stage asks for an export, and shows what the check of it found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from cnnstudio.gui.export.export_results import size_words
from cnnstudio.gui.export.targets import TARGETS, proposed_path, snippet
from cnnstudio.gui.run.store import RunView
from cnnstudio.gui.stages.export_stage import ExportStage
from cnnstudio.gui.theme import DARK
from cnnstudio.runs.events import ExportFinished, PhaseChanged, RunFinished
from cnnstudio.runs.folder import RunFolder
from cnnstudio.spec import patch
from cnnstudio.spec.intensities import FixedWindow
from tests.gui.pages import built
from tests.gui.training import fake_run


@pytest.fixture
def page(qtbot: QtBot) -> ExportStage:
    made = built(ExportStage())
    qtbot.addWidget(made)
    made.set_experiment(fake_run.experiment())
    made.set_theme(DARK)
    made.resize(1440, 724)
    made.show()
    return made


@pytest.fixture
def trained(tmp_path: Path) -> RunView:
    folder = RunFolder.create(tmp_path / "runs", fake_run.experiment())
    return RunView(folder, fake_run.experiment(), fake_run.history(3, end=True))


def exported(path: Path, **changes: object) -> ExportFinished:
    return ExportFinished.model_validate(
        {
            "path": str(path),
            "format": "savedmodel",
            "size_bytes": 1_430_000,
            "largest_difference": 1.2e-6,
            "images_compared": 200,
            "agreement": 1.0,
            "seconds": 14.2,
            "sentence": "Checked in a fresh process: 200 validation images.",
            **changes,
        }
    )


def test_without_a_model_the_page_asks_to_train_first(page: ExportStage, qtbot: QtBot) -> None:
    page.set_view(RunView(None))
    assert not page.panel.start.isEnabled()
    assert page.panel.reason.text().startswith("Train first")
    with qtbot.assertNotEmitted(page.export_requested):
        page.request()
    with qtbot.waitSignal(page.train_requested, timeout=5_000):
        page.panel.train.click()


def test_a_run_without_a_checkpoint_has_no_model_yet(page: ExportStage, tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", fake_run.experiment())
    page.set_view(RunView(folder))
    assert not page.panel.start.isEnabled()


def test_a_trained_run_is_exported_beside_its_project(
    page: ExportStage, trained: RunView, tmp_path: Path, qtbot: QtBot
) -> None:
    page.set_view(trained)
    with qtbot.waitSignal(page.export_requested, timeout=5_000) as told:
        page.panel.start.click()
    place = tmp_path / "exports" / "0001-pets-baseline" / "savedmodel"
    assert told.args == ["savedmodel", place]
    page.panel.targets[1].click()
    with qtbot.waitSignal(page.export_requested, timeout=5_000) as told:
        page.request()
    assert told.args == ["keras", place.parent / "model.keras"]


def test_a_place_that_a_person_typed_stays(
    page: ExportStage, trained: RunView, qtbot: QtBot
) -> None:
    page.set_view(trained)
    page.panel.place.selectAll()
    qtbot.keyClicks(page.panel.place, "/models/pets")
    page.panel.targets[1].click()
    page.set_view(trained)
    assert page.panel.place.text() == "/models/pets"
    page.panel.place.selectAll()
    qtbot.keyClick(page.panel.place, "\b")
    assert not page.panel.start.isEnabled()
    assert "where" in page.panel.reason.text()


def test_while_another_job_runs_the_button_says_why_not(
    page: ExportStage, trained: RunView
) -> None:
    page.set_view(trained)
    page.set_busy("0002-pets is being trained.")
    assert not page.panel.start.isEnabled()
    assert page.panel.reason.text() == "0002-pets is being trained."
    page.set_busy("")
    assert page.panel.start.isEnabled()


def test_a_running_export_shows_its_phase(page: ExportStage, trained: RunView) -> None:
    trained.export_phase = PhaseChanged(phase="checking", done=40, total=200)
    page.set_view(trained)
    assert page.panel.phase.text() == "Comparing in a fresh process · 40 of 200"
    assert page.panel.progress.value() == 40
    trained.export_finished = RunFinished(reason="completed", sentence="Done.")
    page.set_view(trained)
    assert page.panel.progress.isHidden()


def test_the_check_is_shown_with_code_that_uses_the_model(
    page: ExportStage, trained: RunView, tmp_path: Path
) -> None:
    place = tmp_path / "exports" / "pets"
    trained.exported = exported(place)
    page.set_view(trained)
    assert page.results.number("Size") == "1.4 MB"
    assert page.results.number("Largest difference") == "0.0000012"
    assert page.results.number("Same answer") == "100 %"
    assert page.results.place.text() == str(place)
    page.results.copy.click()
    assert QGuiApplication.clipboard().text() == snippet("savedmodel", place, fake_run.experiment())


def test_an_export_that_could_not_be_compared_does_not_claim_to_be(
    page: ExportStage, trained: RunView, tmp_path: Path
) -> None:
    trained.exported = exported(tmp_path, images_compared=0, agreement=0.0)
    page.set_view(trained)
    assert page.results.number("Largest difference") == "–"
    assert page.results.number("Same answer") == "–"


def test_a_failed_export_says_why_and_shows_no_numbers(page: ExportStage, trained: RunView) -> None:
    trained.export_finished = RunFinished(reason="errored", sentence="The disk is full.")
    page.set_view(trained)
    assert page.results.message.isVisible()
    assert page.results.message.text() == "The disk is full. Nothing was exported."


def test_numbers_stand_in_one_row_where_there_is_room(
    page: ExportStage, trained: RunView, tmp_path: Path, qtbot: QtBot
) -> None:
    trained.exported = exported(tmp_path)
    page.set_view(trained)
    qtbot.waitUntil(lambda: page.results.width() > 900, timeout=5_000)
    tops = {label.y() for label in page.results.numbers.values()}
    assert len(tops) == 1


@pytest.mark.parametrize("format", [target.format for target in TARGETS])
@pytest.mark.parametrize("color", ["rgb", "grayscale"])
def test_the_piece_of_code_is_python_and_short(format: str, color: str, tmp_path: Path) -> None:
    experiment = patch.replace(fake_run.experiment(), "dataset.color", color)
    code = snippet(format, proposed_path(tmp_path / "runs" / "0001", format), experiment)
    compile(code, "snippet", "exec")
    assert len(code.splitlines()) == 6
    assert ('convert("L")' in code) == (color == "grayscale")


@pytest.mark.parametrize(
    ("size", "words"), [(300, "1 KB"), (340_000, "340 KB"), (1_430_000, "1.4 MB")]
)
def test_sizes_are_told_in_round_words(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize("format", [target.format for target in TARGETS])
def test_the_lines_for_stored_values_read_them_whole(format: str) -> None:
    experiment = patch.replace(fake_run.experiment(), "dataset.intensity", FixedWindow())
    code = snippet(format, Path("model"), experiment)
    compile(code, "snippet", "exec")
    assert "tifffile.imread" in code
    assert "PIL" not in code
