"""Choosing several images and editing them: each gesture one undoable edit, no file touched."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from cnnstudio.gui.dataset.browser import DatasetBrowser
from cnnstudio.gui.dataset.edit_menus import Chosen, context_menu
from cnnstudio.gui.dataset.image_filter import EXCLUDED, RELABELLED, ImageFilter
from cnnstudio.gui.document import Document
from cnnstudio.gui.theme import LIGHT
from cnnstudio.spec.edits import Edit, Edits

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def click(
    qtbot: QtBot, browser: DatasetBrowser, place: int, modifier: Qt.KeyboardModifier = NONE
) -> None:
    middle = browser.grid.tile(place).center()
    qtbot.mouseClick(browser.grid.viewport(), Qt.MouseButton.LeftButton, modifier, middle)


def chosen(browser: DatasetBrowser) -> list[str]:
    return [sample.key for sample in browser.grid.selected()]


def shown(browser: DatasetBrowser) -> list[str]:
    return [sample.key for sample in browser.grid.samples()]


def edits(document: Document) -> Edits:
    assert document.experiment is not None
    return document.experiment.dataset.edits


def action(menu: QMenu, words: str) -> Callable[[], None]:
    return next(a for a in menu.actions() if a.text().split("\t")[0] == words).trigger


def test_shift_chooses_everything_between_and_ctrl_adds_and_takes_away(
    qtbot: QtBot, full_browser: DatasetBrowser
) -> None:
    click(qtbot, full_browser, 1)
    click(qtbot, full_browser, 3, SHIFT)
    assert chosen(full_browser) == ["cat/1.png", "cat/2.png", "cat/3.png"]
    click(qtbot, full_browser, 2, CONTROL)
    click(qtbot, full_browser, 5, CONTROL)
    assert chosen(full_browser) == ["cat/1.png", "cat/3.png", "cat/5.png"]
    click(qtbot, full_browser, 0)
    assert chosen(full_browser) == ["cat/0.png"]


def test_keys_choose_several_images_too(qtbot: QtBot, full_browser: DatasetBrowser) -> None:
    grid = full_browser.grid
    click(qtbot, full_browser, 0)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(grid, Qt.Key.Key_Right, SHIFT)
    assert chosen(full_browser) == ["cat/0.png", "cat/1.png", "cat/2.png"]
    qtbot.keyClick(grid, Qt.Key.Key_A, CONTROL)
    assert len(chosen(full_browser)) == 16
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert chosen(full_browser) == []


def test_delete_excludes_the_chosen_images_as_one_step_and_again_includes_them(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 1)
    click(qtbot, full_browser, 3, SHIFT)
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        qtbot.keyClick(full_browser.grid, Qt.Key.Key_Delete)
    assert opened.undo_stack.count() == 1
    assert opened.undo_stack.undoText() == "Exclude 3 images"
    assert opened.index is not None
    assert len(opened.index.samples) == 13
    assert [f"cat/{number}.png" for number in range(8)] == shown(full_browser)[:8]
    assert chosen(full_browser) == ["cat/1.png", "cat/2.png", "cat/3.png"]
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        qtbot.keyClick(full_browser.grid, Qt.Key.Key_Delete)
    assert not edits(opened)


def test_undo_takes_an_exclusion_back(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 0)
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        full_browser._bar.exclude()
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.undo_stack.undo()
    assert not edits(opened)
    assert opened.index is not None
    assert len(opened.index.samples) == 16


def test_a_class_from_the_menu_relabels_the_images_that_are_not_in_it(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 7)
    click(qtbot, full_browser, 8, SHIFT)
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        action(full_browser._bar.menu("C"), "dog")()
    assert dict(edits(opened).items()) == {"cat/7.png": Edit(label="dog")}
    assert opened.undo_stack.undoText() == "Relabel an image “dog”"


def test_a_typed_name_becomes_a_new_tag_and_a_chip_that_filters(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 2)
    click(qtbot, full_browser, 3, SHIFT)
    line = full_browser._bar.menu("T").findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText("blurry")
    line.returnPressed.emit()
    assert opened.undo_stack.undoText() == "Tag 2 images “blurry”"
    chip = full_browser._marks.chip("tag:blurry")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert shown(full_browser) == ["cat/2.png", "cat/3.png"]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert len(shown(full_browser)) == 16


def test_a_tag_is_typed_at_once_where_there_is_none_each_time_the_menu_opens(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 2)
    full_browser._bar.menu("T")
    menu = full_browser._bar.menu("T")
    line = menu.findChild(QLineEdit)
    assert menu.focusWidget() is line
    qtbot.keyClicks(line, "odd")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert edits(opened).get("cat/2.png").tags == ("odd",)


def test_a_tag_that_all_have_is_taken_away_by_choosing_it_again(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    opened.edit("dataset.edits", Edits({"cat/0.png": Edit(tags=("odd",))}))
    click(qtbot, full_browser, 0)
    action(full_browser._bar.menu("T"), "odd")()
    assert not edits(opened)


def test_an_image_moves_to_another_part_and_back_to_where_the_seed_puts_it(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    click(qtbot, full_browser, 4)
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        action(full_browser._bar.menu("P"), "Test")()
    assert opened.index is not None
    assert {s.key: s.split for s in opened.index.samples}["cat/4.png"] == "test"
    action(full_browser._bar.menu("P"), "As the seed deals it out")()
    assert not edits(opened)


def test_the_menu_under_the_right_button_does_what_the_bar_does(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    samples = tuple(full_browser.grid.samples()[:2])
    heard: list[str] = []
    menu = context_menu(
        full_browser,
        Chosen(samples, edits(opened), ("cat", "dog")),
        full_browser._put,
        lambda: heard.append("looked"),
        LIGHT,
    )
    action(menu, "Full size")()
    action(menu, "Exclude")()
    assert heard == ["looked"]
    assert {key for key, edit in edits(opened).items() if edit.excluded} == {
        "cat/0.png",
        "cat/1.png",
    }
    again = context_menu(
        full_browser,
        Chosen(samples, edits(opened), ("cat", "dog")),
        full_browser._put,
        lambda: None,
        LIGHT,
    )
    action(again, "Take back all edits")()
    assert not edits(opened)


def test_the_right_button_on_one_of_several_keeps_them_chosen(
    qtbot: QtBot, full_browser: DatasetBrowser
) -> None:
    heard: list[QPoint] = []
    full_browser.grid.menu_wanted.disconnect()
    full_browser.grid.menu_wanted.connect(heard.append)
    click(qtbot, full_browser, 0)
    click(qtbot, full_browser, 2, SHIFT)
    right = Qt.MouseButton.RightButton
    viewport, tile = full_browser.grid.viewport(), full_browser.grid.tile
    qtbot.mouseClick(viewport, right, NONE, tile(1).center())
    assert len(chosen(full_browser)) == 3
    qtbot.mouseClick(viewport, right, NONE, tile(5).center())
    assert chosen(full_browser) == ["cat/5.png"]


def test_states_filter_and_an_excluded_image_is_in_no_part(
    qtbot: QtBot, full_browser: DatasetBrowser, opened: Document
) -> None:
    first = next(s.key for s in full_browser.grid.samples() if s.split == "validation")
    made = Edits({first: Edit(excluded=True), "dog/0.png": Edit(label="cat")})
    with qtbot.waitSignal(opened.index_changed, timeout=20_000):
        opened.edit("dataset.edits", made)
    full_browser.set_filter(ImageFilter(states=frozenset({EXCLUDED})))
    assert shown(full_browser) == [first]
    full_browser.set_filter(ImageFilter(states=frozenset({RELABELLED})))
    assert shown(full_browser) == ["dog/0.png"]
    full_browser.set_filter(ImageFilter(splits=frozenset({"validation"})))
    assert first not in shown(full_browser)


def test_the_images_of_a_finding_are_shown_until_its_chip_is_pressed(
    qtbot: QtBot, full_browser: DatasetBrowser
) -> None:
    full_browser.set_problem_keys("Near duplicates", frozenset({"cat/1.png", "dog/6.png"}))
    assert shown(full_browser) == ["cat/1.png", "dog/6.png"]
    assert chosen(full_browser) == ["cat/1.png"]
    qtbot.mouseClick(full_browser._marks.chip("listed"), Qt.MouseButton.LeftButton)
    assert len(shown(full_browser)) == 16
