"""Sorting and filtering by what has to be read from the files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import Sample
from cnnstudio.gui.dataset.arranging import AT_ONCE, Arrangement, Arranger
from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.image_filter import ImageFilter, SizeRange
from cnnstudio.gui.dataset.image_order import ordered
from cnnstudio.gui.dataset.measures import Measure


def keys(samples: object) -> list[str]:
    return [sample.key for sample in samples]  # type: ignore[attr-defined]


def test_orders_put_equals_in_the_order_they_came_in_and_the_unknown_last() -> None:
    samples = [Sample(key, key, 0, "train") for key in ("a/10.png", "b/9.png", "c/1.png")]
    measures = {"a/10.png": Measure(9, 5.0, 10, 10), "b/9.png": Measure(9, 7.0, 20, 20)}
    assert keys(ordered(samples, "class", measures)) == keys(samples)
    assert keys(ordered(samples, "name", measures)) == ["c/1.png", "b/9.png", "a/10.png"]
    assert keys(ordered(samples, "largest", measures)) == ["b/9.png", "a/10.png", "c/1.png"]
    assert keys(ordered(samples, "smallest", measures)) == ["a/10.png", "b/9.png", "c/1.png"]
    assert keys(ordered(samples, "newest", measures)) == ["b/9.png", "a/10.png", "c/1.png"]
    assert keys(ordered(samples, "oldest", measures)) == ["a/10.png", "b/9.png", "c/1.png"]


def test_the_largest_image_comes_first_once_sizes_are_read(
    qtbot: QtBot, image_folder: Path, full_browser: DatasetBrowser
) -> None:
    large = image_folder / "dog" / "3.png"
    Image.fromarray(np.zeros((300, 200, 3), np.uint8)).save(large)
    full_browser.set_order("largest")
    qtbot.waitUntil(lambda: full_browser.grid.samples()[0].key == "dog/3.png", timeout=20_000)
    full_browser.set_filter(ImageFilter(size=SizeRange("", 128, 256)))
    assert keys(full_browser.grid.samples()) == ["dog/3.png"]


def test_the_newest_file_comes_first(
    qtbot: QtBot, image_folder: Path, full_browser: DatasetBrowser
) -> None:
    os.utime(image_folder / "cat" / "5.png", (4e9, 4e9))
    full_browser.set_order("newest")
    qtbot.waitUntil(lambda: full_browser.grid.samples()[0].key == "cat/5.png", timeout=20_000)


def test_a_file_that_vanished_has_no_size_and_breaks_nothing(
    qtbot: QtBot, image_folder: Path, full_browser: DatasetBrowser
) -> None:
    (image_folder / "cat" / "0.png").unlink()
    full_browser.set_order("smallest")
    qtbot.waitUntil(lambda: full_browser.grid.samples()[-1].key == "cat/0.png", timeout=20_000)


def test_very_many_images_are_arranged_beside_the_window(qtbot: QtBot) -> None:
    samples = tuple(Sample(f"a/{at}.png", "", 0, "train") for at in range(AT_ONCE + 1))
    parent = QWidget()
    qtbot.addWidget(parent)
    arranger = Arranger(parent)
    with qtbot.waitSignal(arranger.arranged, timeout=20_000) as got:
        arranger.arrange(Arrangement(samples, ("a",), ImageFilter(words="7.png"), "name"))
        arranger.arrange(Arrangement(samples, ("a",), ImageFilter(words="99.png"), "name"))
    assert got.args is not None
    assert all(key.endswith("99.png") for key in keys(got.args[1]))
    assert len(got.args[1]) == AT_ONCE // 100
