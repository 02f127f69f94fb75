"""The intensity window beside the values that it is laid over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.dataset_form import DatasetForm
from cnnstudio.gui.document import Document
from cnnstudio.spec.experiment import Dataset, Experiment
from cnnstudio.spec.intensities import EightBit, FixedWindow, PercentileWindow
from cnnstudio.spec.sources import ClassFolders


@pytest.fixture
def form(document: Document, tmp_path: Path, qtbot: QtBot) -> DatasetForm:
    """The settings of twelve images with values from 100 to 1200, read by percentiles."""
    for kind in ("one", "two"):
        (tmp_path / kind).mkdir()
        for number in range(6):
            values = np.linspace(100, 1200, 400).reshape(20, 20).astype(np.uint16)
            Image.fromarray(values).save(tmp_path / kind / f"{number}.png")
    collection = Collection(document)
    made = DatasetForm(collection)
    qtbot.addWidget(made)
    document.changed.connect(made.set_experiment)
    document.index_changed.connect(collection.set_index)
    made.edited.connect(document.edit)
    source = ClassFolders(path=str(tmp_path))
    whole = PercentileWindow(low=0, high=100)
    document.new(Experiment(dataset=Dataset(source=source, intensity=whole, color="grayscale")))
    qtbot.waitUntil(lambda: made.window_view.stored is not None, timeout=20_000)
    made.resize(320, 900)
    made.show()
    return made


def intensity_of(document: Document) -> object:
    assert document.experiment is not None
    return document.experiment.dataset.intensity


def choose(form: DatasetForm, heading: str) -> None:
    box = next(b for b in form.findChildren(QComboBox) if b.accessibleName() == "Intensity")
    box.activated.emit(box.findText(heading))


def test_a_window_of_values_begins_with_the_ends_that_were_measured(
    form: DatasetForm, document: Document
) -> None:
    choose(form, "Window of values")
    assert intensity_of(document) == FixedWindow(low=100, high=1200)
    choose(form, "Window by percentiles")
    assert intensity_of(document) == PercentileWindow()


def test_an_end_is_dragged_to_another_value(
    form: DatasetForm, document: Document, qtbot: QtBot
) -> None:
    chart, left = form.window_view.chart, Qt.MouseButton.LeftButton
    assert chart.isVisible()
    y, right = chart.height() // 2, chart.width() - 4
    qtbot.mousePress(chart, left, pos=QPoint(right, y))
    qtbot.mouseMove(chart, QPoint(chart.width() // 2, y))
    qtbot.mouseRelease(chart, left, pos=QPoint(chart.width() // 2, y))
    window = intensity_of(document)
    assert isinstance(window, FixedWindow)
    assert window.low == 100
    assert window.high == pytest.approx(650, abs=10)
    # A click between the ends holds nothing.
    qtbot.mouseClick(chart, left, pos=QPoint(chart.width() // 4, y))
    assert intensity_of(document) == window


def test_images_read_as_they_are_have_no_window(form: DatasetForm, document: Document) -> None:
    document.edit("dataset.intensity", EightBit())
    assert form.window_view.isHidden()
