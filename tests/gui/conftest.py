"""Folders of tiny images and a document over them, for tests of the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from cnnstudio.gui.document import Document


@pytest.fixture(autouse=True)
def _collected_by_the_window_alone() -> Iterator[None]:
    """As in the program: a thread that reads files may not destroy Qt objects in a cycle."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Two classes of eight 20×24 colour images each."""
    root = tmp_path / "pets"
    dice = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (root / name).mkdir(parents=True)
        for number in range(8):
            pixels = dice.integers(0, 255, (20, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return root


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    """An empty document whose threads end with the test."""
    made = Document()
    yield made
    made.close()


@pytest.fixture
def opened(document: Document, image_folder: Path, qtbot: QtBot) -> Document:
    """A document with a new experiment over the image folder, facts known, nothing to undo."""
    from cnnstudio.gui.reading import FolderReading
    from cnnstudio.spec.defaults import propose

    with qtbot.waitSignal(document.proposed, timeout=20_000) as got:
        document.new_from_folder(image_folder)
    reading = got.args[0]
    assert isinstance(reading, FolderReading)
    document.new(propose("pets", reading.source, reading.facts, "photos"), reading)
    qtbot.waitUntil(lambda: not document.reading, timeout=20_000)
    return document
