"""What a person or the disk does while the images are checked: no crash, nothing stale."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cnnstudio.data.health import check as checking
from cnnstudio.data.health.report import HealthReport
from cnnstudio.gui.dataset.health_pane import HealthPane
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage
from cnnstudio.spec.edits import NO_EDITS
from tests.gui.threads import hear_out

COPY = "dog/a copy.png"


@pytest.fixture
def image_folder(image_folder: Path) -> Path:
    """The same picture in both classes, under other names."""
    shutil.copy(image_folder / "cat" / "0.png", image_folder / COPY)
    return image_folder


@pytest.fixture
def pane(page: StagePage) -> HealthPane:
    found = page.findChild(HealthPane)
    assert isinstance(found, HealthPane)
    return found


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No check measures anything before the gate is open."""
    opened = threading.Event()
    examine = checking.examine

    def waiting(*given: Any) -> object:
        opened.wait(60)
        return examine(*given)

    monkeypatch.setattr(checking, "examine", waiting)
    yield opened
    opened.set()


@pytest.fixture
def heard(pane: HealthPane) -> list[HealthReport | None]:
    """Every report that the pane has told of."""
    reports: list[HealthReport | None] = []
    pane.checked.connect(reports.append)
    return reports


def press(qtbot: QtBot, pane: HealthPane) -> None:
    qtbot.mouseClick(pane.check, Qt.MouseButton.LeftButton)


def listed(reports: list[HealthReport | None]) -> set[str]:
    """The images that any report has listed."""
    return {key for one in reports if one for finding in one.findings for key in finding.keys}


def test_an_edit_during_the_first_check_is_in_its_report(
    qtbot: QtBot,
    opened: Document,
    pane: HealthPane,
    gate: threading.Event,
    heard: list[HealthReport | None],
) -> None:
    press(qtbot, pane)
    opened.edit("dataset.edits", NO_EDITS.changed([COPY], excluded=True))
    qtbot.waitUntil(lambda: bool(opened.index and opened.index.excluded), timeout=20_000)
    gate.set()
    qtbot.waitUntil(lambda: pane.report is not None, timeout=60_000)
    assert COPY not in listed(heard)
    opened.undo_stack.undo()
    qtbot.waitUntil(lambda: COPY in listed(heard), timeout=60_000)


def test_a_folder_that_vanishes_during_the_check_is_told_of_as_such(
    qtbot: QtBot, pane: HealthPane, gate: threading.Event, image_folder: Path
) -> None:
    press(qtbot, pane)
    shutil.rmtree(image_folder)
    gate.set()
    qtbot.waitUntil(lambda: pane.report is not None, timeout=60_000)
    assert pane.report is not None
    (finding,) = (one for one in pane.report.findings if one.kind == "unreadable")
    assert len(finding.keys) == 17
    assert any("no longer there" in line for line in finding.evidence)


def test_cancelling_and_starting_again_at_once_ends_in_one_report(
    qtbot: QtBot, pane: HealthPane, heard: list[HealthReport | None]
) -> None:
    for _ in range(21):
        press(qtbot, pane)
    qtbot.waitUntil(lambda: pane.report is not None, timeout=60_000)
    hear_out(pane._worker)
    assert heard == [pane.report]


def test_other_images_during_the_check_silence_it(
    qtbot: QtBot,
    opened: Document,
    pane: HealthPane,
    gate: threading.Event,
    heard: list[HealthReport | None],
    tmp_path: Path,
) -> None:
    assert opened.experiment is not None
    other = tmp_path / "other"
    shutil.copytree(opened.experiment.dataset.source.path, other)
    press(qtbot, pane)
    opened.edit("dataset.source.path", str(other))
    gate.set()
    qtbot.waitUntil(lambda: not opened.reading and opened.index is not None, timeout=20_000)
    hear_out(pane._worker)
    assert heard == []
    assert pane.report is None


def test_a_pane_that_goes_during_the_check_takes_it_along(
    qtbot: QtBot, pane: HealthPane, gate: threading.Event, heard: list[HealthReport | None]
) -> None:
    press(qtbot, pane)
    worker = pane._worker
    # The thread has to be waited for by whoever destroys the pane.
    threading.Timer(0.05, gate.set).start()
    pane.deleteLater()
    qtbot.waitUntil(lambda: not isValid(pane), timeout=20_000)
    assert not worker.busy
    assert gate.is_set()
    hear_out(worker)
    assert heard == []
