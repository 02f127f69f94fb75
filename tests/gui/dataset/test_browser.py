"""The dataset browser: what it shows, what it filters, what a person can choose."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from cnnstudio.data.index import ImageIndex, Sample
from cnnstudio.gui.dataset.browser import LEFT_OUT, DatasetBrowser
from cnnstudio.gui.dataset.chips import Chips
from cnnstudio.gui.dataset.collection import Collection
from cnnstudio.gui.dataset.image_filter import ImageFilter
from cnnstudio.gui.dataset.unreadable_list import UnreadableList
from cnnstudio.gui.document import Document
from cnnstudio.spec.experiment import Split
from cnnstudio.spec.facts import Unreadable


@pytest.fixture
def collection(opened: Document) -> Collection:
    made = Collection(opened)
    made.set_index(opened.index)
    return made


@pytest.fixture
def browser(qtbot: QtBot, collection: Collection, opened: Document) -> DatasetBrowser:
    made = DatasetBrowser(collection, compact=True)
    qtbot.addWidget(made)
    made.set_facts(opened.facts)
    made.resize(300, 400)
    made.show()
    return made


def shown(browser: DatasetBrowser) -> list[str]:
    return [sample.key for sample in browser.grid.samples()]


def press_chip(qtbot: QtBot, browser: DatasetBrowser, row: int, name: str) -> None:
    chips = browser.findChildren(Chips)[row]
    qtbot.mouseClick(chips.chip(name), Qt.MouseButton.LeftButton)


def test_every_image_is_there_in_natural_order(browser: DatasetBrowser) -> None:
    keys = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(8)]
    assert shown(browser) == keys


def test_a_class_chip_filters_and_a_second_press_shows_all(
    qtbot: QtBot, browser: DatasetBrowser
) -> None:
    press_chip(qtbot, browser, 0, "dog")
    assert all(key.startswith("dog/") for key in shown(browser))
    assert len(shown(browser)) == 8
    press_chip(qtbot, browser, 0, "dog")
    assert len(shown(browser)) == 16


def test_many_classes_stand_in_a_list(
    qtbot: QtBot, browser: DatasetBrowser, collection: Collection
) -> None:
    names = tuple(f"class {number}" for number in range(9))
    samples = tuple(Sample(f"{name}/0.png", "0.png", at, "train") for at, name in enumerate(names))
    collection.set_index(ImageIndex(names, samples))
    combo = browser.findChild(QComboBox, "classes")
    assert isinstance(combo, QComboBox)
    assert combo.isVisible()
    combo.activated.emit(combo.findData("class 4"))
    assert shown(browser) == ["class 4/0.png"]
    combo.activated.emit(0)
    assert len(shown(browser)) == 9


def test_two_classes_together_show_both(qtbot: QtBot, browser: DatasetBrowser) -> None:
    press_chip(qtbot, browser, 0, "dog")
    press_chip(qtbot, browser, 0, "cat")
    assert len(shown(browser)) == 16


def test_a_part_chip_shows_that_part(qtbot: QtBot, browser: DatasetBrowser) -> None:
    press_chip(qtbot, browser, 1, "validation")
    assert len(shown(browser)) == 4
    assert {sample.split for sample in browser.grid.samples()} == {"validation"}


def test_typing_filters_by_every_word(qtbot: QtBot, browser: DatasetBrowser) -> None:
    line = browser.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    qtbot.keyClicks(line, "cat 3")
    qtbot.waitUntil(lambda: shown(browser) == ["cat/3.png"], timeout=20_000)
    line.clear()
    assert len(shown(browser)) == 16


def test_a_filter_without_result_offers_the_way_back(browser: DatasetBrowser) -> None:
    browser.set_filter(ImageFilter(words="zebra"))
    assert not browser.grid.isVisible()
    browser._nothing.clear.click()
    assert browser.grid.isVisible()
    assert browser.image_filter.is_open


def test_arrow_keys_choose_and_tell(
    qtbot: QtBot, browser: DatasetBrowser, collection: Collection
) -> None:
    heard: list[Sample] = []
    browser.image_selected.connect(heard.append)
    collection.choose(browser.grid.samples()[0])
    assert heard == []
    qtbot.keyClick(browser.grid, Qt.Key.Key_Right)
    qtbot.keyClick(browser.grid, Qt.Key.Key_End)
    assert [sample.key for sample in heard] == ["cat/1.png", "dog/7.png"]
    assert collection.chosen == heard[-1]


def test_a_click_chooses_the_tile_under_the_pointer(
    qtbot: QtBot, browser: DatasetBrowser, collection: Collection
) -> None:
    middle = browser.grid.tile(2).center()
    qtbot.mouseClick(browser.grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert collection.chosen is not None
    assert collection.chosen.key == "cat/2.png"


def test_setters_choose_nothing_for_the_person(
    qtbot: QtBot, browser: DatasetBrowser, opened: Document
) -> None:
    heard: list[object] = []
    browser.image_selected.connect(heard.append)
    browser.edited.connect(lambda path, value: heard.append(path))
    assert opened.experiment is not None
    browser.set_experiment(opened.experiment)
    browser.set_facts(opened.facts)
    browser.set_filter(ImageFilter(words="dog"))
    assert heard == []


def test_files_that_are_left_out_are_listed_with_their_reason(
    qtbot: QtBot, browser: DatasetBrowser, opened: Document
) -> None:
    facts = opened.facts
    assert facts is not None
    broken = (Unreadable(key="cat/3.png", reason="is damaged: copy it again"),)
    browser.set_facts(facts.model_copy(update={"unreadable": broken}))
    assert "cat/3.png" not in shown(browser)
    press_chip(qtbot, browser, 1, LEFT_OUT)
    listed = browser.findChild(UnreadableList)
    assert isinstance(listed, UnreadableList)
    assert listed.isVisible()
    assert "is damaged" in listed.item(0).toolTip()


def test_the_choice_stays_when_the_split_changes(
    qtbot: QtBot, browser: DatasetBrowser, collection: Collection, opened: Document
) -> None:
    collection.choose(browser.grid.samples()[5])
    opened.index_changed.connect(collection.set_index)
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.edit("dataset.split", Split(validation=0.5, test=0.25, seed=3))
    assert collection.chosen is not None
    assert collection.chosen.key == "cat/5.png"
    assert collection.index is not None
    assert collection.chosen in collection.index.samples


def test_only_what_is_on_the_screen_is_decoded(
    qtbot: QtBot, collection: Collection, opened: Document
) -> None:
    browser = DatasetBrowser(collection, compact=False)
    qtbot.addWidget(browser)
    browser.resize(260, 220)
    browser.show()
    first, last = browser.grid.samples()[0], browser.grid.samples()[-1]
    kept = collection.thumbnails._kept
    qtbot.waitUntil(lambda: first.key in kept, timeout=20_000)
    assert last.key not in kept
    browser.grid.set_current(last)
    qtbot.waitUntil(lambda: last.key in kept, timeout=20_000)


def test_an_image_that_vanished_has_a_reason_and_no_crash(
    qtbot: QtBot, browser: DatasetBrowser, collection: Collection
) -> None:
    sample = Sample("cat/gone.png", "gone.png", 0, "train")
    assert collection.thumbnails.get(sample) is None
    qtbot.waitUntil(lambda: bool(collection.thumbnails.reason(sample)), timeout=20_000)
    assert "no longer there" in collection.thumbnails.reason(sample)


def test_while_the_folder_is_read_the_browser_says_so(
    browser: DatasetBrowser, collection: Collection
) -> None:
    collection.set_index(None)
    assert browser._reading.isVisible()
    assert collection.chosen is None
