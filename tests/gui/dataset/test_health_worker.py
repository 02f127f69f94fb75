"""The check runs beside the window, follows edits from what it knows, and can be cancelled."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.data.health.report import HealthReport
from cnnstudio.data.index import index
from cnnstudio.gui.dataset.health_worker import HealthWorker
from cnnstudio.spec.edits import Edits
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A hundred and twenty noisy pictures in two classes, and a blank one."""
    rng = np.random.default_rng(0)
    for number in range(120):
        path = tmp_path / "images" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).save(path)
    Image.new("RGB", (24, 24), (90, 90, 90)).save(tmp_path / "images/a/blank.png")
    return tmp_path / "images"


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[HealthWorker]:
    made = HealthWorker()
    yield made
    made.shutdown()


def experiment_of(root: Path, edits: Edits | None = None) -> Experiment:
    dataset = Dataset(source=ClassFolders(path=str(root)), edits=edits or Edits())
    return Experiment(dataset=dataset)


def checked(qtbot: QtBot, worker: HealthWorker, experiment: Experiment) -> HealthReport:
    with qtbot.waitSignal(worker.finished, timeout=20_000) as caught:
        worker.check(experiment, index(experiment.dataset))
    assert caught.args is not None
    report = caught.args[0]
    assert isinstance(report, HealthReport)
    return report


def test_a_check_tells_its_progress_and_its_findings(
    qtbot: QtBot, worker: HealthWorker, root: Path
) -> None:
    told: list[tuple[int, int]] = []
    busy: list[bool] = []
    worker.progressed.connect(lambda done, total: told.append((done, total)))
    worker.busy_changed.connect(busy.append)
    report = checked(qtbot, worker, experiment_of(root))
    assert [finding.keys for finding in report.findings] == [("a/blank.png",)]
    assert told[-1] == (121, 121)
    assert busy == [True, False]
    assert not worker.busy


def test_after_an_edit_the_files_are_not_opened_again(
    qtbot: QtBot, worker: HealthWorker, root: Path
) -> None:
    report = checked(qtbot, worker, experiment_of(root))
    fix = report.findings[0].edits
    assert fix is not None
    edited = experiment_of(root, fix.applied(Edits()))
    listed = index(edited.dataset)
    for path in sorted(root.rglob("*.png")):
        path.unlink()
    with qtbot.waitSignal(worker.finished, timeout=20_000) as caught:
        worker.check(edited, listed)
    assert caught.args is not None
    assert caught.args[0] == HealthReport((), 120)


def test_a_cancelled_check_says_nothing_more(
    qtbot: QtBot, worker: HealthWorker, root: Path
) -> None:
    experiment = experiment_of(root)
    worker.check(experiment, index(experiment.dataset))
    with qtbot.assertNotEmitted(worker.finished):
        worker.cancel()
        assert not worker.busy
        worker.shutdown()


def test_a_new_check_makes_the_former_silent(
    qtbot: QtBot, worker: HealthWorker, root: Path
) -> None:
    reports: list[HealthReport] = []
    worker.finished.connect(reports.append)
    first = experiment_of(root)
    worker.check(first, index(first.dataset))
    second = experiment_of(root, Edits().changed(["a/blank.png"], excluded=True))
    checked(qtbot, worker, second)
    worker.shutdown()
    assert reports == [HealthReport((), 120)]


def test_a_mistake_of_the_program_becomes_a_sentence(
    qtbot: QtBot, worker: HealthWorker, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("cnnstudio.data.health.check.examine", broken)
    experiment = experiment_of(root)
    with qtbot.waitSignal(worker.failed, timeout=20_000) as caught:
        worker.check(experiment, index(experiment.dataset))
    assert caught.args is not None
    error = caught.args[0]
    assert isinstance(error, UserError)
    assert "ZeroDivisionError" in error.details
