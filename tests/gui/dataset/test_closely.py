"""Looking at one image closely: histogram, notes, every pixel in a window of its own."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.histogram import Histogram
from cnnstudio.gui.dataset.image_viewer import ImageViewer
from cnnstudio.gui.dataset.look import histogram, look_at
from cnnstudio.gui.document import Document
from cnnstudio.gui.stage import StagePage


def test_the_histogram_counts_every_pixel_of_every_channel() -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, :, 0] = 255
    counts = histogram(pixels)
    assert counts.shape == (3, 256)
    assert counts.sum() == 2 * 3 * 3
    assert counts[0, 255] == 3


def test_a_gray_image_has_one_curve() -> None:
    assert histogram(np.full((4, 4, 3), 7, np.uint8)).shape == (1, 256)
    assert histogram(np.full((4, 4, 1), 7, np.uint8)).shape == (1, 256)


def test_the_detail_shows_the_histogram_and_what_the_file_says(
    qtbot: QtBot, page: StagePage, opened: Document
) -> None:
    shown = page.findChild(Histogram)
    assert isinstance(shown, Histogram)
    qtbot.waitUntil(lambda: shown.counts is not None, timeout=20_000)
    assert shown.counts is not None
    assert shown.counts.sum() == 20 * 24 * 3
    assert opened.index is not None
    assert opened.experiment is not None
    found = look_at(opened.index.samples[0], opened.experiment.dataset)
    assert found.notes[:2] == ("PNG", "RGB")


def test_return_opens_every_pixel_and_arrows_go_to_the_neighbours(
    qtbot: QtBot, page: StagePage, full_browser: DatasetBrowser
) -> None:
    full_browser.grid.set_current(full_browser.grid.samples()[0])
    qtbot.keyClick(full_browser.grid, Qt.Key.Key_Return)
    viewer = page.findChild(ImageViewer)
    assert isinstance(viewer, ImageViewer)
    qtbot.waitUntil(lambda: viewer.image is not None, timeout=20_000)
    assert viewer.image is not None
    assert (viewer.image.width(), viewer.image.height()) == (24, 20)
    qtbot.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.windowTitle() == "1.png"
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()


def test_zooming_keeps_the_pixel_under_the_pointer(
    qtbot: QtBot, page: StagePage, full_browser: DatasetBrowser
) -> None:
    full_browser.looked_at.emit(full_browser.grid.samples()[0])
    viewer = page.findChild(ImageViewer)
    assert isinstance(viewer, ImageViewer)
    qtbot.waitUntil(lambda: viewer.image is not None, timeout=20_000)
    viewer.set_zoom(8.0)
    pointer, middle = QPointF(100, 90), QPointF(viewer.width() / 2, viewer.height() / 2)

    def under() -> QPointF:
        return viewer._middle + (pointer - middle) / viewer.zoom

    viewer._middle = QPointF(12, 10)
    before = under()
    viewer.set_zoom(7.0, pointer)
    assert (under() - before).manhattanLength() < 1e-6
    qtbot.keyClick(viewer, Qt.Key.Key_1)
    assert viewer.zoom == 1.0
    qtbot.keyClick(viewer, Qt.Key.Key_0)
    assert viewer.zoom > 10
