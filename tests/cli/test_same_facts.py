"""The window and the terminal say the same of the same images."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.cli.health import plain
from cnnstudio.data.health.report import HealthReport
from cnnstudio.gui.dataset.health_worker import HealthWorker
from cnnstudio.gui.document import Document
from cnnstudio.spec import files, patch
from cnnstudio.spec.edits import NO_EDITS
from cnnstudio.spec.facts import DatasetFacts


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    made = Document()
    yield made
    made.close()


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[HealthWorker]:
    made = HealthWorker()
    yield made
    made.shutdown()


@pytest.fixture
def faulty(experiment: Path, images: Path) -> Path:
    """The experiment with edits, over images of which some are broken, blank, doubled or cut."""
    (images / "red/7.png").write_bytes(b"nothing")
    whole = (images / "red/8.png").read_bytes()
    (images / "red/8.png").write_bytes(whole[: len(whole) // 2])
    Image.new("RGB", (16, 16), (90, 90, 90)).save(images / "blue/blank.png")
    shutil.copy(images / "red/9.png", images / "blue/a copy.png")
    edits = NO_EDITS.changed(["red/1.png", "blue/3.png"], excluded=True)
    edits = edits.changed(["red/4.png"], label="blue", add_tags=["odd"])
    edits = edits.changed(["blue/5.png"], split="test")
    files.save(patch.replace(files.load(experiment), "dataset.edits", edits), experiment)
    return experiment


def test_data_check_and_window_agree_on_facts_and_health(
    faulty: Path, type_in: Any, qtbot: QtBot, document: Document, worker: HealthWorker
) -> None:
    data = type_in("data", faulty, "--health", "--json").result
    check = type_in("check", faulty, "--json").result
    document.open(faulty)
    qtbot.waitUntil(lambda: document.facts is not None and not document.reading, timeout=20_000)
    facts, index, opened = document.facts, document.index, document.experiment
    assert isinstance(facts, DatasetFacts)
    assert index is not None
    assert opened is not None
    with qtbot.waitSignal(worker.finished, timeout=60_000) as caught:
        worker.check(opened, index)
    assert caught.args is not None
    report = caught.args[0]
    assert isinstance(report, HealthReport)
    for told in (data, check):
        assert told["facts"] == facts.model_dump(mode="json")
        assert told["health"] == json.loads(json.dumps(plain(report)))
        assert told["excluded"]["keys"] == [sample.key for sample in index.excluded]
    kinds = {finding["kind"] for finding in data["health"]["findings"]}
    assert kinds >= {"unreadable", "truncated", "blank", "conflicting"}
    assert [p["sentence"] for p in check["problems"]] == [p.sentence for p in document.problems]
