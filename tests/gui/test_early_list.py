"""Names and labels come first: one can look at the images while their sizes are still read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.data import facts
from cnnstudio.gui.document import Document
from cnnstudio.spec import files
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No header is read before the gate is open."""
    opened = threading.Event()
    headers = facts.headers

    def waiting(*given: Any) -> object:
        opened.wait(60)
        return headers(*given)

    monkeypatch.setattr(facts, "headers", waiting)
    yield opened
    opened.set()


@pytest.fixture
def file(image_folder: Path, tmp_path: Path) -> Path:
    """An experiment over the image folder."""
    made = Experiment(name="pets", dataset=Dataset(source=ClassFolders(path=str(image_folder))))
    files.save(made, tmp_path / "experiment.yaml")
    return tmp_path / "experiment.yaml"


def test_the_images_are_listed_before_their_sizes_are_known(
    qtbot: QtBot, document: Document, file: Path, gate: threading.Event
) -> None:
    told: list[object] = []
    document.index_changed.connect(told.append)
    document.open(file)
    qtbot.waitUntil(lambda: document.index is not None, timeout=20_000)
    assert document.facts is None
    assert document.reading
    early = document.index
    assert early is not None
    assert len(early.samples) == 16
    gate.set()
    qtbot.waitUntil(lambda: document.facts is not None, timeout=20_000)
    assert document.index is early
    assert told == [None, early, early]


def test_after_a_cancel_the_list_stays_and_the_sizes_are_unknown(
    qtbot: QtBot, document: Document, file: Path, gate: threading.Event
) -> None:
    document.open(file)
    qtbot.waitUntil(lambda: document.index is not None, timeout=20_000)
    document.cancel_reading()
    gate.set()
    assert not document.reading
    assert document.index is not None
    assert document.facts is None


def test_another_experiment_takes_the_list_away(
    qtbot: QtBot, document: Document, file: Path, gate: threading.Event, tmp_path: Path
) -> None:
    gone = Experiment(name="gone", dataset=Dataset(source=ClassFolders(path=str(tmp_path / "no"))))
    files.save(gone, tmp_path / "gone.yaml")
    document.open(file)
    qtbot.waitUntil(lambda: document.index is not None, timeout=20_000)
    document.open(tmp_path / "gone.yaml")
    assert document.index is None
    gate.set()
    qtbot.waitUntil(lambda: not document.reading, timeout=20_000)
    assert document.index is None
    assert document.problems


def test_files_that_cannot_be_read_take_the_early_list_back(
    qtbot: QtBot, document: Document, file: Path, image_folder: Path
) -> None:
    for path in image_folder.rglob("*.png"):
        path.write_bytes(b"nothing")
    told: list[object] = []
    document.index_changed.connect(told.append)
    document.open(file)
    qtbot.waitUntil(lambda: bool(document.problems) and not document.reading, timeout=20_000)
    assert document.index is None
    assert told[-1] is None
